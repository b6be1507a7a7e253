// Logistic regression of many classes, one against the rest: liblinear, wrapped once.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct regression;

// Takes a copy of n rows of d values. 0 or -ENOMEM.
_warn_unused_ int regression_new(const float *const *rows, size_t n, size_t d, struct regression **ret);
struct regression *regression_free(struct regression *g);
DEFINE_CLEANUP(struct regression, regression_free);

// class_of: of each row, under `classes`. weights: `classes` rows of d + 1 values, the last one the constant; a class
// without rows gets a constant that says never. balance: see train_options. The
// classes are shared out to threads (0: one per processor), which changes no result: each is solved alone by a method
// without chance (trust region Newton, Lin, Weng and Keerthi, JMLR 2008). 0 or -ENOMEM.
_warn_unused_ int regression_learn(const struct regression *g, const uint32_t *class_of, size_t classes, double cost,
                                   double balance, unsigned threads, float *weights);
