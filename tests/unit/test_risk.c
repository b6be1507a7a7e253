#include "triage/risk.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "labelled.h"
#include "model/vectors.h"
#include "triage/risk_trial.h"
#include "triage/triage.h"

enum { CATEGORIES = 8 };

static const double MAX_WRONG = 0.05;

static void close_to(double is, double should_be) {
        if (!(fabs(is - should_be) <= 1e-10))
                fail_msg("%.15g instead of %.15g", is, should_be);
}

// ---- the bound

// From sums of binomial terms with 60 digits.
static void the_tail_of_a_binomial_is_exact(void **state) {
        (void) state;
        close_to(risk_binomial(3, 100, 0.05), 0.2578386591160164);
        close_to(risk_binomial(40, 100, 0.3), 0.9875015928335618);
        close_to(risk_binomial(5200, 100000, 0.05), 0.9980933448096568);
        close_to(risk_binomial(0, 59, 0.05), 0.048494525249423236);
        close_to(risk_binomial(93, 100, 0.9), 0.8828443845641158);
        close_to(risk_binomial(0, 10, 0), 1);
        close_to(risk_binomial(9, 10, 1), 0);
        close_to(risk_binomial(10, 10, 1), 1);
        close_to(risk_binomial(0, 0, 0.5), 1);
}

static void the_upper_bound_is_the_exact_one(void **state) {
        (void) state;
        close_to(risk_upper_bound(0, 59, 0.95), 0.049507609888226944);
        close_to(risk_upper_bound(0, 1, 0.95), 0.95);
        close_to(risk_upper_bound(1, 93, 0.95), 0.04999397838798832);
        close_to(risk_upper_bound(5, 100, 0.95), 0.10225337764327451);
        close_to(risk_upper_bound(10, 1000, 0.95), 0.016903175120562504);
        close_to(risk_upper_bound(300, 10000, 0.95), 0.032959435898078045);
        close_to(risk_upper_bound(99, 100, 0.95), 0.9994871985837377);
        close_to(risk_upper_bound(7, 7, 0.95), 1);
        close_to(risk_upper_bound(0, 0, 0.95), 1);
}

static void so_many_rows_without_a_mistake_are_needed(void **state) {
        (void) state;
        assert_int_equal(risk_rows_needed(0.05, 0.95), 59);
        assert_int_equal(risk_rows_needed(0.02, 0.95), 149);
        assert_int_equal(risk_rows_needed(0.01, 0.95), 299);
        assert_true(risk_shown(0, 59, 0.05, 0.95));
        assert_false(risk_shown(0, 58, 0.05, 0.95));
        assert_true(risk_shown(1, 93, 0.05, 0.95));
        assert_false(risk_shown(1, 92, 0.05, 0.95));
        assert_false(risk_shown(0, 0, 0.05, 0.95));
}

// From sums of products of binomials in whole fractions: 0.0293 and 0.0601; 0.0287 and 0.0622.
static void what_will_be_seen_wants_more_rows(void **state) {
        (void) state;
        assert_true(risk_foreseen(0, 80, 0.05, 0.95));
        assert_true(risk_foreseen(0, 80, 0.05, 1 - 0.0294));
        assert_false(risk_foreseen(0, 80, 0.05, 1 - 0.0293));
        assert_false(risk_foreseen(0, 79, 0.05, 0.95));
        assert_true(risk_foreseen(33, 1000, 0.05, 0.95));
        assert_false(risk_foreseen(36, 1000, 0.05, 0.95));
        assert_true(risk_foreseen(36, 1000, 0.05, 1 - 0.0623));
        assert_false(risk_foreseen(4, 80, 0.05, 0.95));
        assert_false(risk_foreseen(0, 0, 0.05, 0.95));
}

// ---- the choice

static struct risk_choice choose(struct risk_row *rows, size_t n) {
        struct risk_choice c = {0};

        risk_choose(rows, n, 1, MAX_WRONG, RISK_CERTAINTY, &c);
        return c;
}

