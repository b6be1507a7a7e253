// Example lines (examples.tsv: tier, category, line) and where each stands among the vectors of the model.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/encoder.h"
#include "store/store.h"
#include "triage/labels.h"
#include "triage/triage.h"

struct example {
        enum tier tier;
        int category;
        char *text;
};

struct examples {
        struct example *items;
        size_t n, cap;
        bool covered[CATEGORIES_MAX]; // by some line
        size_t dimensions;            // 0: not embedded
        float *mean;                  // of all lines' vectors
        float *vectors;               // n * dimensions: less the mean, of unit length
};

// -EINVAL with file and line: unknown tier or category, too long a line, too many. A file without lines is allowed.
_warn_unused_ int examples_load(const char *path, const struct labels *labels, struct examples **ret, struct error *e);
struct examples *examples_free(struct examples *x);
DEFINE_CLEANUP(struct examples, examples_free);

// Places the lines among the model's vectors; those that the store has are not computed again. The errors of
// vectors_embed; x stays without vectors then.
_warn_unused_ int examples_embed(struct examples *x, struct encoder *m, struct store *s, struct error *e);

// What all texts of a help desk have in common says nothing about one of them: the mean is taken off before comparing
// (Mu and Viswanath, "All-but-the-Top", ICLR 2018). v and out have x->dimensions values and may be the same. -ERANGE:
// nothing is left, or not finite.
int examples_place(const struct examples *x, const float *v, float *out);
