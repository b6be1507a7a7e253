// tokenizer.json in, token ids out: WordPiece as BERT models use it, equal to the reference implementation, npm
// @huggingface/tokenizers (held to it by tests/journey/tokenizer.test.js).
//
// Where that one differs from BERT's own code it is followed: ideographs beyond the Basic Multilingual Plane are not
// set apart, single_word of an added token has no effect, the Whitespace pre-tokenizer takes only ASCII letters for
// letters, and Punctuation keeps neighbouring signs together. None of it changes what the BERT pre-tokenizer makes of
// everyday text. Lower case, categories and normal forms are those of the Unicode version that utf8proc has.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct tokenizer;

// Reads normalizer, pre-tokenizer, model, post-processor (special tokens), added tokens and truncation. A kind that is
// not known is refused by name (-ENOTSUP), a malformed file with -EINVAL; nothing in the file is trusted.
_warn_unused_ int tokenizer_open(const char *path, struct tokenizer **ret, struct error *e);
_warn_unused_ int tokenizer_parse(const char *json, size_t n, struct tokenizer **ret, struct error *e);
struct tokenizer *tokenizer_free(struct tokenizer *t);
DEFINE_CLEANUP(struct tokenizer, tokenizer_free);

size_t tokenizer_vocabulary(const struct tokenizer *t); // one more than the largest id
size_t tokenizer_truncation(const struct tokenizer *t); // from the file; 0 when it sets none

// The ids of n bytes of text, special tokens included, at most `max` of them (cut so that the closing special token
// stays). The caller frees *ret, which is NULL when there are none. Any thread. Ill-formed UTF-8 is read as U+FFFD.
// -ENOMEM, and -EMSGSIZE for a text that has, or becomes under the normalizer, more than 16 Mi characters.
_warn_unused_ int tokenizer_encode(const struct tokenizer *t, const char *text, size_t n, size_t max, int64_t **ret,
                                   size_t *ret_n);
