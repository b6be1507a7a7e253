// Where a normalized text is split into words, at white space, at punctuation, by a pattern, and how they are written:
// with a sign for a space, in bytes. The "pre_tokenizer" of tokenizer.json.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct pretokenizer;

// part: the object, or NULL (or JSON's null) for none: then the whole text is one word. -EINVAL, -ENOTSUP, -ENOMEM.
_warn_unused_ int pretokenizer_parse(const json_t *part, struct pretokenizer **ret, struct error *e);
struct pretokenizer *pretokenizer_free(struct pretokenizer *p);
DEFINE_CLEANUP(struct pretokenizer, pretokenizer_free);

// Calls fn for each word in order until it returns other than 0, and returns that. begins: the whole text begins with
// this one, which no added token stands before. -ENOMEM, -EMSGSIZE.
_warn_unused_ int pretokenizer_run(const struct pretokenizer *p, const uint32_t *text, size_t n, bool begins,
                                   int (*fn)(void *arg, const uint32_t *word, size_t n), void *arg);
