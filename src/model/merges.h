// The pairs that byte-pair encoding merges, in the order that they were learned, and merging a word's characters by
// them.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct merges;

#define MERGES_NO_SYMBOL UINT32_MAX

// A piece of a word while it is merged: the pieces are a list of its characters; one that was merged into the piece
// before it is not linked any more.
struct merges_link {
        uint32_t symbol, prev, next; // prev, next: indexes; as many as the word has characters: none
        bool gone;
};

// A pair that can be merged.
struct merges_candidate {
        uint32_t rank, left;           // left: index of the link
        uint32_t symbol, right_symbol; // as they were: a pair that has changed since is dropped
};
// For each character there may be this many: one from the start, and two for each merge, of which there are fewer than
// characters.
enum { MERGES_CANDIDATES = 3 };

// part: the "model" of tokenizer.json with its "merges", as "a b" or as ["a", "b"]. Of two that are the same the later
// one counts, as in the reference. -EINVAL, -ENOMEM.
_warn_unused_ int merges_parse(const json_t *part, struct merges **ret, struct error *e);
struct merges *merges_free(struct merges *m);
DEFINE_CLEANUP(struct merges, merges_free);

// The number of a character, with what is put behind it (n may be 0), among all texts that merges are about;
// MERGES_NO_SYMBOL: they are not about it.
uint32_t merges_symbol(const struct merges *m, uint32_t character, const uint32_t *behind, size_t n);

// Merges the pieces of a word of n characters until no pair is left that was learned, lowest rank first, then the
// leftmost, in n log n time. heap: room for n times MERGES_CANDIDATES. Any thread.
void merges_apply(const struct merges *m, struct merges_link *links, uint32_t n, struct merges_candidate *heap);
