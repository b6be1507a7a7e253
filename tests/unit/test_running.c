// The running test of the share of wrong answers: how often it is wrong, how soon it is right, and that it never takes
// anything back. The figures are those of doc/risk.md.
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "triage/running.h"

enum { ANSWERS = 2000, DESKS = 200 };
static const double LIMIT = 0.05;
static const double CERTAINTY = 1 - 0.05 / 8; // of one category of eight

// xorshift64* (Vigna, 2016): the same desks each time, on every machine.
static double draw(uint64_t *state) {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        return (double) ((*state * 2685821657736338717U) >> 11) / 9007199254740992.0;
}

// A desk whose answers are wrong with the first chance, and from `change` on with the second.
static void make(bool *wrong, uint64_t seed, double before, double after, size_t change) {
        uint64_t state = seed * 0x9E3779B97F4A7C15U + 1;

        for (size_t i = 0; i < ANSWERS; i++)
                wrong[i] = draw(&state) < (i < change ? before : after);
}

// After how many answers it is seen; ANSWERS + 1: not.
static size_t seen_after(const bool *wrong) {
        size_t low = 0, high = ANSWERS + 1;

        if (!running_breaks(wrong, ANSWERS, LIMIT, CERTAINTY))
                return high;
        while (high - low > 1) {
                size_t middle = (low + high) / 2;
                *(running_breaks(wrong, middle, LIMIT, CERTAINTY) ? &high : &low) = middle;
        }
        return high;
}

static int ascending(const void *a, const void *b) {
        size_t x = *(const size_t *) a, y = *(const size_t *) b;

        return (x > y) - (x < y);
}

struct delays {
        size_t seen, median, ninth_tenth;
};

static struct delays try(double before, double after, size_t change) {
        static bool wrong[ANSWERS];
        size_t all[DESKS];
        struct delays d = {0};

        for (size_t i = 0; i < DESKS; i++) {
                make(wrong, i + 1, before, after, change);
                all[i] = seen_after(wrong);
                d.seen += all[i] <= ANSWERS;
        }
        qsort(all, DESKS, sizeof(all[0]), ascending);
        d.median = all[DESKS / 2] - change;
        d.ninth_tenth = all[DESKS * 9 / 10] - change;
        print_message("wrong %.3f then %.3f: seen by %zu of %d desks, half of them within %zu answers, 9 in 10 within "
                      "%zu\n",
                      before, after, d.seen, DESKS, d.median, d.ninth_tenth);
        return d;
}

static void a_desk_within_its_limit_is_hardly_ever_accused(void **state _unused_) {
        assert_true(try(LIMIT, LIMIT, 0).seen <= 2); // 5 % / 8 of 200 are 1.25
        assert_int_equal(try(LIMIT / 2, LIMIT / 2, 0).seen, 0);
}

static void a_desk_beyond_it_is_found_the_sooner_the_worse_it_is(void **state _unused_) {
        struct delays twice = try(2 * LIMIT, 2 * LIMIT, 0), thrice = try(3 * LIMIT, 3 * LIMIT, 0),
                      five = try(5 * LIMIT, 5 * LIMIT, 0);

        assert_true(twice.seen >= DESKS * 98 / 100);
        assert_int_equal(thrice.seen, DESKS);
        assert_true(twice.median < 400 && thrice.median < 120 && five.median < 40);
}

static void good_answers_do_not_hide_the_bad_ones_that_follow(void **state _unused_) {
        assert_true(try(LIMIT / 2, 3 * LIMIT, 1000).median < 250);
}

// What is waiting counts as right: whatever becomes of it, what was seen stays seen.
static void what_was_seen_stays_seen(void **state _unused_) {
        static bool final[ANSWERS], now[ANSWERS];
        uint64_t random = 77;
        size_t seen = 0;

        for (uint64_t seed = 1; seed <= 50; seed++) {
                make(final, seed, 2 * LIMIT, 2 * LIMIT, 0);
                for (size_t i = 0; i < ANSWERS; i++)
                        now[i] = final[i] && draw(&random) < 0.7;
                bool early = running_breaks(now, ANSWERS / 2, LIMIT, CERTAINTY);
                seen += early;
                if (early)
                        assert_true(running_breaks(final, ANSWERS, LIMIT, CERTAINTY));
        }
        assert_true(seen > 0);
}

static void the_ends_of_the_scale_do_no_harm(void **state _unused_) {
        static bool wrong[RUNNING_ANSWERS_MAX];

        assert_false(running_breaks(wrong, 0, LIMIT, CERTAINTY));
        assert_false(running_breaks(wrong, RUNNING_ANSWERS_MAX, 0.0001, CERTAINTY));
        assert_false(running_breaks(wrong, RUNNING_ANSWERS_MAX, 0, CERTAINTY));
        assert_false(running_breaks(wrong, RUNNING_ANSWERS_MAX, 1, CERTAINTY));
        memset(wrong, 1, sizeof(wrong));
        assert_true(running_breaks(wrong, 20, 0.5, CERTAINTY));
        assert_true(running_breaks(wrong, RUNNING_ANSWERS_MAX, 0.0001, CERTAINTY));
        assert_false(running_breaks(wrong, 1, LIMIT, CERTAINTY));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(a_desk_within_its_limit_is_hardly_ever_accused),
                        cmocka_unit_test(a_desk_beyond_it_is_found_the_sooner_the_worse_it_is),
                        cmocka_unit_test(good_answers_do_not_hide_the_bad_ones_that_follow),
                        cmocka_unit_test(what_was_seen_stays_seen),
                        cmocka_unit_test(the_ends_of_the_scale_do_no_harm),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
