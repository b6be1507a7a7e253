#include "base/string.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

static void test_compare(void **state _unused_) {
        assert_true(str_eq(NULL, NULL) && str_eq("a", "a"));
        assert_false(str_eq(NULL, "") || str_eq("a", "b") || str_eq("a", NULL));
        assert_true(str_ieq("Content-TYPE", "content-type") && str_ieq(NULL, NULL) && str_ieq("", ""));
        assert_false(str_ieq("a", "ab") || str_ieq("ab", "a") || str_ieq("[", "{") || str_ieq(NULL, "a"));
        assert_true(str_starts("sha256=ab", "sha256=") && str_starts("a", ""));
        assert_false(str_starts("sha", "sha256=") || str_starts(NULL, "") || str_starts("a", NULL));
        assert_true(str_ends("a.md", ".md") && str_ends("a", ""));
        assert_false(str_ends("md", ".md") || str_ends(NULL, ""));
        assert_true(str_empty(NULL) && str_empty("") && str_empty(" \t\r\n\v\f"));
        assert_false(str_empty(" x ") || str_empty("\xc2\xa0"));
}

static void test_one_of_a_kind_is_no_plural(void **state _unused_) {
        assert_string_equal(str_s(1), "");
        assert_string_equal(str_s(0), "s");
        assert_string_equal(str_s(2), "s");
        assert_string_equal(str_s(-1), "s");
}

static void test_letters_of_ascii(void **state _unused_) {
        static const char digits[] = "0123456789abcdef";

        for (int i = 0; i < 16; i++) {
                assert_int_equal(ascii_hex(digits[i]), i);
                assert_int_equal(ascii_hex((char) (digits[i] >= 'a' ? digits[i] - 0x20 : digits[i])), i);
        }
        for (const char *c = "/:@G`g \xE4"; *c; c++)
                assert_int_equal(ascii_hex(*c), -1);
        assert_int_equal(ascii_hex('\0'), -1);
        assert_true(ascii_space(' ') && ascii_space('\t') && ascii_space('\n') && ascii_space('\v') &&
                    ascii_space('\r'));
        assert_false(ascii_space('\0') || ascii_space('\b') || ascii_space('\x0E') || ascii_space('\xA0'));
}

static void test_copy_cuts_between_characters(void **state _unused_) {
        char out[6];

        assert_true(str_copy(out, sizeof(out), "12345"));
        assert_string_equal(out, "12345");
        assert_false(str_copy(out, sizeof(out), "123456"));
        assert_string_equal(out, "12345");
        assert_false(str_copy(out, sizeof(out), "1234\xc3\xa4"));
        assert_string_equal(out, "1234");
        assert_false(str_copy(out, sizeof(out), "12\xf0\x9f\x98\x80"));
        assert_string_equal(out, "12");
        assert_true(str_copy(out, sizeof(out), NULL));
        assert_string_equal(out, "");
        assert_false(str_copy(out, 0, "x"));
}

static void test_duplicates(void **state _unused_) {
        char *a _cleanup_free_ = str_dup("abc");
        char *b _cleanup_free_ = str_ndup("abc", 2);
        char *c _cleanup_free_ = str_printf("%s-%05d", "x", 42);

        assert_string_equal(a, "abc");
        assert_string_equal(b, "ab");
        assert_string_equal(c, "x-00042");
        assert_null(str_dup(NULL));
        assert_null(str_ndup("x", SIZE_MAX));
}

static void test_trim(void **state _unused_) {
        char a[] = " \t x y \r\n", b[] = "   ", c[] = "";

        assert_string_equal(str_trim(a), "x y");
        assert_string_equal(str_trim(b), "");
        assert_string_equal(str_trim(c), "");
}

static void test_int64(void **state _unused_) {
        static const struct {
                const char *text;
                int r;
                int64_t value;
        } cases[] = {
                        {"0", 0, 0},
                        {"-1", 0, -1},
                        {"007", 0, 7},
                        {"-0", 0, 0},
                        {"9223372036854775807", 0, INT64_MAX},
                        {"-9223372036854775808", 0, INT64_MIN},
                        {"9223372036854775808", -ERANGE, 0},
                        {"-9223372036854775809", -ERANGE, 0},
                        {"99999999999999999999999999", -ERANGE, 0},
                        {"99999999999999999999999999x", -EINVAL, 0},
                        {"", -EINVAL, 0},
                        {"-", -EINVAL, 0},
                        {"+1", -EINVAL, 0},
                        {" 1", -EINVAL, 0},
                        {"1 ", -EINVAL, 0},
                        {"0x10", -EINVAL, 0},
                        {"1.0", -EINVAL, 0},
                        {NULL, -EINVAL, 0},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                int64_t v = 12345;

                assert_int_equal(str_to_int64(cases[i].text, INT64_MIN, INT64_MAX, &v), cases[i].r);
                assert_true(v == (cases[i].r == 0 ? cases[i].value : 12345));
        }
        assert_int_equal(str_to_int64("10", 0, 9, &(int64_t){0}), -ERANGE);
        assert_int_equal(str_to_int64("-1", 0, 9, &(int64_t){0}), -ERANGE);
}

