#include "command/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

static char *written;
static size_t size;

static FILE *open_memory(void) {
        FILE *f = open_memstream(&written, &size);

        assert_non_null(f);
        return f;
}

static void assert_written(FILE *f, const char *expected) {
        assert_int_equal(fclose(f), 0);
        assert_string_equal(written, expected);
        free(written);
}

static void test_line_is_harmless(void **state _unused_) {
        FILE *f = open_memory();

        // NOLINTNEXTLINE(misc-misleading-bidirectional): what must not reach a terminal
        output_line(f, "a\tb\nc\r\x1b]0;title\x07 \xc2\x9b"
                       "31m \xff \xe2\x80\xae"
                       "evil \xc3\xa4\xf0\x9f\x98\x80");
        assert_written(f, "a b c \\x1b]0;title\\x07 \\x9b31m \xef\xbf\xbd \\u202eevil \xc3\xa4\xf0\x9f\x98\x80");
}

static void test_paragraphs_are_broken_at_spaces(void **state _unused_) {
        FILE *f = open_memory();

        output_paragraphs(f, "one two three four five\n\n- item of a list that is long\n  indented", 2, 16);
        assert_written(f, "  one two three\n  four five\n\n  - item of a\n  list that is\n  long\n    indented\n");
}

static void test_long_words_and_wide_ones(void **state _unused_) {
        FILE *f = open_memory();

        output_paragraphs(f, "x abcdefghijklmnop y", 0, 8);
        assert_written(f, "x\nabcdefghijklmnop\ny\n");
        f = open_memory();
        // Each of these takes two columns.
        output_paragraphs(f, "\xe6\x97\xa5\xe6\x9c\xac \xe8\xaa\x9e\xe8\xaa\x9e", 0, 8);
        assert_written(f, "\xe6\x97\xa5\xe6\x9c\xac\n\xe8\xaa\x9e\xe8\xaa\x9e\n");
}

static void test_paragraphs_are_harmless(void **state _unused_) {
        FILE *f = open_memory();

        output_paragraphs(f, "a\r\nb \x1b[2J\tc", 0, 80);
        assert_written(f, "a\nb \\x1b[2J c\n");
}

static void test_nothing_is_coloured_in_a_file(void **state _unused_) {
        FILE *f = open_memory();

        assert_false(output_colour(f));
        output_styled(f, OUTPUT_BAD, "x");
        output_field(f, "Label", "%d\n", 7);
        assert_written(f, "xLabel       7 \n");
}

static void test_json(void **state _unused_) {
        FILE *f = open_memory();
        struct error e = ERROR_INIT;

        assert_int_equal(output_json(f, json_pack("{s:i}", "a", 1), &e), 0);
        assert_written(f, "{\n  \"a\": 1\n}\n");
        f = open_memory();
        assert_int_equal(output_json(f, NULL, &e), -ENOMEM);
        assert_written(f, "");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_line_is_harmless),
                        cmocka_unit_test(test_paragraphs_are_broken_at_spaces),
                        cmocka_unit_test(test_long_words_and_wide_ones),
                        cmocka_unit_test(test_paragraphs_are_harmless),
                        cmocka_unit_test(test_nothing_is_coloured_in_a_file),
                        cmocka_unit_test(test_json),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
