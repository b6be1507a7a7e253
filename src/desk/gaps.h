// Questions that an article could answer and none does, put together by likeness: what to write next.
#pragma once

#include "desk/rehearsal.h"

enum { GAPS_SHOWN_MAX = 30, GAP_EXAMPLES = 3 };

struct gap {
        size_t tickets;
        size_t examples[GAP_EXAMPLES]; // indices of past tickets
};

struct gaps {
        size_t questions; // without an answer, of tickets that an article could resolve
        size_t n;
        struct gap items[GAPS_SHOWN_MAX]; // the most frequent first
};

// Without a model each question stands alone and only the number is told. -ENOMEM.
_warn_unused_ int gaps_find(const struct rehearsal *r, struct gaps *ret, struct error *e);