static void too_little_evidence_is_not_automated(void **state) {
        struct risk_row rows[58];

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){.confidence = 0.99};
        struct risk_choice c = choose(rows, ARRAY_LEN(rows));
        assert_false(c.automatic);
        assert_int_equal(c.rows, 58);
        assert_int_equal(c.n, 58);
        assert_int_equal(c.wrong, 0);
        assert_true(c.bound > MAX_WRONG);

        c = choose(NULL, 0);
        assert_false(c.automatic);
        close_to(c.bound, 1);
}

static void the_smallest_threshold_that_keeps_the_bound_is_taken(void **state) {
        struct risk_row rows[400];

        (void) state;
        // Two hundred at .905 without a mistake, a hundred at .805 with one, a hundred at .605 of which every second is
        // wrong.
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){0,
                                            i < 200   ? 0.905
                                            : i < 300 ? 0.805
                                                      : 0.605,
                                            i == 250 || (i >= 300 && i % 2)};
        struct risk_choice c = choose(rows, ARRAY_LEN(rows));
        assert_true(c.automatic);
        close_to(c.threshold, 0.8);
        assert_int_equal(c.rows, 400);
        assert_int_equal(c.n, 300);
        assert_int_equal(c.wrong, 1);
        close_to(c.bound, risk_upper_bound(1, 300, RISK_CERTAINTY));
}

static void one_mistake_near_the_top_does_not_end_the_search(void **state) {
        struct risk_row rows[1000];

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){0, 0.99 - (double) i * 0.0003, i == 3 || i == 500};
        struct risk_choice c = choose(rows, ARRAY_LEN(rows));
        assert_true(c.automatic);
        assert_int_equal(c.n, 1000);
}

static void what_is_often_wrong_is_never_automated(void **state) {
        struct risk_row rows[1000];

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){0, (double) i / 1000, i % 4 == 0};
        struct risk_choice c = choose(rows, ARRAY_LEN(rows));
        assert_false(c.automatic);
        assert_true(c.n >= 59 && c.wrong > 0 && c.bound > 0.2);
}

static void confidences_that_are_no_numbers_are_not_counted_on(void **state) {
        struct risk_row rows[200];

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){0, i % 2 ? 0.9 : i % 4 ? NAN : INFINITY, false};
        struct risk_choice c = choose(rows, ARRAY_LEN(rows));
        assert_true(c.automatic);
        assert_int_equal(c.rows, 200);
        assert_int_equal(c.n, 100);
}

static void each_category_has_its_own_threshold(void **state) {
        struct risk_row rows[1200];
        struct risk_choice c[3];

        (void) state;
        // The first is right down to .5, the second above .8, the third has too few rows; one row is of no category.
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                size_t category = i % 100 == 99 ? 2 : i % 2;
                double confidence = i % 4 < 2 ? 0.905 : 0.505;
                rows[i] = (struct risk_row){i == 0 ? 9 : category, confidence, category == 1 && confidence < 0.8};
        }
        risk_choose(rows, ARRAY_LEN(rows), ARRAY_LEN(c), MAX_WRONG, RISK_CERTAINTY, c);
        assert_true(c[0].automatic && c[1].automatic && !c[2].automatic);
        close_to(c[0].threshold, 0.5);
        close_to(c[1].threshold, 0.9);
        assert_int_equal(c[2].rows, 12);
}

// Eight categories with sixty rows: one of them without a mistake by luck shows nothing.
static void luck_among_many_categories_is_not_taken_for_evidence(void **state) {
        struct risk_row rows[480];
        struct risk_choice c[8];

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                rows[i] = (struct risk_row){i % 8, 0.95, i % 8 != 0 && i / 8 % 15 == 0};
        risk_choose(rows, ARRAY_LEN(rows), ARRAY_LEN(c), MAX_WRONG, RISK_CERTAINTY, c);
        for (size_t i = 0; i < ARRAY_LEN(c); i++)
                assert_false(c[i].automatic);
}

