// Languages are told in tickets of a line or three, and English is not called another language.
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "text/language.h"
#include "text/language_index.h"

static char *below_root(const char *name) {
        const char *root = getenv("SOURCE_ROOT");

        return str_printf("%s/%s", root ? root : ".", name);
}

static FILE *open_lines(const char *name) {
        char *path _cleanup_free_ = below_root(name);
        FILE *f = fopen(path, "re");

        if (!f)
                fail_msg("%s cannot be read", path);
        return f;
}

static enum language told(const char *text) {
        struct language_guess g;

        assert_int_equal(language_of(NULL, text, &g), 0);
        assert_true(g.confidence >= 0 && g.confidence <= 1);
        assert_true((g.language == LANGUAGE_UNKNOWN) == (g.confidence == 0));
        return g.language;
}

// Of each language most are told, and of all nineteen in twenty.
static void tickets_are_told(void **state _unused_) {
        FILE *f = open_lines("tests/unit/data/languages.tsv");
        size_t cap = 0, n[LANGUAGE_COUNT_] = {0}, right[LANGUAGE_COUNT_] = {0}, all = 0, all_right = 0;
        char *line _cleanup_free_ = NULL;

        while (getline(&line, &cap, f) > 0) {
                enum language is = LANGUAGE_UNKNOWN;
                char *text = strchr(line, '\t');
                if (*line == '#' || !text)
                        continue;
                line[strcspn(line, "\n")] = *text++ = '\0';
                enum language said = told(text);
                bool foreign = language_parse(line, strlen(line), &is) == 0 && is != LANGUAGE_EN;
                if (!foreign && said != LANGUAGE_UNKNOWN && said != LANGUAGE_EN)
                        fail_msg("\"%s\" is called %s", text, language_name(said));
                if (!foreign)
                        continue;
                n[is]++;
                right[is] += said == is;
                all++;
                all_right += said == is;
        }
        fclose(f);
        assert_true(all > 100);
        if (all_right * 20 < all * 19)
                fail_msg("only %zu of %zu are told", all_right, all);
        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (right[l] * 4 < n[l] * 3)
                        fail_msg("of %s only %zu of %zu are told", language_name(l), right[l], n[l]);
}

// At most one in a thousand; lines of CSV as they are, with the names of their intents.
static void english_is_not_called_another(const char *name) {
        char *path _cleanup_free_ = below_root(name), *line _cleanup_free_ = NULL;
        size_t cap = 0, n = 0, wrong = 0;

        if (!file_exists(path)) {
                fprintf(stderr, "%s is not there\n", name);
                skip();
        }
        FILE *f = open_lines(name);
        while (getline(&line, &cap, f) > 0) {
                enum language said = told(line);
                n++;
                wrong += said != LANGUAGE_UNKNOWN && said != LANGUAGE_EN;
        }
        fclose(f);
        assert_true(n > 100);
        if (wrong * 1000 > n)
                fail_msg("%zu of %zu are called another language", wrong, n);
}

static void english_at_a_bank(void **state _unused_) {
        english_is_not_called_another("../shared/data/banking77/test.csv");
}

static void english_in_shops(void **state _unused_) {
        english_is_not_called_another("../shared/data/hint3/curekart_train.csv");
}

static void what_says_nothing_is_unknown(void **state _unused_) {
        static const char *const texts[] = {"",
                                            " \n",
                                            "?!",
                                            "12345 AB-77",
                                            "https://example.com/das/ist/nicht",
                                            "\xff\xfe\x80",
                                            "🙂🙂🙂🙂"};

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                assert_int_equal(told(texts[i]), LANGUAGE_UNKNOWN);
}

static void quoted_lines_count_only_where_there_is_nothing_else(void **state _unused_) {
        assert_int_equal(told("What does \"Der Server ist nicht erreichbar, bitte warten Sie\" mean?"), LANGUAGE_EN);
        assert_int_equal(told("\"Der Server ist nicht erreichbar, bitte warten Sie\""), LANGUAGE_DE);
}

static void a_subject_counts_too(void **state _unused_) {
        struct language_guess g;

        assert_int_equal(language_of("Wo ist meine Bestellung?", "88-1123", &g), 0);
        assert_int_equal(g.language, LANGUAGE_DE);
}

static void a_long_text_is_read_in_its_beginning(void **state _unused_) {
        enum { SIZE = 4 * 1024 * 1024 };
        char *text _cleanup_free_ = malloc(SIZE + 1);

        assert_non_null(text);
        memset(text, '"', SIZE);
        text[SIZE] = '\0';
        assert_int_equal(told(text), LANGUAGE_UNKNOWN);
        memcpy(text, "Ich habe mein Passwort vergessen und bekomme keine Mail. ", 57);
        assert_int_equal(told(text), LANGUAGE_DE);
}

static void codes_and_names_belong_together(void **state _unused_) {
        enum language l;

        for (enum language i = 0; i < LANGUAGE_COUNT_; i++) {
                assert_int_equal(language_parse(language_code(i), strlen(language_code(i)), &l), 0);
                assert_int_equal(l, i);
                assert_true(*language_name(i) != '\0');
        }
        assert_null(language_code(LANGUAGE_UNKNOWN));
        assert_int_equal(language_parse("english", 7, &l), -EINVAL);
        assert_int_equal(language_parse("", 0, &l), -EINVAL);
}

static void words_and_letters_are_found(void **state _unused_) {
        assert_int_equal(language_index_open(), 0);
        assert_true(language_of_word("nicht") & language_bit(LANGUAGE_DE));
        assert_false(language_of_word("nicht") & language_bit(LANGUAGE_EN));
        assert_int_equal(language_of_word("blender"), 0);
        assert_int_equal(language_of_letter("ß", 2), language_bit(LANGUAGE_DE));
        assert_int_equal(script_of(0x3042), SCRIPT_KANA);
        assert_int_equal(script_of('7'), SCRIPT_NONE);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(tickets_are_told),
                        cmocka_unit_test(english_at_a_bank),
                        cmocka_unit_test(english_in_shops),
                        cmocka_unit_test(what_says_nothing_is_unknown),
                        cmocka_unit_test(quoted_lines_count_only_where_there_is_nothing_else),
                        cmocka_unit_test(a_subject_counts_too),
                        cmocka_unit_test(a_long_text_is_read_in_its_beginning),
                        cmocka_unit_test(codes_and_names_belong_together),
                        cmocka_unit_test(words_and_letters_are_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
