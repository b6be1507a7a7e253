// WordPiece: a word becomes the longest piece that it starts with, then the longest that goes on, to its end.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

struct wordpiece {
        int64_t unknown;     // id of the piece for words that cannot be put together
        int64_t word_max;    // characters of the longest word that is tried
        uint32_t continuing; // node of the pieces that go on a word: behind their prefix
};

// part: the "model" of tokenizer.json. The vocabulary has its added tokens by now. -EINVAL, -ENOMEM.
_warn_unused_ int wordpiece_parse(const json_t *part, const struct vocabulary *v, struct wordpiece *ret,
                                  struct error *e);

// Adds the ids of one word, in time linear in n and the length of the longest piece. -ENOMEM.
_warn_unused_ int wordpiece_encode(const struct wordpiece *w, const struct vocabulary *v, const uint32_t *word,
                                   size_t n, struct ids *out);
