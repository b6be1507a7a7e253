// tokenizer.json in, token ids out: WordPiece as BERT models have it, byte-pair encoding (BART, RoBERTa), Unigram
// (DeBERTa, XLM-RoBERTa), equal to the reference implementation, npm @huggingface/tokenizers (held to it by
// tests/journey/tokenizer.test.js and tokenizer_models.test.js).
//
// Where that one differs from BERT's own code it is followed: ideographs beyond the Basic Multilingual Plane are not
// set apart, single_word of an added token has no effect, the Whitespace pre-tokenizer takes only ASCII letters for
// letters, and Punctuation keeps neighbouring signs together. None of it changes what the BERT pre-tokenizer makes of
// everyday text. It is not followed where it leaves out what the file says: SentencePiece's table of characters is
// applied as it is (see charsmap.h), byte_fallback of a Unigram model works, and add_prefix_space false of Metaspace
// counts. Lower case, categories and normal forms are those of the Unicode version that utf8proc has.
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

// Which of two texts gives up ids when both are too long together.
enum tokenizer_cut {
        TOKENIZER_CUT_FIRST,   // only_first: the second is kept whole
        TOKENIZER_CUT_LONGEST, // longest_first: the longer one, until both are equal
};

struct tokenizer_pair {
        int64_t *ids, *types; // n of each; types: token_type_ids
        size_t n;
        size_t first; // how many of them are the first text's
};
void tokenizer_pair_clear(struct tokenizer_pair *p);

// Two texts as one input, premise and hypothesis, with the special tokens that the file sets around and between them.
// Any thread; *ret is cleared by the caller. As above, and -EMSGSIZE when they cannot be cut to `max`.
_warn_unused_ int tokenizer_encode_pair(const struct tokenizer *t, const char *a, size_t a_n, const char *b, size_t b_n,
                                        size_t max, enum tokenizer_cut cut, struct tokenizer_pair *ret);
