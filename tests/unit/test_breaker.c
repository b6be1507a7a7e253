// The circuit breaker, on a clock of the test's own and with given dice.
#include "unit.h"

#include "base/memory.h"
#include "freshdesk/breaker.h"

enum { T0 = 5000000, FIRST = 1000, LAST = 60000, HALF = 500 }; // HALF: gives the pause its plain length

static const struct breaker_limits limits = {.failures = 3, .first_ms = FIRST, .last_ms = LAST};

static enum breaker_change end(struct breaker *b, enum breaker_verdict v, int64_t now) {
        return breaker_end(b, breaker_begin(b), v, now, 0);
}

static struct breaker opened(void) {
        struct breaker b = {.limits = &limits};

        assert_int_equal(end(&b, BREAKER_BAD, T0), BREAKER_UNCHANGED);
        assert_int_equal(end(&b, BREAKER_BAD, T0), BREAKER_UNCHANGED);
        assert_int_equal(breaker_end(&b, false, BREAKER_BAD, T0, HALF), BREAKER_OPENED);
        return b;
}

static void a_run_of_failures_opens_it(void **state) {
        struct breaker b = opened();

        (void) state;
        assert_int_equal(b.state, BREAKER_OPEN);
        assert_int_equal(breaker_wait_ms(&b, T0), FIRST);
        assert_int_equal(breaker_wait_ms(&b, T0 + FIRST - 1), 1);
        assert_int_equal(breaker_wait_ms(&b, T0 + FIRST), 0);
        assert_string_equal(breaker_state_name(b.state), "open");
}

static void one_success_between_keeps_it_closed(void **state) {
        struct breaker b = {.limits = &limits};

        (void) state;
        for (int i = 0; i < 100; i++) {
                end(&b, BREAKER_BAD, T0);
                end(&b, BREAKER_BAD, T0);
                end(&b, BREAKER_NEITHER, T0);
                assert_int_equal(end(&b, BREAKER_GOOD, T0), BREAKER_UNCHANGED);
        }
        assert_int_equal(b.state, BREAKER_CLOSED);
}

static void one_trial_goes_out_at_a_time(void **state) {
        struct breaker b = opened();

        (void) state;
        assert_true(breaker_begin(&b));
        assert_int_equal(b.state, BREAKER_HALF_OPEN);
        assert_true(breaker_wait_ms(&b, T0 + 10 * FIRST) > 0);
        assert_int_equal(breaker_end(&b, true, BREAKER_GOOD, T0 + FIRST, 0), BREAKER_RECOVERED);
        assert_int_equal(b.state, BREAKER_CLOSED);
        assert_int_equal(breaker_wait_ms(&b, T0 + FIRST), 0);
        // And it takes a whole run again.
        assert_int_equal(end(&b, BREAKER_BAD, T0), BREAKER_UNCHANGED);
}

static void pauses_grow_to_their_limit_and_begin_anew(void **state) {
        struct breaker b = opened();
        int64_t now = T0, wait = FIRST;

        (void) state;
        for (int i = 0; i < 40; i++) {
                assert_int_equal(breaker_wait_ms(&b, now), wait);
                now += wait;
                wait = MIN(wait * 2, (int64_t) LAST);
                assert_true(breaker_begin(&b));
                assert_int_equal(breaker_end(&b, true, BREAKER_BAD, now, (uint64_t) wait / 2), BREAKER_REOPENED);
        }
        assert_true(breaker_begin(&b));
        assert_int_equal(breaker_end(&b, true, BREAKER_GOOD, now, 0), BREAKER_RECOVERED);
        for (int i = 0; i < 3; i++)
                breaker_end(&b, false, BREAKER_BAD, now, HALF);
        assert_int_equal(breaker_wait_ms(&b, now), FIRST);
}

static void the_pause_is_spread(void **state) {
        static const uint64_t dice[] = {0, 1, 999, 1000, 123456789, UINT64_MAX};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(dice); i++) {
                struct breaker b = {.limits = &limits, .failures = 2};
                breaker_end(&b, false, BREAKER_BAD, T0, dice[i]);
                assert_in_range(breaker_wait_ms(&b, T0), FIRST / 2, FIRST * 3 / 2);
        }
}

// They left before it opened.
static void late_answers_change_nothing(void **state) {
        struct breaker b = opened();

        (void) state;
        assert_int_equal(breaker_end(&b, false, BREAKER_BAD, T0 + 10, 0), BREAKER_UNCHANGED);
        assert_int_equal(breaker_end(&b, false, BREAKER_GOOD, T0 + 10, 0), BREAKER_UNCHANGED);
        assert_int_equal(breaker_wait_ms(&b, T0), FIRST);
        assert_int_equal(b.state, BREAKER_OPEN);
}

static void a_trial_that_was_given_up_is_made_again(void **state) {
        struct breaker b = opened();

        (void) state;
        for (int i = 0; i < 5; i++) {
                assert_true(breaker_begin(&b));
                assert_int_equal(breaker_end(&b, true, BREAKER_NEITHER, T0, HALF), BREAKER_REOPENED);
                assert_int_equal(breaker_wait_ms(&b, T0), FIRST);
        }
}

static void a_time_that_was_named_is_kept(void **state) {
        struct breaker b = {.limits = &limits};

        (void) state;
        assert_int_equal(breaker_open_until(&b, T0 + 30000), BREAKER_OPENED);
        assert_int_equal(breaker_open_until(&b, T0 + 10000), BREAKER_UNCHANGED);
        assert_int_equal(breaker_wait_ms(&b, T0), 30000);
        assert_true(breaker_begin(&b));
        assert_int_equal(breaker_end(&b, true, BREAKER_GOOD, T0 + 30000, 0), BREAKER_RECOVERED);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(a_run_of_failures_opens_it),
                        cmocka_unit_test(one_success_between_keeps_it_closed),
                        cmocka_unit_test(one_trial_goes_out_at_a_time),
                        cmocka_unit_test(pauses_grow_to_their_limit_and_begin_anew),
                        cmocka_unit_test(the_pause_is_spread),
                        cmocka_unit_test(late_answers_change_nothing),
                        cmocka_unit_test(a_trial_that_was_given_up_is_made_again),
                        cmocka_unit_test(a_time_that_was_named_is_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
