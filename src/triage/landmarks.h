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
        const float *vector;       // of unit length
        const struct terms *terms; // NULL: not known; then it is unlike all by them
};

struct landmarks {
        size_t n, dimensions;
        double terms_part;        // of the likeness, in [0, 1): how much of it is that of the terms
        int8_t *quantised;        // n rows of dimensions, as kernel_quantise() makes them
        float *units;             // the same as kernel_unit() makes them of it
        struct terms *terms;      // n
        struct term_index *index; // of these; NULL until landmarks_ready()
};

struct landmarks *landmarks_free(struct landmarks *l);
DEFINE_CLEANUP(struct landmarks, landmarks_free);
// All values 0, no terms. NULL: no memory.
struct landmarks *landmarks_new(size_t n, size_t dimensions);
// Sets landmark i and its unit vector.
void landmarks_set(struct landmarks *l, size_t i, const int8_t *quantised);
// After all of them and their terms are set: from then on others can be likened to them. 0 or -ENOMEM.
_warn_unused_ int landmarks_ready(struct landmarks *l);
// Landmark i itself. Borrowed.
struct likened landmarks_get(const struct landmarks *l, size_t i);

// ret: l->n values in [0, 1]. They are a kernel: a matrix of them is symmetric and not indefinite. Any thread.
void landmarks_liken(const struct landmarks *l, struct likened x, double *ret);