static void the_curve_tells_what_each_threshold_means(void **state) {
        struct risk_row rows[] = {{0, 0.5, true}, {1, 0.9, false}, {0, 0.7, true}, {1, 0.905, false}};
        struct risk_point points[RISK_POINTS_MAX];

        (void) state;
        assert_int_equal(risk_curve(rows, ARRAY_LEN(rows), points), 3);
        close_to(points[0].threshold, 0.9);
        assert_int_equal(points[0].n, 2);
        assert_int_equal(points[0].wrong, 0);
        close_to(points[2].threshold, 0.5);
        assert_int_equal(points[2].n, 4);
        assert_int_equal(points[2].wrong, 2);
}

// ---- the promise

// Marsaglia's xorshift64: the same numbers in every run.
static uint64_t next_random(uint64_t *x) {
        *x ^= *x << 13;
        *x ^= *x >> 7;
        *x ^= *x << 17;
        return *x;
}

static double uniform(uint64_t *x) {
        return (double) (next_random(x) >> 11) / 9007199254740992.0;
}

// Where every threshold breaks the bound by a hair, each choice is a mistake: so many may be made, and no more.
static void a_bound_that_is_broken_everywhere_is_accepted_in_one_of_twenty(void **state) {
        enum { TRIALS = 2000, ROWS = 800 };
        static struct risk_row rows[ROWS];
        uint64_t random = 0x9e3779b97f4a7c15;
        int accepted = 0;

        (void) state;
        for (int t = 0; t < TRIALS; t++) {
                for (size_t i = 0; i < ROWS; i++)
                        rows[i] = (struct risk_row){0, uniform(&random), uniform(&random) < MAX_WRONG + 1e-9};
                accepted += choose(rows, ROWS).automatic;
        }
        print_message("           accepted %.3f of %d\n", (double) accepted / TRIALS, TRIALS);
        assert_in_range(accepted, 1, TRIALS / 20);
}

struct set {
        struct risk_row *rows; // those that could be answered
        size_t n, all;         // all: with those that could not
};

static struct risk_trial split_often(const struct set *s) {
        struct risk_trial t = {0};

        assert_int_equal(risk_try(s->rows, s->n, s->all, CATEGORIES, MAX_WRONG, RISK_SPLITS, &t), 0);
        assert_int_equal(t.splits, RISK_SPLITS);
        print_message("           broken in %zu of %zu splits, coverage %.3f, wrong %.4f\n", t.broken, t.splits,
                      t.coverage, t.wrong);
        return t;
}

// Two kinds of category: calibrated, and surer than it is right. The error among all is about `error`.
static struct risk_trial split_made_up(size_t n, size_t categories, double error, uint64_t random) {
        struct risk_row *rows _cleanup_free_ = calloc(n, sizeof(*rows));
        struct set s = {rows, n, n};

        assert_non_null(rows);
        for (size_t i = 0; i < n; i++) {
                double confidence = 1 - 3 * error * pow(uniform(&random), 2);
                size_t category = next_random(&random) % categories;
                double wrong = (1 - confidence) * (category % 2 ? 1.5 : 1.0);
                rows[i] = (struct risk_row){category, confidence, uniform(&random) < wrong};
        }
        print_message("           %zu tickets, %zu categories:\n", n, categories);
        return split_often(&s);
}

static void the_promise_holds_on_made_up_tickets(void **state) {
        static const struct {
                size_t n, categories;
                double error, coverage;
        } sets[] = {
                        {6000, 8, 0.17, 0},   {6000, 8, 0.07, 0.2}, {2000, 8, 0.07, 0},    {3000, 8, 0.04, 0.1},
                        {3000, 3, 0.04, 0.5}, {2000, 1, 0.10, 0.3}, {20000, 8, 0.10, 0.4},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
                struct risk_trial p =
                                split_made_up(sets[i].n, sets[i].categories, sets[i].error, 88172645463325252 + i);
                assert_true(p.broken <= RISK_SPLITS / 20);
                assert_true(p.coverage >= sets[i].coverage); // a promise that answers nobody is easily kept
        }
}

