// How wrong may automatic answers be, and from which confidence on are they so with 95 % certainty? Pure mathematics:
// no state, no allocation, any thread. In words: doc/risk.md.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define RISK_CERTAINTY 0.95 // with which the bound holds, for each category by itself

// P(X <= k) of a binomial X with n trials of chance p, to about 12 digits.
double risk_binomial(size_t k, size_t n, double p);

// Clopper and Pearson's exact one-sided bound (Biometrika 26, 1934): the largest chance of a mistake under which so few
// as `wrong` of n are seen with a probability of at least 1 - certainty. 1 for n = 0.
double risk_upper_bound(size_t wrong, size_t n, double certainty);

// Do so few mistakes show, with that certainty, that the chance of one is at most max_wrong in (0, 1)?
bool risk_shown(size_t wrong, size_t n, double max_wrong, double certainty);
// And that of as many tickets again no larger share will be seen to be wrong? This is what a team can count, and wants
// more rows: the exact limit of a prediction (hypergeometric: Thatcher, J. R. Statist. Soc. B 26, 1964).
bool risk_foreseen(size_t wrong, size_t n, double max_wrong, double certainty);

// How many rows without a single mistake show it: 59 for 0.05, 299 for 0.01.
size_t risk_rows_needed(double max_wrong, double certainty);

// A ticket whose truth is known, and that could have been answered.
struct risk_row {
        size_t category; // as it was classified
        double confidence;
        bool wrong;
};

struct risk_choice {      // of a category
        bool automatic;   // some threshold keeps the bound
        double threshold; // of the confidence, when automatic
        size_t rows;      // that there were
        size_t n, wrong;  // at the threshold, or, where none was found, at the first that was tried
        double bound;     // on the chance of a mistake there
};

// For each category the smallest threshold under which the share of mistakes is at most max_wrong with the certainty
// given. ret[categories]; rows are sorted by category, the surest first; a row of no such category is ignored, one
// whose confidence is not finite is never answered.
//
// Learn-then-Test (Angelopoulos, Bates, Candès, Jordan, Lei, 2021, arXiv:2110.01052) with fixed-sequence testing: from
// the strictest threshold that has enough rows downwards, in steps that do not look at what was right; the first that
// risk_shown does not accept ends it. So the chance that a threshold is chosen which breaks the bound is at most
// 1 - certainty, however many are tried. The test is exact given the confidences: of unequal chances the binomial tail
// is the worst case (Hoeffding, Ann. Math. Statist. 27, 1956).
//
// Where many categories are tried, luck may choose a few of them. So all that are chosen must pass risk_foreseen
// together, corrected for the sets of up to three categories that could have been chosen; else each must pass both
// tests by itself, corrected for the number of categories (Bonferroni).
void risk_choose(struct risk_row *rows, size_t n, size_t categories, double max_wrong, double certainty,
                 struct risk_choice *ret);

// What a threshold would mean: of `n` rows above it so many are wrong.
struct risk_point {
        double threshold;
        size_t n, wrong;
};
enum { RISK_POINTS_MAX = 101 }; // one for each hundredth of confidence
// Coverage against risk over all categories, from the strictest threshold on. Sorts the rows, the surest first. Points
// at which nothing changes are left out. The number of points.
size_t risk_curve(struct risk_row *rows, size_t n, struct risk_point ret[RISK_POINTS_MAX]);
