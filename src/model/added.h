// Added tokens: texts such as "[SEP]" that are found as they stand, before anything else is done. "added_tokens" of
// tokenizer.json.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/normalizer.h"
#include "model/vocabulary.h"

struct added;

// A part of a text: an added token, or what stands between two.
struct section {
        const uint32_t *at;
        size_t n;
        int64_t id;  // of the added token; -1: text
        bool begins; // nothing stands before it in what was cut, not even what was stripped
};

// Adds the tokens to the vocabulary as well. list may be NULL or JSON's null. The flag single_word is read and has no
// effect, as in the reference implementation. -EINVAL, -ENOMEM.
_warn_unused_ int added_parse(const json_t *list, const struct normalizer *z, struct vocabulary *v, struct added **ret,
                              struct error *e);
struct added *added_free(struct added *a);
DEFINE_CLEANUP(struct added, added_free);

// Cuts text[0..n) at the tokens that are found in text as written (normalized: in text that the normalizer has seen).
// White space next to tokens that want it stripped is left out, and so are empty sections. The caller frees *ret.
// -ENOMEM.
_warn_unused_ int added_split(const struct added *a, bool normalized, const uint32_t *text, size_t n,
                              struct section **ret, size_t *ret_n);
