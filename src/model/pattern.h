// Regular expressions of tokenizer.json (Oniguruma's syntax, the part of it that tokenizers in use have), matched
// without backtracking: time is linear in the text and in the length of the pattern, whatever the pattern is.
//
// Known: literals, ".", classes with ranges and negation, \s \S \d \D \r \n \t \x{..}, \p{..} of general categories,
// groups that capture nothing, "|", "* + ?" and "{m,n}" (greedy, lazy, possessive read as greedy), "(?i:" for ASCII,
// and a look at the next character, "(?!" or "(?=" before one class. Everything else is refused by name.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct pattern;

// where names the field of the file in errors. -EINVAL (malformed, too long), -ENOTSUP, -ENOMEM.
_warn_unused_ int pattern_compile(const char *where, const char *source, struct pattern **ret, struct error *e);
// One that finds these very characters. n > 0.
_warn_unused_ int pattern_literal(const uint32_t *at, size_t n, struct pattern **ret);
struct pattern *pattern_free(struct pattern *p);
DEFINE_CLEANUP(struct pattern, pattern_free);

// The first match that begins at `from` or later, the one that a backtracking matcher would find: 1 with its place,
// 0 when there is none, -ENOMEM. A match may be empty. Any thread.
_warn_unused_ int pattern_find(const struct pattern *p, const uint32_t *text, size_t n, size_t from, size_t *ret_start,
                               size_t *ret_end);
