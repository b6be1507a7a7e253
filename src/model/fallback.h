// Byte fallback: what no piece of the vocabulary stands for becomes the pieces of its UTF-8 bytes, <0x00> to <0xFF>.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

struct fallback {
        bool on;
        int64_t ids[256]; // -1: not in the vocabulary
};

// part: the "model" of tokenizer.json with its "byte_fallback"; without one there is none. all: each byte must have its
// piece. -EINVAL, -ENOMEM.
_warn_unused_ int fallback_parse(const json_t *part, const struct vocabulary *v, bool all, struct fallback *ret,
                                 struct error *e);

// Adds the pieces of the bytes of text[0..n). -ENOENT when there is none for one of them, and then some may have been
// added; -ENOMEM.
_warn_unused_ int fallback_add(const struct fallback *f, const uint32_t *text, size_t n, struct ids *out);
