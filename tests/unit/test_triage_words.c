#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "text/words.h"
#include "triage/phrase.h"
#include "triage/weightiest.h"
// The words of a text with "|" between them.
static void assert_words(const char *text, const char *expected) {
        struct words w _cleanup_words_ = {0};
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(4096);

        assert_int_equal(words_add(&w, text), 0);
        assert_true(w.n > 0);
        assert_string_equal(words_get(&w, w.n - 1), "");
        for (size_t i = 0; i + 1 < w.n; i++) {
                buffer_add_str(&b, i > 0 ? "|" : "");
                buffer_add_str(&b, words_get(&w, i));
        }
        assert_string_equal(buffer_str(&b), expected);
}

static void case_accents_and_apostrophes_do_not_matter(void **state) {
        (void) state;
        assert_words("Don't PAY, François!", "dont|pay|francois");
        assert_words("can’t CANʼT can´t can`t", "cant|cant|cant|cant");
        assert_words("naïve na\xCC\x88ive", "naive|naive");
        assert_words("STRASSE straße", "strasse|strasse");
        assert_words("ﬁne ｆｕｌｌ", "fine|full");
}

static void words_end_where_unicode_says(void **state) {
        (void) state;
        assert_words("e-mail/top_up\n500:error", "e|mail|top_up|500|error");
        assert_words("пароль не работает", "пароль|не|работает");
        assert_words("忘記密碼", "忘|記|密|碼");
        assert_words("คำ", "คา");                // a vowel sign of its own stays, a mark above goes
        assert_words("a\xE2\x80\x8B\x62", "ab"); // zero-width space: ignored, as a reader does
        assert_words("…—!?", "");
        assert_words("", "");
        assert_words("😀 ok", "ok");
}

static void ill_formed_bytes_part_words(void **state) {
        (void) state;
        assert_words("a\xFF\x62\xC3", "a|b");
        assert_words("\x80\x80", "");
}

static void a_word_has_a_largest_size_and_a_text_a_largest_number(void **state) {
        struct words w _cleanup_words_ = {0};
        char *many _cleanup_free_ = malloc(4 * WORDS_MAX + 1);

        (void) state;
        assert_non_null(many);
        memset(many, 'x', 1000);
        many[1000] = '\0';
        assert_int_equal(words_add(&w, many), 0);
        assert_int_equal(w.n, 2);
        assert_int_equal(strlen(words_get(&w, 0)), WORD_SIZE - 1);
        for (size_t i = 0; i < 2 * WORDS_MAX; i++)
                memcpy(many + 2 * i, "y ", 3);
        assert_int_equal(words_add(&w, many), 0);
        assert_in_range(w.n, WORDS_MAX, WORDS_MAX + 1);
}

static bool found(const char *phrase, const char *text) {
        struct words w _cleanup_words_ = {0};
        struct phrase p;

        assert_int_equal(phrase_parse(phrase, &p), 0);
        assert_int_equal(words_add(&w, text), 0);
        for (size_t i = 0; i < w.n; i++)
                if (phrase_matches(&p, &w, i))
                        return true;
        return false;
}

static void phrases_are_found_as_whole_words_in_order(void **state) {
        (void) state;
        assert_true(found("charged twice", "I was CHARGED, twice!"));
        assert_false(found("charged twice", "twice charged"));
        assert_false(found("charge", "charged"));
        assert_false(found("arge", "charge"));
        assert_true(found("e-mail", "my E mail"));
        assert_true(found("doesn't work", "it doesnt work"));
        assert_false(found("charged twice", "I was charged"));
}

static void a_star_stands_for_any_ending(void **state) {
        (void) state;
        assert_true(found("crash*", "crash"));
        assert_true(found("crash*", "it keeps crashing"));
        assert_true(found("not recogni*", "I do not recognise it"));
        assert_false(found("crash*", "cras"));
}

static void dots_stand_for_up_to_three_words(void **state) {
        (void) state;
        assert_true(found("close .. account", "close account"));
        assert_true(found("close .. account", "please close my old savings account"));
        assert_false(found("close .. account", "close the door before my account"));
        assert_false(found("close .. account", "close it"));
        assert_true(found("not .. ever .. again", "not that ever of all again"));
}

static void what_is_no_phrase_is_refused(void **state) {
        static const char *const bad[] = {"", " ", "..", ".. a", "a ..", "a .. .. b", "*", "!?", "1 2 3 4 5 6 7 8 9"};
        struct phrase p;

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (phrase_parse(bad[i], &p) != -EINVAL)
                        fail_msg("\"%s\" was taken for a phrase", bad[i]);
}

static void the_weightiest_texts_are_kept_in_order(void **state) {
        struct weightiest w = {0};
        char out[32];

        (void) state;
        weightiest_join(&w, out, sizeof(out));
        assert_string_equal(out, "");
        weightiest_take(&w, 3, 1, "one");
        weightiest_take(&w, 3, 2, "two");
        weightiest_take(&w, 3, 1, "equal"); // after the one that was there
        weightiest_join(&w, out, sizeof(out));
        assert_string_equal(out, "two, one, equal");
        weightiest_take(&w, 3, 1, "late");
        weightiest_take(&w, 3, 0.5, "light");
        weightiest_join(&w, out, sizeof(out));
        assert_string_equal(out, "two, one, equal");
        weightiest_take(&w, 3, 1.5, "between");
        weightiest_join(&w, out, sizeof(out));
        assert_string_equal(out, "two, between, one");
}

static void as_many_texts_are_joined_as_fit(void **state) {
        struct weightiest w = {.texts = {"one", "two", "three"}};
        char out[12];

        (void) state;
        weightiest_join(&w, out, sizeof(out));
        assert_string_equal(out, "one, two");
        weightiest_join(&w, out, sizeof("one, two") - 1);
        assert_string_equal(out, "one");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(case_accents_and_apostrophes_do_not_matter),
                        cmocka_unit_test(words_end_where_unicode_says),
                        cmocka_unit_test(ill_formed_bytes_part_words),
                        cmocka_unit_test(a_word_has_a_largest_size_and_a_text_a_largest_number),
                        cmocka_unit_test(phrases_are_found_as_whole_words_in_order),
                        cmocka_unit_test(a_star_stands_for_any_ending),
                        cmocka_unit_test(dots_stand_for_up_to_three_words),
                        cmocka_unit_test(what_is_no_phrase_is_refused),
                        cmocka_unit_test(the_weightiest_texts_are_kept_in_order),
                        cmocka_unit_test(as_many_texts_are_joined_as_fit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
