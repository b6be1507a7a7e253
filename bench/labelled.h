// Tickets with the right answer beside them, from files, and how well verdicts agree with it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "triage/measure.h"
#include "triage/triage.h"

struct labelled_ticket {
        enum tier tier;
        char *category;
        char *subject, *body; // either may be empty
        bool ambiguous;       // two readers could label it differently
};

struct labelled {
        struct labelled_ticket *items;
        size_t n, cap;
};

void labelled_clear(struct labelled *l);
#define _cleanup_labelled_ _cleanup_(labelled_clear)

// Adds the rows of a file of tier <tab> category <tab> subject <tab> body, where \n is a line break and # begins a
// remark.
_warn_unused_ int labelled_read_tsv(struct labelled *l, const char *path, struct error *e);
// Adds every stride-th row of a file (triage/columns.h) of text, and intent or category; map is one of intent, tier,
// category, ambiguous (True or False). A row whose intent the map does not have is left out.
_warn_unused_ int labelled_read_csv(struct labelled *l, const char *path, const char *map, size_t stride,
                                    struct error *e);

// Subject and body as they are put before the model. The caller frees. NULL: no memory.
_warn_unused_ char *labelled_text(const struct labelled_ticket *t);