static void test_double(void **state _unused_) {
        static const struct {
                const char *text;
                int r;
                double value;
        } cases[] = {
                        {"0.5", 0, 0.5},
                        {"-.5", 0, -0.5},
                        {"5.", 0, 5},
                        {"1e3", 0, 1000},
                        {"1E-2", 0, 0.01},
                        {"1e999", -ERANGE, 0},
                        {"1e", -EINVAL, 0},
                        {".", -EINVAL, 0},
                        {"0,5", -EINVAL, 0},
                        {"nan", -EINVAL, 0},
                        {"inf", -EINVAL, 0},
                        {"0x1p3", -EINVAL, 0},
                        {" 1", -EINVAL, 0},
                        {"1 ", -EINVAL, 0},
                        {"+1", -EINVAL, 0},
                        {"", -EINVAL, 0},
                        {NULL, -EINVAL, 0},
                        {"0.00000000000000000000000000000000000000000000000000000000000000000", -EINVAL, 0},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                double v = 12345;

                assert_int_equal(str_to_double(cases[i].text, -1e6, 1e6, &v), cases[i].r);
                assert_true(v == (cases[i].r == 0 ? cases[i].value : 12345));
        }
        assert_int_equal(str_to_double("1.01", 0, 1, &(double){0}), -ERANGE);
        assert_int_equal(str_to_double("1", 0, 1, &(double){0}), 0);
}

static void test_utf8_char(void **state _unused_) {
        static const struct {
                const char *bytes;
                size_t n, len;
        } cases[] = {
                        {"a", 1, 1},
                        {"", 0, 0},
                        {"\0", 1, 1},
                        {"\xc2\x80", 2, 2},
                        {"\xc1\xbf", 2, 0}, // overlong
                        {"\xc3", 1, 0},     // cut
                        {"\xc3(", 2, 0},    // no continuation
                        {"\x80", 1, 0},     // continuation alone
                        {"\xe0\xa0\x80", 3, 3},
                        {"\xe0\x9f\xbf", 3, 0}, // overlong
                        {"\xed\x9f\xbf", 3, 3},
                        {"\xed\xa0\x80", 3, 0}, // surrogate
                        {"\xf0\x90\x80\x80", 4, 4},
                        {"\xf0\x8f\xbf\xbf", 4, 0}, // overlong
                        {"\xf4\x8f\xbf\xbf", 4, 4},
                        {"\xf4\x90\x80\x80", 4, 0}, // above U+10FFFF
                        {"\xf5\x80\x80\x80", 4, 0},
                        {"\xf0\x9f\x98", 3, 0},
                        {"\xff", 1, 0},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                assert_int_equal(utf8_char_len(cases[i].bytes, cases[i].n), cases[i].len);
                assert_int_equal(utf8_valid(cases[i].bytes, cases[i].n), cases[i].n == 0 || cases[i].len > 0);
        }
        assert_false(utf8_valid("ok \xc3", 4));
}

static void test_utf8_floor(void **state _unused_) {
        const char *s = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"; // 1, 2, 3, 4 and 1 bytes
        static const size_t floors[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

        for (size_t i = 0; i < ARRAY_LEN(floors); i++)
                assert_int_equal(utf8_floor(s, strlen(s), i), floors[i]);
        // Bytes that are no character at all are cut anywhere.
        assert_int_equal(utf8_floor("\x80\x80\x80\x80\x80\x80", 6, 5), 5);
}

static void test_utf8_repair(void **state _unused_) {
        static const struct {
                const char *bytes;
                size_t n;
                const char *repaired;
                size_t bad;
        } cases[] = {
                        {"good \xc3\xa4", 7, "good \xc3\xa4", 0},
                        {"", 0, "", 0},
                        {"a\0b", 3,
                         "a\xef\xbf\xbd"
                         "b",
                         1},
                        {"\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd", 2},
                        {"x\xe2\x82", 3, "x\xef\xbf\xbd", 1}, // one character, cut
                        {"\xf0\x9f\x98y", 4,
                         "\xef\xbf\xbd"
                         "y",
                         1},
                        {"\xe2(\xa1", 3, "\xef\xbf\xbd(\xef\xbf\xbd", 2},
                        {"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
                         3}, // as the Unicode standard has it
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                size_t bad = 99;
                char *s _cleanup_free_ = utf8_repair(cases[i].bytes, cases[i].n, &bad);

                assert_string_equal(s, cases[i].repaired);
                assert_int_equal(bad, cases[i].bad);
        }
}

// Whatever the bytes: what comes out is UTF-8, and what was UTF-8 comes out as it was.
static void test_utf8_repair_of_anything(void **state _unused_) {
        uint32_t seed = 1;

        for (int round = 0; round < 2000; round++) {
                char bytes[24];
                size_t n = (size_t) round % sizeof(bytes), bad = 0;
                char *s _cleanup_free_ = NULL;

                for (size_t i = 0; i < n; i++) {
                        seed = seed * 1664525u + 1013904223u;
                        bytes[i] = (char) (seed >> 24);
                }
                s = utf8_repair(bytes, n, &bad);
                assert_true(utf8_valid(s, strlen(s)));
                if (bad == 0)
                        assert_memory_equal(s, bytes, n);
                for (size_t limit = 0; limit <= n; limit++)
                        assert_true(utf8_floor(bytes, n, limit) <= limit);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_letters_of_ascii),
                        cmocka_unit_test(test_one_of_a_kind_is_no_plural),
                        cmocka_unit_test(test_compare),
                        cmocka_unit_test(test_copy_cuts_between_characters),
                        cmocka_unit_test(test_duplicates),
                        cmocka_unit_test(test_trim),
                        cmocka_unit_test(test_int64),
                        cmocka_unit_test(test_double),
                        cmocka_unit_test(test_utf8_char),
                        cmocka_unit_test(test_utf8_floor),
                        cmocka_unit_test(test_utf8_repair),
                        cmocka_unit_test(test_utf8_repair_of_anything),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
