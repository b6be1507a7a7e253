// Exact tokens in text, and how they keep one error code's answer from another's question.
#include "knowledge/code.h"

#include <string.h>

#include "unit.h"

static size_t common(const char *a, const char *b) {
        struct code_set x _cleanup_codes_ = {0}, y _cleanup_codes_ = {0};
        size_t n = 0;

        assert_int_equal(code_add(&x, a, strlen(a)), 0);
        assert_int_equal(code_add(&y, b, strlen(b)), 0);
        for (size_t i = 0; i < x.n; i++)
                n += code_has(&y, x.hashes[i]);
        return n;
}

static void the_same_code_is_known_in_every_spelling(void **state _unused_) {
        assert_true(common("TW-429", "I get error tw-429 again") > 0);
        assert_true(common("TW-429", "TW 429") > 0);
        assert_true(common("TW-429", "TW429.") > 0);
        assert_true(common("(Error TW-429)", "error code 429") > 0);
        assert_true(common("error 500", "HTTP 500") > 0);
        assert_true(common("0x80070005", "code 0X80070005!") > 0);
        assert_true(common("Fehler 1603", "error 1603") > 0);
        assert_true(common("E_1234", "e-1234") > 0);
}

static void what_is_no_code_is_none(void **state _unused_) {
        assert_int_equal(common("TW-429", "TW-413"), 0);
        assert_int_equal(common("250 MB", "it has 250 pages"), 0);
        assert_int_equal(common("valid for 60 minutes", "error 60"), 0);
        assert_int_equal(common("call 0123456789", "error 0123456789"), 0);
        assert_int_equal(common("4G", "4G"), 0);
        assert_int_equal(common("the year 2026", "in 2026"), 0);
        assert_int_equal(common("", ""), 0);
}

static void each_code_is_kept_once(void **state _unused_) {
        struct code_set s _cleanup_codes_ = {0};
        static const char text[] = "E1234 e1234 E1234 E1235";

        assert_int_equal(code_add(&s, text, strlen(text)), 0);
        assert_int_equal(s.n, 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_same_code_is_known_in_every_spelling),
                        cmocka_unit_test(what_is_no_code_is_none),
                        cmocka_unit_test(each_code_is_kept_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
