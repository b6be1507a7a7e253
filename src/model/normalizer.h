// What is done to a text before it is split: cleaning, case, accents, normal forms. The "normalizer" of tokenizer.json.
#pragma once

#include <jansson.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/unicode.h"

struct normalizer;

// part: the object, or NULL (or JSON's null) for none. -EINVAL, -ENOTSUP (a kind that is not known), -ENOMEM.
_warn_unused_ int normalizer_parse(const json_t *part, struct normalizer **ret, struct error *e);
struct normalizer *normalizer_free(struct normalizer *z);
DEFINE_CLEANUP(struct normalizer, normalizer_free);

// Puts what becomes of in[0..n) in the place of what *out held. -ENOMEM, -EMSGSIZE (it grew beyond CODEPOINTS_MAX).
_warn_unused_ int normalizer_run(const struct normalizer *z, const uint32_t *in, size_t n, struct codepoints *out);
bool normalizer_empty(const struct normalizer *z); // the file has none
