#include "triage/risk.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum {
        BISECTIONS = 60, // halvings of [0, 1]: more digits than a double has
        LEVELS = 100,    // thresholds are whole hundredths: confidence tells no finer
};

// The first threshold wants more rows than would do without a mistake: there one or two must not end the search. Never
// more than half of the rows, or the first would be the only one.
static const double START_ROOM = 2.5;
static const double START_SHARE = 0.5;

static double log_factorial(size_t n) {
        int sign; // lgamma() has a global variable for it

        return lgamma_r((double) n + 1, &sign);
}

static double log_choose(size_t n, size_t k) {
        return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

static double log_term(size_t k, size_t n, double p) {
        return log_choose(n, k) + (double) k * log(p) + (double) (n - k) * log1p(-p);
}

// The sums begin at the largest term, so that the others can only become smaller until they no longer count.
static double sum_down(size_t k, size_t n, double p) {
        double term = exp(log_term(k, n, p)), sum = term;

        for (size_t i = k; i > 0 && term > sum * 1e-17; i--) {
                term *= (double) i / (double) (n - i + 1) * (1 - p) / p;
                sum += term;
        }
        return sum;
}

static double sum_up(size_t k, size_t n, double p) {
        double term = exp(log_term(k, n, p)), sum = term;

        for (size_t i = k; i < n && term > sum * 1e-17; i++) {
                term *= (double) (n - i) / (double) (i + 1) * p / (1 - p);
                sum += term;
        }
        return sum;
}

double risk_binomial(size_t k, size_t n, double p) {
        if (k >= n || p <= 0)
                return 1;
        if (p >= 1)
                return 0;
        return (double) k < (double) n * p ? MIN(sum_down(k, n, p), 1.0) : MAX(1 - sum_up(k + 1, n, p), 0.0);
}

double risk_upper_bound(size_t wrong, size_t n, double certainty) {
        double low = 0, high = 1;

        if (wrong >= n)
                return 1;
        for (int i = 0; i < BISECTIONS; i++) {
                double middle = (low + high) / 2;
                if (risk_binomial(wrong, n, middle) > 1 - certainty)
                        low = middle;
                else
                        high = middle;
        }
        return high;
}

// Of 2 n rows, n of them set aside, `marked` are wrong: the chance that no more than k of those set aside are.
static double hypergeometric(size_t k, size_t n, size_t marked) {
        size_t lowest = marked > n ? marked - n : 0;
        double sum = 0, term = exp(log_choose(marked, k) + log_choose(2 * n - marked, n - k) - log_choose(2 * n, n));

        for (size_t x = k;; x--) {
                sum += term;
                if (x == lowest || term < sum * 1e-17)
                        return sum;
                term *= (double) x / (double) (marked - x + 1) * (double) (n - marked + x) / (double) (n - x + 1);
        }
}

bool risk_shown(size_t wrong, size_t n, double max_wrong, double certainty) {
        return (double) wrong < max_wrong * (double) n && risk_binomial(wrong, n, max_wrong) <= 1 - certainty;
}

bool risk_foreseen(size_t wrong, size_t n, double max_wrong, double certainty) {
        size_t too_many = (size_t) (max_wrong * (double) n) + 1; // of as many tickets again

        return (double) wrong < max_wrong * (double) n && too_many <= n &&
               hypergeometric(wrong, n, wrong + too_many) <= 1 - certainty;
}

size_t risk_rows_needed(double max_wrong, double certainty) {
        return (size_t) ceil(log(1 - certainty) / log1p(-max_wrong));
}

static double rank(const struct risk_row *r) {
        return isfinite(r->confidence) ? r->confidence : -1;
}

static int surer_first(const void *a, const void *b) {
        double x = rank(a), y = rank(b);

        return (x < y) - (x > y);
}

static int by_category(const void *a, const void *b) {
        size_t x = ((const struct risk_row *) a)->category, y = ((const struct risk_row *) b)->category;

        return x == y ? surer_first(a, b) : x < y ? -1 : 1;
}

// qsort() must not be given NULL, not even for nothing.
static void sort(struct risk_row *rows, size_t n, int (*order)(const void *, const void *)) {
        if (n > 1)
                qsort(rows, n, sizeof(*rows), order);
}

// How many of the sorted rows reach the threshold, from `from` of which that is known.
static size_t reach(const struct risk_row *rows, size_t n, size_t from, double threshold, size_t *wrong) {
        while (from < n && rank(&rows[from]) >= threshold)
                *wrong += rows[from++].wrong;
        return from;
}

struct test {
        double max_wrong, certainty;
        bool foreseen; // must pass that, too
};

// What will be seen of a threshold is no property of the threshold alone, so that a fixed sequence does not quite
// protect the choice among several: half of the doubt is kept for that.
static double halfway(double certainty) {
        return 1 - (1 - certainty) / 2;
}

static bool passes(const struct test *t, size_t wrong, size_t n) {
        return risk_shown(wrong, n, t->max_wrong, t->certainty) &&
               (!t->foreseen || risk_foreseen(wrong, n, t->max_wrong, halfway(t->certainty)));
}

// The rows of one category, sorted.
static struct risk_choice choose_one(const struct risk_row *rows, size_t n, const struct test *t) {
        struct risk_choice c = {.rows = n, .bound = 1};
        size_t needed = risk_rows_needed(t->max_wrong, t->certainty), done = 0, at = 0, wrong = 0;
        size_t start = MAX(needed, (size_t) MIN(START_ROOM * (double) needed, START_SHARE * (double) n));

        for (int level = LEVELS; level >= 0; level--) {
                double threshold = (double) level / LEVELS;
                at = reach(rows, n, at, threshold, &wrong);
                if (at < start || at == done)
                        continue;
                bool kept = passes(t, wrong, at);
                if (kept || done == 0)
                        c = (struct risk_choice){kept, threshold, n,
                                                 at,   wrong,     risk_upper_bound(wrong, at, RISK_CERTAINTY)};
                if (!kept)
                        return c;
                done = at;
        }
        if (done == 0)
                c = (struct risk_choice){false, 0, n, at, wrong, risk_upper_bound(wrong, at, RISK_CERTAINTY)};
        return c;
}

// Returns how many categories have so many rows that luck could have chosen them.
static size_t choose_each(const struct risk_row *rows, size_t n, size_t categories, const struct test *t,
                          struct risk_choice *ret) {
        size_t needed = risk_rows_needed(t->max_wrong, t->certainty), tried = 0;

        for (size_t c = 0, from = 0; c < categories; c++) {
                size_t to = from;
                while (to < n && rows[to].category == c)
                        to++;
                ret[c] = choose_one(rows + from, to - from, t);
                tried += ret[c].rows >= needed;
                from = to;
        }
        return tried;
}

// How many sets of one, two or three of n there are.
static double small_sets(size_t n) {
        double m = (double) n;

        return m + m * (m - 1) / 2 + m * (m - 1) * (m - 2) / 6;
}

static bool together(const struct risk_choice *choices, size_t categories, const struct test *t, size_t tried) {
        size_t answered = 0, wrong = 0;

        for (size_t c = 0; c < categories; c++)
                if (choices[c].automatic) {
                        answered += choices[c].n;
                        wrong += choices[c].wrong;
                }
        return risk_foreseen(wrong, answered, t->max_wrong, halfway(1 - (1 - t->certainty) / small_sets(tried)));
}

void risk_choose(struct risk_row *rows, size_t n, size_t categories, double max_wrong, double certainty,
                 struct risk_choice *ret) {
        const struct test first = {max_wrong, certainty, false};
        struct test test = first;

        sort(rows, n, by_category);
        size_t tried = choose_each(rows, n, categories, &test, ret);
        if (tried == 0)
                return;
        // Thresholds at the very edge of their bounds may fail together where stricter ones do not.
        for (size_t parts = 1; parts <= tried; parts *= 2) {
                test.certainty = 1 - (1 - certainty) / (double) parts;
                choose_each(rows, n, categories, &test, ret);
                if (together(ret, categories, &first, tried))
                        return;
        }
        test.certainty = 1 - (1 - certainty) / (double) tried;
        test.foreseen = true;
        choose_each(rows, n, categories, &test, ret);
}

size_t risk_curve(struct risk_row *rows, size_t n, struct risk_point ret[RISK_POINTS_MAX]) {
        size_t points = 0, at = 0, wrong = 0;

        sort(rows, n, surer_first);
        for (int level = LEVELS; level >= 0; level--) {
                size_t before = at;
                at = reach(rows, n, at, (double) level / LEVELS, &wrong);
                if (at > before)
                        ret[points++] = (struct risk_point){(double) level / LEVELS, at, wrong};
        }
        return points;
}