static char *below_root(const char *name) {
        const char *root = getenv("SOURCE_ROOT");

        return str_printf("%s/%s", root ? root : ".", name);
}

static size_t category_of(const struct triage *t, const char *name) {
        size_t i = 0;

        while (i < triage_categories(t) && !str_eq(triage_category(t, i), name))
                i++;
        return i;
}

// The verdicts on the tickets: which would be answered, how surely, and was it right to?
static void judge(const struct triage *t, struct encoder *m, const struct labelled *l, struct set *s) {
        size_t dimensions = encoder_dimensions(m);
        float *vectors _cleanup_free_ = calloc(l->n * dimensions, sizeof(*vectors));
        char **texts = calloc(l->n, sizeof(*texts));
        struct error e = ERROR_INIT;

        assert_true(vectors && texts);
        for (size_t i = 0; i < l->n; i++)
                assert_non_null(texts[i] = labelled_text(&l->items[i]));
        assert_int_equal(vectors_embed(m, NULL, (const char *const *) texts, l->n, 0, vectors, NULL, NULL, &e), 0);
        for (size_t i = 0; i < l->n; i++) {
                struct verdict v;
                triage_classify(t, l->items[i].subject, l->items[i].body, vectors + i * dimensions, &v);
                free(texts[i]);
                s->all++;
                if (v.tier == TIER_COMPLEX)
                        continue;
                s->rows[s->n++] =
                                (struct risk_row){category_of(t, v.category), v.confidence, v.tier != l->items[i].tier};
        }
        free(texts);
}

static void the_promise_holds_on_banking77(void **state) {
        char *path _cleanup_free_ = below_root("../shared/data/banking77/test.csv");
        char *map _cleanup_free_ = below_root("../shared/data/banking77/tiers.csv");
        char *config _cleanup_free_ = below_root("config"),
                     *model _cleanup_free_ = below_root("models/all-MiniLM-L6-v2");
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct labelled l _cleanup_labelled_ = {0};
        struct error e = ERROR_INIT;

        (void) state;
        if (!file_exists(path) || encoder_open(&(struct encoder_options){.folder = model}, &m, &e) < 0) {
                print_message("skipped: %s: ../shared/data or the model is not here\n", __func__);
                skip();
        }
        assert_int_equal(triage_open(config, m, NULL, &t, &e), 0);
        assert_int_equal(labelled_read_csv(&l, path, map, 1, &e), 0);
        assert_true(l.n > 3000 && triage_categories(t) == CATEGORIES);
        struct risk_row *rows _cleanup_free_ = calloc(l.n, sizeof(*rows));
        struct set s = {rows, 0, 0};
        assert_non_null(rows);
        judge(t, m, &l, &s);
        struct risk_trial p = split_often(&s);
        assert_true(p.broken <= RISK_SPLITS / 20);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(the_tail_of_a_binomial_is_exact),
                        cmocka_unit_test(the_upper_bound_is_the_exact_one),
                        cmocka_unit_test(so_many_rows_without_a_mistake_are_needed),
                        cmocka_unit_test(what_will_be_seen_wants_more_rows),
                        cmocka_unit_test(too_little_evidence_is_not_automated),
                        cmocka_unit_test(the_smallest_threshold_that_keeps_the_bound_is_taken),
                        cmocka_unit_test(one_mistake_near_the_top_does_not_end_the_search),
                        cmocka_unit_test(what_is_often_wrong_is_never_automated),
                        cmocka_unit_test(confidences_that_are_no_numbers_are_not_counted_on),
                        cmocka_unit_test(each_category_has_its_own_threshold),
                        cmocka_unit_test(luck_among_many_categories_is_not_taken_for_evidence),
                        cmocka_unit_test(the_curve_tells_what_each_threshold_means),
                        cmocka_unit_test(a_bound_that_is_broken_everywhere_is_accepted_in_one_of_twenty),
                        cmocka_unit_test(the_promise_holds_on_made_up_tickets),
                        cmocka_unit_test(the_promise_holds_on_banking77),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
