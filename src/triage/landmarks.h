// Tickets that were learned, which others are likened to: by their vectors (kernel.h) and, for a part, by their terms
// (term_index.h).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "triage/term_index.h"
#include "triage/terms.h"

// A ticket as it is likened. Both are borrowed.
struct likened {
        const float *vector;       // of any length
        const struct terms *terms; // NULL: not known; then it is unlike all by them
};

struct landmarks {
        size_t n, dimensions;
        double terms_part;        // of the likeness, in [0, 1): how much of it is that of the terms
        int16_t *values;          // n rows of dimensions, as kernel_widen() makes them
        double *lengths;          // n: of these
        struct terms *terms;      // n
        struct term_index *index; // of these; NULL until landmarks_ready()
};

struct landmarks *landmarks_free(struct landmarks *l);
DEFINE_CLEANUP(struct landmarks, landmarks_free);
// All values 0, no terms. dimensions: up to KERNEL_DIMENSIONS_MAX. NULL: no memory.
struct landmarks *landmarks_new(size_t n, size_t dimensions);
// Sets the vector of landmark i, as kernel_quantise() makes it.
void landmarks_set(struct landmarks *l, size_t i, const int8_t *quantised);
// After all of them and their terms are set: from then on others can be likened to them. 0 or -ENOMEM.
_warn_unused_ int landmarks_ready(struct landmarks *l);
// ret: l->n values in [0, 1], or all NaN when the vector is not finite. They are a kernel: a matrix of them is
// symmetric and not indefinite. Any thread.
void landmarks_liken(const struct landmarks *l, struct likened x, double *ret);
// The same of landmark i to all, itself among them.
void landmarks_liken_own(const struct landmarks *l, size_t i, double *ret);
