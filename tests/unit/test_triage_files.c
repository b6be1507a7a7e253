#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/rows.h"
#include "base/string.h"
#include "scratch.h"
#include "triage/examples.h"
#include "triage/keywords.h"
#include "triage/labels.h"
#include "triage/triage.h"

#define CATEGORIES "# remark\n\nbilling\tmoney\ngeneral\tthe rest\r\n"
#define EXAMPLES "tier_1\tgeneral\tWhen are you open?\n"
#define KEYWORDS "tier_2\tbilling\t2\tcharged twice\n"

struct files { // contents; NULL: the well-formed one
        const char *categories, *examples, *keywords;
};

static int open_files(const struct files *f, struct triage **ret, struct error *e) {
        char *folder = scratch_new();
        const char *categories = f->categories ? f->categories : CATEGORIES;
        const char *examples = f->examples ? f->examples : EXAMPLES;
        const char *keywords = f->keywords ? f->keywords : KEYWORDS;

        scratch_put(folder, "categories.tsv", categories);
        scratch_put(folder, "examples.tsv", examples);
        scratch_put(folder, "keywords.tsv", keywords);
        int r = triage_open(folder, NULL, NULL, ret, e);
        scratch_free(folder);
        return r;
}

static void well_formed_files_are_read(void **state) {
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;

        (void) state;
        assert_int_equal(open_files(&(struct files){0}, &t, &e), 0);
        assert_int_equal(triage_categories(t), 2);
        assert_string_equal(triage_category(t, 0), "billing");
        assert_string_equal(triage_category(t, 1), "general");
}

static void a_byte_order_mark_and_missing_last_newline_are_taken(void **state) {
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;

        (void) state;
        assert_int_equal(open_files(&(struct files){.categories = "\xEF\xBB\xBF"
                                                                  "billing\tx\ngeneral\ty"},
                                    &t, &e),
                         0);
        assert_int_equal(triage_categories(t), 2);
}

static void examples_and_keywords_may_be_empty(void **state) {
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;
        struct verdict v;

        (void) state;
        assert_int_equal(open_files(&(struct files){.examples = "", .keywords = "# none\n"}, &t, &e), 0);
        assert_int_equal(triage_best_method(t), TRIAGE_NONE);
        triage_classify(t, "charged twice", "", NULL, &v);
        assert_int_equal(v.method, TRIAGE_NONE);
        assert_int_equal(v.tier, TIER_COMPLEX);
}

static void what_is_malformed_is_refused_with_file_and_line(void **state) {
        static const struct {
                struct files files;
                const char *says;
        } bad[] = {
                        {{.categories = ""}, "categories.tsv, line 0: there is no category"},
                        {{.categories = "# only\n\n"}, "categories.tsv, line 2: there is no category"},
                        {{.categories = "billing\n"}, "categories.tsv, line 1: 1 field where 2"},
                        {{.categories = "billing\t\n"}, "categories.tsv, line 1: field 2 is empty"},
                        {{.categories = "a\tx\na\ty\n"}, "categories.tsv, line 2: category \"a\" is there already"},
                        {{.categories = "A b\tx\n"}, "categories.tsv, line 1: \"A b\" is not a category"},
                        {{.categories = "<b>\tx\n"}, "categories.tsv, line 1: \"<b>\" is not a category"},
                        {{.categories = "a234567890123456789012345678901234567890123456789\tx\n"}, "is not a category"},
                        {{.examples = "tier_1\tgeneral\n"}, "examples.tsv, line 1: 2 fields where 3"},
                        {{.examples = "tier_1\tgeneral\ta\tb\n"}, "examples.tsv, line 1: 4 fields where 3"},
                        {{.examples = "\ntier_9\tgeneral\ta\n"}, "examples.tsv, line 2: \"tier_9\" is not a tier"},
                        {{.examples = "tier_1\tnews\ta\n"}, "examples.tsv, line 1: there is no category \"news\""},
                        {{.examples = "tier_1\tgeneral\ta\xFF\n"}, "examples.tsv, line 1: not UTF-8"},
                        {{.examples = "tier_1\tgeneral\ta\n\n\xC0\xAF\n"}, "examples.tsv, line 3: not UTF-8"},
                        {{.keywords = "tier_2\tbilling\tcharged\n"}, "keywords.tsv, line 1: 3 fields where 4"},
                        {{.keywords = "tier_3\tbilling\t1\ta\n"}, "keywords.tsv, line 1: \"tier_3\" is not a tier"},
                        {{.keywords = "tier_2\tnews\t1\ta\n"}, "keywords.tsv, line 1: there is no category \"news\""},
                        {{.keywords = "-\t-\t1\ta\n"}, "keywords.tsv, line 1: the line speaks for no tier"},
                        {{.keywords = "tier_2\t-\tmuch\ta\n"}, "keywords.tsv, line 1: the weight \"much\""},
                        {{.keywords = "tier_2\t-\tnan\ta\n"}, "keywords.tsv, line 1: the weight \"nan\""},
                        {{.keywords = "tier_2\t-\t1e9\ta\n"}, "keywords.tsv, line 1: the weight \"1e9\""},
                        {{.keywords = "tier_2\t-\t1\t..\n"}, "keywords.tsv, line 1: \"..\" is not 1 to 8 words"},
                        {{.keywords = "tier_2\t-\t1\ta b c d e f g h i\n"}, "is not 1 to 8 words"},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct triage *t _cleanup_(triage_free_p) = NULL;
                struct error e = ERROR_INIT;
                int r = open_files(&bad[i].files, &t, &e);
                if (r != -EINVAL || e.code != ERROR_FILE_INVALID || !strstr(e.message, bad[i].says))
                        fail_msg("case %zu: %d, \"%s\" where \"%s\" was due", i, r, e.message, bad[i].says);
                assert_null(t);
        }
}

