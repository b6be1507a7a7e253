// A growing list of token ids.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct ids {
        int64_t *at;
        size_t n, cap;
};

_warn_unused_ static inline int ids_add(struct ids *ids, int64_t id) {
        int r = ids->n < ids->cap ? 0 : memory_grow((void **) &ids->at, &ids->cap, ids->n + 1, sizeof(*ids->at));

        if (r == 0)
                ids->at[ids->n++] = id;
        return r;
}

static inline void ids_clear(struct ids *ids) {
        free(ids->at);
        *ids = (struct ids){0};
}
#define _cleanup_ids_ _cleanup_(ids_clear)
