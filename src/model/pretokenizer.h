// Where a normalized text is split into words: at white space, at punctuation. The "pre_tokenizer" of tokenizer.json.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct pretokenizer;

// part: the object, or NULL (or JSON's null) for none: then the whole text is one word. -EINVAL, -ENOTSUP, -ENOMEM.
_warn_unused_ int pretokenizer_parse(const json_t *part, struct pretokenizer **ret, struct error *e);
struct pretokenizer *pretokenizer_free(struct pretokenizer *p);
DEFINE_CLEANUP(struct pretokenizer, pretokenizer_free);

// Calls fn for each word in order until it returns other than 0, and returns that.
_warn_unused_ int pretokenizer_run(const struct pretokenizer *p, const uint32_t *text, size_t n,
                                   int (*fn)(void *arg, const uint32_t *word, size_t n), void *arg);
