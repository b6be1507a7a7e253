// A clock that is wrong must not make the desk forget what is young.
#include "desk/housekeep.h"
#include "unit.h"

static const int64_t DAY = 86400000, HOUR = 3600000, NOW = 1790000000000;

static void a_clock_that_goes_on_as_it_did_is_believed(void **state _unused_) {
        struct housekeeping h = {0};

        assert_true(housekeeping_trusts(&h, NOW, 5000, NOW - 2 * DAY));
        assert_true(housekeeping_trusts(&h, NOW + HOUR, 5000 + HOUR, NOW));
        assert_true(housekeeping_trusts(&h, NOW + 2 * HOUR + 60000, 5000 + 2 * HOUR, NOW)); // set right by a minute
}

static void one_that_jumps_is_not_believed_for_a_day(void **state _unused_) {
        static const int64_t jumps[] = {3650 * 86400000LL, -3650 * 86400000LL, 2 * 3600000LL};

        for (size_t i = 0; i < ARRAY_LEN(jumps); i++) {
                struct housekeeping h = {0};
                int64_t there = NOW + HOUR + jumps[i];
                assert_true(housekeeping_trusts(&h, NOW, 0, NOW));
                assert_false(housekeeping_trusts(&h, there, HOUR, NOW));
                assert_false(housekeeping_trusts(&h, there + 12 * HOUR, 13 * HOUR, there)); // new rows are no proof
                assert_true(housekeeping_trusts(&h, there + DAY, HOUR + DAY, there));
                // And back: again a jump.
                assert_false(housekeeping_trusts(&h, NOW + 2 * HOUR + DAY, 2 * HOUR + DAY, there));
        }
}

static void one_that_is_far_ahead_at_the_start_is_not_believed_for_a_day(void **state _unused_) {
        struct housekeeping h = {0}, empty = {0};

        assert_false(housekeeping_trusts(&h, NOW, 0, NOW - 30 * DAY));
        assert_false(housekeeping_trusts(&h, NOW + HOUR, HOUR, NOW + HOUR));
        assert_true(housekeeping_trusts(&h, NOW + DAY, DAY, NOW));
        assert_true(housekeeping_trusts(&empty, NOW, 0, 0));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(a_clock_that_goes_on_as_it_did_is_believed),
                        cmocka_unit_test(one_that_jumps_is_not_believed_for_a_day),
                        cmocka_unit_test(one_that_is_far_ahead_at_the_start_is_not_believed_for_a_day),
        };

        return cmocka_run_group_tests_name("housekeep", tests, NULL, NULL);
}
