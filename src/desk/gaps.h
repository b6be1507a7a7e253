// Questions that an article could answer and none does, put together by likeness: what to write next.
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "desk/rehearsal.h"
#include "model/encoder.h"

enum {
        GAPS_SHOWN_MAX = 30,
        GAP_EXAMPLES = 3,
        GAP_TEXT_SIZE = 2000, // bytes of a question; models read about as much
};

struct gap {
        size_t tickets;
        size_t examples[GAP_EXAMPLES]; // of the tickets, as they were given
};

struct gaps {
        size_t questions; // without an answer, of tickets that an article could resolve
        size_t n;
        struct gap items[GAPS_SHOWN_MAX]; // the most frequent first
};

struct gaps_watch {
        const atomic_bool *stop;                              // ends it early; may be NULL
        void (*progress)(void *arg, size_t done, size_t all); // from the calling thread; may be NULL
        void *progress_arg;
};

// Without a model each question stands alone and only the number is told. -ENOMEM, -EINTR when it was
// stopped.
_warn_unused_ int gaps_find(const struct rehearsal *r, const struct gaps_watch *w, struct gaps *ret, struct error *e);

// A question as it is put before the model. The caller frees. NULL: no memory.
_warn_unused_ char *gaps_text(const char *subject, const char *description);
// Puts n questions together by their vectors (n * dimensions); background is the model's (model/vectors.h), tickets[i]
// what the groups call the i-th. Fills n and items. stop may be NULL. -ENOMEM, -EINTR.
_warn_unused_ int gaps_group(const float *vectors, size_t dimensions, double background, const size_t *tickets,
                             size_t n, const atomic_bool *stop, struct gaps *ret, struct error *e);
