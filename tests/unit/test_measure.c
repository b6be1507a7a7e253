// Which of two classifiers is better.
#include "unit.h"

#include "base/memory.h"
#include "triage/measure.h"

// Of 100 tickets, 40 of them complex: how many tiers are wrong, how many complex ones are missed among these, and how
// many categories are wrong.
static struct measure made(size_t wrong, size_t missed, size_t categories) {
        struct measure m = {.n = 100, .right = 100 - wrong, .category_n = 100, .category_right = 100 - categories};

        m.confusion[TIER_COMPLEX][TIER_1] = missed;
        m.confusion[TIER_COMPLEX][TIER_COMPLEX] = 40 - missed;
        return m;
}

static void fewer_mistakes_are_better(void **state _unused_) {
        static const struct {
                size_t wrong, missed, categories;
                bool better; // than 10, 4 and 20
        } cases[] = {
                        {10, 4, 20, false}, {9, 4, 20, true},   {10, 4, 19, true}, {10, 3, 20, true},
                        {10, 5, 20, false}, {12, 2, 20, false}, // two more wrong, two fewer missed: the same
                        {8, 4, 23, true},                       // better tiers are worth some categories
                        {8, 4, 24, false},                      // and no more than that
                        {11, 4, 0, false},                      // the best categories do not make up for worse tiers
                        {9, 6, 0, false},                       // nor for missed ones
        };
        struct measure other = made(10, 4, 20);

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct measure one = made(cases[i].wrong, cases[i].missed, cases[i].categories);
                if (measure_better(&one, &other) != cases[i].better)
                        fail_msg("case %zu", i);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(fewer_mistakes_are_better),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