static void a_nul_byte_is_refused(void **state) {
        static const char text[] = "tier_1\tgeneral\tWhen?\ntier_1\tgeneral\tWh\0ere?\n";
        char *folder = scratch_new();
        char *path = scratch_write(folder, "examples.tsv", text, sizeof(text) - 1);
        struct rows rows _cleanup_rows_ = {0};
        struct error e = ERROR_INIT;
        int r = rows_open(path, &rows, &e);

        (void) state;
        free(path);
        scratch_free(folder);
        assert_int_equal(r, -EINVAL);
        assert_non_null(strstr(e.message, "line 2: not UTF-8 text"));
}

// Lines, each made by `format` from its number, into a text of its own.
static char *repeat(size_t n, const char *format) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(8 * 1024 * 1024);

        for (size_t i = 0; i < n; i++) {
                char *number _cleanup_free_ = str_printf("%zu", i);
                assert_non_null(number);
                for (const char *c = format; *c; c++)
                        if (*c == '#')
                                buffer_add_str(&b, number);
                        else
                                buffer_add_char(&b, *c);
        }
        char *text = buffer_take(&b);
        assert_non_null(text);
        return text;
}

static void what_is_too_much_is_refused(void **state) {
        char *categories _cleanup_free_ = repeat(CATEGORIES_MAX + 1, "c#\tx\n");
        char *examples _cleanup_free_ = repeat(10001, "tier_1\tgeneral\tline #\n");
        char *keywords _cleanup_free_ = repeat(4097, "tier_1\tgeneral\t1\tword#\n");
        char *word _cleanup_free_ = repeat(300, "word");
        char *longest _cleanup_free_ = str_printf("tier_1\tgeneral\t%s\n", word);
        char *huge _cleanup_free_ = repeat(300000, "# a remark to nobody\n");
        const struct {
                struct files files;
                const char *says;
        } bad[] = {
                        {{.categories = categories}, "line 65: there can be at most 64 categories"},
                        {{.examples = examples}, "line 10001: there can be at most 10000 examples"},
                        {{.examples = longest}, "line 1: an example has at most 1000 bytes"},
                        {{.keywords = keywords}, "line 4097: there can be at most 4096 lines"},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct triage *t _cleanup_(triage_free_p) = NULL;
                struct error e = ERROR_INIT;
                assert_int_equal(open_files(&bad[i].files, &t, &e), -EINVAL);
                if (!strstr(e.message, bad[i].says))
                        fail_msg("\"%s\" where \"%s\" was due", e.message, bad[i].says);
        }
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;
        assert_int_equal(open_files(&(struct files){.keywords = huge}, &t, &e), -EFBIG);
}

static void a_missing_file_or_folder_is_named(void **state) {
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;
        char *folder = scratch_new();

        (void) state;
        assert_int_equal(triage_open("/nonexistent", NULL, NULL, &t, &e), -ENOENT);
        assert_non_null(strstr(e.message, "/nonexistent/categories.tsv"));
        scratch_put(folder, "categories.tsv", CATEGORIES);
        int r = triage_open(folder, NULL, NULL, &t, &e);
        scratch_free(folder);
        assert_int_equal(r, -ENOENT);
        assert_non_null(strstr(e.message, "examples.tsv"));
        assert_null(t);
}

// Random bytes and torn pieces of the real files: no crash, no leak, an answer of 0 or -EINVAL.
static void no_file_does_harm(void **state) {
        static const char pieces[] = "tier_1\t complex\t-\n#..*1.5e9\xC3\xA4\xFF\t\tbilling general\r\n\xEF\xBB\xBF";
        uint32_t seed = 12345;

        (void) state;
        for (int round = 0; round < 300; round++) {
                struct triage *t _cleanup_(triage_free_p) = NULL;
                struct error e = ERROR_INIT;
                char text[257];
                for (size_t i = 0; i + 1 < sizeof(text); i++) {
                        seed = seed * 1664525u +
                               1013904223u; // Numerical Recipes' generator: the same bytes on every run
                        text[i] = pieces[(seed >> 16) % (sizeof(pieces) - 1)];
                }
                text[sizeof(text) - 1] = '\0';
                struct files f = {0};
                *(round % 3 == 0 ? &f.categories : round % 3 == 1 ? &f.examples : &f.keywords) = text;
                int r = open_files(&f, &t, &e);
                if (r != 0 && (r != -EINVAL || !e.message[0]))
                        fail_msg("round %d: %d %s", round, r, e.message);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(well_formed_files_are_read),
                        cmocka_unit_test(a_byte_order_mark_and_missing_last_newline_are_taken),
                        cmocka_unit_test(examples_and_keywords_may_be_empty),
                        cmocka_unit_test(what_is_malformed_is_refused_with_file_and_line),
                        cmocka_unit_test(a_nul_byte_is_refused),
                        cmocka_unit_test(what_is_too_much_is_refused),
                        cmocka_unit_test(a_missing_file_or_folder_is_named),
                        cmocka_unit_test(no_file_does_harm),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
