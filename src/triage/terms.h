// What a ticket says, as terms that can be counted: its words and each two that stand next to each other, known by
// their hashes.
//
// A hash is no secret: who has a word can look whether it is there. What only one ticket says is left out of what is
// kept (terms_keep_shared), and digits are all the same, so that no number is kept.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

// Of a ticket: of its first 512 words, more than most models read. What was learned from 2,000 tickets of any length
// stays below 14 MB.
enum { TERMS_MAX = 1024 };

struct term {
        uint32_t hash;
        uint8_t times; // it occurs, from 1; what occurs more often than can be counted counts as the most
};

struct terms {
        struct term *items; // by ascending hash, each once
        size_t n;
};

// subject and body: UTF-8, either may be empty; no pair spans both. 0 or -ENOMEM: then there are none.
_warn_unused_ int terms_of(const char *subject, const char *body, struct terms *ret);
void terms_clear(struct terms *t);
#define _cleanup_terms_ _cleanup_(terms_clear)

// A copy. 0 or -ENOMEM.
_warn_unused_ int terms_copy(const struct terms *t, struct terms *ret);
// In place: of n tickets' terms those stay that at least two of them have. 0 or -ENOMEM: nothing is changed.
_warn_unused_ int terms_keep_shared(struct terms *all, size_t n);
