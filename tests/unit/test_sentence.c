// Where a text may be cut.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/sentence.h"

// "|" marks where a sentence must end; the text is what is left without it.
static void check_split(const char *marked) {
        char text[1000], got[1000];
        size_t n = 0, k = 0;

        for (const char *p = marked; *p; p++)
                if (*p != '|')
                        text[n++] = *p;
        text[n] = '\0';
        for (size_t i = 0; i < n;) {
                size_t end = sentence_next(text + i, n - i);
                assert_true(end > 0 && end <= n - i);
                memcpy(got + k, text + i, end);
                k += end;
                i += end;
                if (i < n)
                        got[k++] = '|';
        }
        got[k] = '\0';
        assert_string_equal(got, marked);
}

static void ends_at_sentence_ends(void **state) {
        static const char *const texts[] = {
                        "",
                        "no end",
                        "One. |Two! |Three? |Four",
                        "Click Save.  |Then wait\xE2\x80\xA6 |Done.",
                        "He said \"Stop.\" |Then (all of it!) |Then more.",
                        "\xC2\xAB Bonjour. \xC2\xBB",
                        "Really?! |Yes.",
                        "First line\ngoes on. |Next",
                        "Heading\n\n|Text follows. |End",
                        "Do this:\n|- one\n|- two\n|1. three\n|2) four",
                        "\xE7\x82\xB9\xE5\x87\xBB\xE3\x80\x82|\xE7\xAD\x89\xE5\xBE\x85\xEF\xBC\x81|\xE5\xA5\xBD",
                        "\xD9\x87\xD9\x84 \xD9\x87\xD8\xB0\xD8\xA7\xD8\x9F |\xD9\x86\xD8\xB9\xD9\x85.",
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                check_split(texts[i]);
}

static void goes_on_where_a_mark_is_no_end(void **state) {
        static const char *const texts[] = {
                        "Use a browser, e.g. Firefox, i.e. a new one. |Then go.",
                        "Mr. Smith and Dr. Jones vs. Prof. Lee. |End.",
                        "See No. 5 on p. 12. |The answer is no. |Try again.",
                        "Version 1.2.3 costs 3.50 at www.example.com/a.b?c=d! |Yes.",
                        "Wait... and see. |Go.",
                        "J. Smith wrote it. |So did I. |Then",
                        "1. Open the menu. |Click it.",
                        "Das ist z.B. Frau Meier bzw. Herr Klein. |Ende.",
                        "Is it Yahoo! or not? |Yes.",
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                check_split(texts[i]);
}

static void with_small_letters_too_where_that_is_asked_for(void **state) {
        static const char *const texts[] = {
                        "how do i export? |the export has the records of others. |why? |",
                        "it costs 3.50 e.g. per month. |then go.",
                        "well... it works. |ok",
                        "see www.example.com/a?b and go. |One. |Two",
                        "no end",
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                size_t n = strlen(texts[i]), at = 0;
                char *text _cleanup_free_ = str_dup(texts[i]), *got _cleanup_free_ = calloc(n + 2, 1);
                assert_non_null(text);
                assert_non_null(got);
                for (const char *p = texts[i]; *p; p++)
                        if (*p != '|')
                                text[at++] = *p;
                for (size_t from = 0, k = 0; from < at;) {
                        size_t end = sentence_next_loose(text + from, at - from);
                        memcpy(got + k, text + from, end);
                        k += end;
                        from += end;
                        if (from < at || texts[i][n - 1] == '|')
                                got[k++] = '|';
                }
                assert_string_equal(got, texts[i]);
        }
}

static void cuts_at_the_best_place_within_the_limit(void **state) {
        static const struct {
                const char *text;
                size_t limit, cut;
        } examples[] = {
                        {"One. Two. Three.", 100, 16},
                        {"One. Two. Three.", 16, 16},
                        {"One. Two. Three.", 15, 10},
                        {"One. Two. Three.", 10, 10},
                        {"One. Two. Three.", 9, 5},
                        {"One two three", 9, 8},
                        {"Onetwothree", 4, 4},
                        {"\xE2\x82\xAC\xE2\x82\xAC", 5, 3},
                        {"\xE2\x82\xAC\xE2\x82\xAC", 1, 3},
                        {"   abc", 2, 2},
                        {"Costs 3.50 today. Yes.", 9, 6},
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(examples); i++)
                assert_int_equal(sentence_cut(examples[i].text, strlen(examples[i].text), examples[i].limit),
                                 examples[i].cut);
        assert_int_equal(sentence_next("", 0), 0);
}

static void hostile_text_takes_time_in_proportion(void **state) {
        static const char *const repeated[] = {".",    ". ", "\n",   " ",   "1. ", "a.",  "\xE3\x80\x82",
                                               "\xFF", ")",  ".\n ", "A. ", "\n1", "\n- "};
        enum { SIZE = 1 << 20, LIMIT = 900 };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(repeated); i++) {
                size_t unit = strlen(repeated[i]), n = SIZE / unit * unit, at = 0, sentences = 0;
                char *text _cleanup_free_ = malloc(n);
                assert_non_null(text);
                for (size_t k = 0; k < n; k += unit)
                        memcpy(text + k, repeated[i], unit);
                for (; at < n; sentences++) {
                        size_t end = sentence_next(text + at, n - at);
                        assert_true(end > 0);
                        at += end;
                }
                assert_int_equal(at, n);
                for (at = 0; at < n;) {
                        size_t cut = sentence_cut(text + at, n - at, LIMIT);
                        assert_true(cut > 0 && cut <= LIMIT);
                        at += cut;
                }
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(ends_at_sentence_ends),
                        cmocka_unit_test(goes_on_where_a_mark_is_no_end),
                        cmocka_unit_test(with_small_letters_too_where_that_is_asked_for),
                        cmocka_unit_test(cuts_at_the_best_place_within_the_limit),
                        cmocka_unit_test(hostile_text_takes_time_in_proportion),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
