// How well verdicts agree with what tickets are.
#pragma once

#include <stddef.h>

#include "triage/triage.h"

enum { MEASURE_BINS = 10 };

struct measure {
        size_t n, right;
        size_t category_n, category_right;          // of those whose category is known
        size_t confusion[TIER_COUNT_][TIER_COUNT_]; // [what it is][what was said]
        size_t bin_n[MEASURE_BINS], bin_right[MEASURE_BINS];
        double bin_confidence[MEASURE_BINS]; // sums
};

// A verdict on a ticket that is of this tier and category; "": which category is not known.
void measure_add(struct measure *m, enum tier tier, const char *category, const struct verdict *v);
// A verdict of which only is known whether its tier was right: it counts in n, right and the bins alone.
void measure_add_known(struct measure *m, double confidence, bool right);
// Of two on the same tickets: does a make fewer mistakes, and not by better categories for worse tiers? A wrong
// category counts one, a wrong tier two, a complex ticket that is missed two more.
bool measure_better(const struct measure *a, const struct measure *b);
double measure_accuracy(const struct measure *m);
double measure_category_accuracy(const struct measure *m);
double measure_recall(const struct measure *m, enum tier t);
double measure_macro_f1(const struct measure *m);       // mean of the tiers' F1
double measure_complex_missed(const struct measure *m); // share of complex tickets taken for something simpler
// Expected calibration error with ten bins of equal width (Guo et al., "On Calibration of Modern Neural Networks",
// 2017).
double measure_ece(const struct measure *m);
