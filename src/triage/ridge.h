// Kernel ridge regression of many classes at once: least squares on the likeness of each row to some of them, the
// landmarks, with large weights held back (R. Rifkin, G. Yeo, T. Poggio, Regularized Least-Squares Classification,
// 2003; with fewer landmarks than rows: A. Smola, B. Schölkopf, Sparse Greedy Matrix Approximation, ICML 2000).
//
// The matrix depends on the rows alone, so that one factor serves all classes. No chance; no result depends on the
// number of threads.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "triage/landmarks.h"

struct ridge;

// All is borrowed for as long as the ridge lives.
struct ridge_rows {
        const struct landmarks *landmarks; // as many as there are rows: they are the rows, in the same order
        const struct likened *items;       // n
        const double *weights;             // n: how much each counts, above 0
        size_t n;
};

// threads: 0: one per processor. Takes n^3 / 3 steps with all rows as landmarks, n * landmarks^2 with fewer, and 8 *
// landmarks^2 bytes. 0, -ENOMEM, or -EDOM: a value is not finite.
_warn_unused_ int ridge_new(const struct ridge_rows *rows, unsigned threads, struct ridge **ret);
struct ridge *ridge_free(struct ridge *g);
DEFINE_CLEANUP(struct ridge, ridge_free);

// class_of: of each row, under `classes`. Of a ticket constants[k] and the sum over all landmarks i of its likeness to
// i times weights[i * classes + k] is near 1 where it is of class k, near 0 where not. 0 or -ENOMEM.
_warn_unused_ int ridge_learn(const struct ridge *g, const uint32_t *class_of, size_t classes, float *weights,
                              float *constants);
