#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

static void test_set_returns_and_explains(void **state _unused_) {
        struct error e = ERROR_INIT;

        assert_int_equal(error_set(&e, -EINVAL, ERROR_INVALID_JSON, "line %d", 7), -EINVAL);
        assert_int_equal(e.code, ERROR_INVALID_JSON);
        assert_string_equal(e.message, "line 7");
        assert_int_equal(error_set(NULL, -EIO, ERROR_INTERNAL, "nobody asked"), -EIO);
}

static void test_message_is_one_line_of_utf8(void **state _unused_) {
        struct error e = ERROR_INIT;

        error_set(&e, 0, ERROR_INTERNAL, "a\nb\x1b[31mc\x7f \xc2\x85 \xc3\xa4 \xff\xc3");
        assert_string_equal(e.message, "a b [31mc     \xc3\xa4 ??");
}

static void test_long_message_is_cut_between_characters(void **state _unused_) {
        char text[2 * ERROR_MESSAGE_MAX];

        for (size_t shift = 0; shift < 4; shift++) {
                struct error e = ERROR_INIT;

                memset(text, 'x', shift);
                for (size_t i = shift; i + 4 < sizeof(text); i += 4)
                        memcpy(text + i, "\xf0\x9f\x98\x80", 4);
                text[sizeof(text) - 5] = '\0';
                error_set(&e, 0, ERROR_INTERNAL, "%s", text);
                assert_true(utf8_valid(e.message, strlen(e.message)));
                assert_null(strchr(e.message, '?'));
                assert_true(strlen(e.message) > ERROR_MESSAGE_MAX - 5);
        }
}

static void test_own_message_may_be_an_argument(void **state _unused_) {
        struct error e = ERROR_INIT;

        error_set(&e, 0, ERROR_NOT_FOUND, "inner");
        error_set(&e, 0, ERROR_INTERNAL, "outer (%s)", e.message);
        assert_string_equal(e.message, "outer (inner)");
}

static void test_prefix_goes_in_front_and_keeps_the_code(void **state _unused_) {
        struct error e = ERROR_INIT;
        char longer[ERROR_MESSAGE_MAX];

        error_set(&e, 0, ERROR_NOT_FOUND, "no such file");
        assert_int_equal(error_prefix(&e, -ENOENT, "%s:%d", "a.tsv", 3), -ENOENT);
        assert_string_equal(e.message, "a.tsv:3: no such file");
        assert_int_equal(e.code, ERROR_NOT_FOUND);

        memset(longer, 'p', sizeof(longer) - 1);
        longer[sizeof(longer) - 1] = '\0';
        error_prefix(&e, 0, "%s", longer);
        assert_string_equal(e.message, longer);
        assert_int_equal(error_prefix(NULL, -EIO, "x"), -EIO);
}

static void test_table(void **state _unused_) {
        assert_string_equal(error_name(ERROR_INVALID_JSON), "invalid_json");
        assert_int_equal(error_status(ERROR_TOO_LARGE), 413);
        for (int i = 0; i < ERROR_COUNT_; i++) {
                assert_true(error_status((enum error_code) i) >= 200 && error_status((enum error_code) i) < 600);
                assert_true(strlen(error_help((enum error_code) i)) > 0);
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(error_name((enum error_code) i), error_name((enum error_code) j));
        }
        assert_string_equal(error_name((enum error_code) 9999), "internal");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_set_returns_and_explains),
                        cmocka_unit_test(test_message_is_one_line_of_utf8),
                        cmocka_unit_test(test_long_message_is_cut_between_characters),
                        cmocka_unit_test(test_own_message_may_be_an_argument),
                        cmocka_unit_test(test_prefix_goes_in_front_and_keeps_the_code),
                        cmocka_unit_test(test_table),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
