#include "base/rows.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "scratch.h"
#include "unit.h"

// What the rows were, "a|b\n" for each; stops with r at the row that begins with `stop`.
struct seen {
        struct buffer text;
        const char *stop;
        int r;
};

static int see(void *arg, const struct rows *rows, const char **fields, struct error *e) {
        struct seen *s = arg;

        if (s->stop && str_eq(fields[0], s->stop))
                return s->r == -EINVAL ? rows_error(rows, e, "\"%s\" is not wanted", fields[0]) : s->r;
        buffer_add_str(&s->text, fields[0]);
        buffer_add_char(&s->text, '|');
        buffer_add_str(&s->text, fields[1]);
        buffer_add_char(&s->text, '\n');
        return 0;
}

static int read_bytes(const char *bytes, size_t n, struct seen *s, struct error *e) {
        char *folder = scratch_new(), *path = scratch_write(folder, "words.tsv", bytes, n);
        int r = rows_read(path, 2, "the words", see, s, e);

        scratch_free(folder);
        free(path);
        return r;
}

static void the_fields_of_each_row_are_trimmed_and_remarks_skipped(void **state _unused_) {
        static const char text[] = "\xEF\xBB\xBF# a remark\n\n \t \n one \t two words \r\n\xC3\xA4\t#b\nlast\tline";
        struct seen s = {.text = BUFFER_INIT(1024)};
        struct error e = ERROR_INIT;

        assert_int_equal(read_bytes(text, strlen(text), &s, &e), 0);
        assert_string_equal(s.text.data, "one|two words\n\xC3\xA4|#b\nlast|line\n");
        assert_int_equal(e.code, ERROR_NONE);
        buffer_free(&s.text);
}

static void what_is_malformed_is_named_by_file_and_line(void **state _unused_) {
        static const struct {
                const char *text;
                size_t n; // 0: its strlen
                const char *says;
        } bad[] = {
                        {"a\tb\nc\n", 0, "words.tsv, line 2: 1 field where 2 are due, with a tab between them"},
                        {"# x\n\na\tb\tc\n", 0, "words.tsv, line 3: 3 fields where 2 are due"},
                        {"a\tb\t\n", 0, "words.tsv, line 1: 3 fields where 2 are due"},
                        {"a\t \n", 0, "words.tsv, line 1: field 2 is empty"},
                        {"\tb\n", 0, "words.tsv, line 1: field 1 is empty"},
                        {"a\tb\na\t\xC3\n", 0, "words.tsv, line 2: not UTF-8 text"},
                        {"a\tb\n\na\tb\0c\n", 11, "words.tsv, line 3: not UTF-8 text"},
                        {"a\tb\nstop\tb\n", 0, "words.tsv, line 2: \"stop\" is not wanted"},
        };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct seen s = {.text = BUFFER_INIT(1024), .stop = "stop", .r = -EINVAL};
                struct error e = ERROR_INIT;
                int r = read_bytes(bad[i].text, bad[i].n ? bad[i].n : strlen(bad[i].text), &s, &e);

                if (r != -EINVAL || e.code != ERROR_FILE_INVALID || !strstr(e.message, bad[i].says))
                        fail_msg("case %zu: %d, \"%s\" where \"%s\" was due", i, r, e.message, bad[i].says);
                buffer_free(&s.text);
        }
}

static void a_reader_ends_the_reading_and_its_want_of_memory_is_told(void **state _unused_) {
        static const char text[] = "a\tb\nstop\tb\nc\td\n";
        struct seen s = {.text = BUFFER_INIT(1024), .stop = "stop", .r = -ENOMEM};
        struct error e = ERROR_INIT;

        assert_int_equal(read_bytes(text, strlen(text), &s, &e), -ENOMEM);
        assert_string_equal(s.text.data, "a|b\n");
        assert_int_equal(e.code, ERROR_OUT_OF_MEMORY);
        assert_string_equal(e.message, "not enough memory for the words");
        s.r = -ENOENT; // its own business
        assert_int_equal(read_bytes(text, strlen(text), &s, NULL), -ENOENT);
        buffer_free(&s.text);
}

static void a_file_that_is_not_there_or_too_large_is_an_error(void **state _unused_) {
        struct seen s = {.text = BUFFER_INIT(1024)};
        char *large = calloc(1, ROWS_FILE_MAX + 1);
        struct error e = ERROR_INIT;

        assert_int_equal(rows_read("/nowhere/words.tsv", 2, "the words", see, &s, &e), -ENOENT);
        assert_non_null(strstr(e.message, "/nowhere/words.tsv"));
        assert_non_null(large);
        memset(large, '\n', ROWS_FILE_MAX + 1);
        assert_int_equal(read_bytes(large, ROWS_FILE_MAX + 1, &s, &e), -EFBIG);
        assert_int_equal(read_bytes(large, ROWS_FILE_MAX, &s, &e), 0);
        assert_int_equal(s.text.len, 0);
        buffer_free(&s.text);
        free(large);
}

static int count(void *arg, const struct rows *rows _unused_, const char **fields _unused_, struct error *e _unused_) {
        ++*(int *) arg;
        return 0;
}

static void a_folder_without_the_file_has_the_one_that_is_shipped(void **state _unused_) {
        char *folder = scratch_new();
        struct error e = ERROR_INIT;
        int own = 0, shipped = 0;

        assert_int_equal(rows_read_config(folder, "followups.tsv", 2, count, &shipped, &e), 0);
        assert_true(shipped > 10);
        free(scratch_write(folder, "followups.tsv", "person\thuman\n", 13));
        assert_int_equal(rows_read_config(folder, "followups.tsv", 2, count, &own, &e), 0);
        assert_int_equal(own, 1);
        assert_int_equal(rows_read_config(folder, "nobody's.tsv", 2, count, &own, &e), -ENOENT);
        assert_non_null(strstr(e.message, folder)); // where it was looked for first
        scratch_free(folder);
}

static void a_weight_is_a_number_in_its_range(void **state _unused_) {
        static const char *const bad[] = {"", "x", "1 2", "nan", "inf", "-1", "10.5", "1e9"};
        const struct rows rows = {.path = "words.tsv", .line = 7};
        struct error e = ERROR_INIT;
        double w = 3;

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (rows_weight(&rows, bad[i], -0.5, 10, &w, &e) != -EINVAL)
                        fail_msg("\"%s\" was taken", bad[i]);
        assert_string_equal(e.message, "words.tsv, line 7: the weight \"1e9\" is not a number from -0.5 to 10");
        assert_true(w == 3);
        assert_int_equal(rows_weight(&rows, "-0.5", -0.5, 10, &w, NULL), 0);
        assert_true(w == -0.5);
        assert_int_equal(rows_weight(&rows, "10", -0.5, 10, &w, NULL), 0);
        assert_true(w == 10);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_fields_of_each_row_are_trimmed_and_remarks_skipped),
                        cmocka_unit_test(what_is_malformed_is_named_by_file_and_line),
                        cmocka_unit_test(a_reader_ends_the_reading_and_its_want_of_memory_is_told),
                        cmocka_unit_test(a_file_that_is_not_there_or_too_large_is_an_error),
                        cmocka_unit_test(a_folder_without_the_file_has_the_one_that_is_shipped),
                        cmocka_unit_test(a_weight_is_a_number_in_its_range),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
