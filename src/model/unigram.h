// Unigram, SentencePiece's model: of all ways to put a text together from pieces, the one whose scores (logarithms of
// probabilities) have the largest sum, found by Viterbi's algorithm. T. Kudo, Subword Regularization, ACL 2018.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

struct unigram;

// part: the "model" of tokenizer.json, whose vocab is a list of [piece, score]; its pieces join the vocabulary under
// their place in the list, before the added tokens do. -EINVAL, -ENOMEM.
_warn_unused_ int unigram_parse(const json_t *part, struct vocabulary *v, struct unigram **ret, struct error *e);
struct unigram *unigram_free(struct unigram *u);
DEFINE_CLEANUP(struct unigram, unigram_free);

// Adds the ids of one stretch of text, in time linear in n. Unknown characters in a row are one, from out->at[first]
// on; with byte_fallback they are their bytes (SentencePiece's rule, which the reference leaves out). -ENOMEM.
_warn_unused_ int unigram_encode(const struct unigram *u, const uint32_t *text, size_t n, size_t first,
                                 struct ids *out);
