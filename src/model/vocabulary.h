// Which number each piece of text has: the vocabulary of a model, with the added tokens in it.
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/trie.h"

struct vocabulary {
        struct trie *pieces;
        int64_t ids; // one more than the largest
};

enum {
        VOCABULARY_ID_MAX = (1 << 22) - 1, // sixteen times the largest vocabulary in public use
        PIECE_CHARACTERS_MAX = 1024,       // of one piece: bounds the work for each character of a text
};

_warn_unused_ int vocabulary_new(struct vocabulary *ret); // without a piece. 0 or -ENOMEM
// From {"piece": id, ...}. A piece of no characters, an id out of range and one given twice are -EINVAL.
_warn_unused_ int vocabulary_parse(const json_t *pieces, struct vocabulary *ret, struct error *e);
void vocabulary_clear(struct vocabulary *v);

// Adds a piece, or gives it another id. where and key name the field that it comes from. -EINVAL, -ENOMEM.
_warn_unused_ int vocabulary_put(struct vocabulary *v, const char *piece, int64_t id, const char *where,
                                 struct error *e);
_warn_unused_ int vocabulary_find(const struct vocabulary *v, const char *piece, int64_t *ret); // -ENOENT, -ENOMEM
