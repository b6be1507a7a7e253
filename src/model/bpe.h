// Byte-pair encoding: a word's characters are merged, pair by pair in the order that was learned, until no pair is left
// that was. On bytes (behind the ByteLevel pre-tokenizer) or on characters.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

struct bpe;

// part: the "model" of tokenizer.json, merges as "a b" or as ["a", "b"]. The vocabulary has its added tokens by now.
// -EINVAL, -ENOTSUP (a continuing_subword_prefix, dropout), -ENOMEM.
_warn_unused_ int bpe_parse(const json_t *part, const struct vocabulary *v, struct bpe **ret, struct error *e);
struct bpe *bpe_free(struct bpe *b);
DEFINE_CLEANUP(struct bpe, bpe_free);

// Adds the ids of one word in n log n time. `first`: where the ids of this stretch of text begin in out: unknown pieces
// in a row are one there, if the file wants it so. -ENOMEM.
_warn_unused_ int bpe_encode(const struct bpe *b, const struct vocabulary *v, const uint32_t *word, size_t n,
                             size_t first, struct ids *out);
