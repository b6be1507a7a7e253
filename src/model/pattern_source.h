// A regular expression while it is read: where the reader is in it, and what is wrong there.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct source {
        const char *where; // the field of the file that it stands in, for errors
        const uint32_t *at;
        size_t n, i; // characters, and the next of them
        struct error *e;
};

// Is this text, which is ASCII, next?
bool source_peek(const struct source *s, const char *text);
// The same, and goes past it.
bool source_take(struct source *s, const char *text);

// Goes past one atom, a character, a class or a group with all that is in it: to its quantifier. -EINVAL.
_warn_unused_ int source_skip_atom(struct source *s);

// Fail with what is wrong and the place: -ENOTSUP, -EINVAL, -EINVAL, -ENOMEM.
int source_refuse(const struct source *s, const char *what);
int source_malformed(const struct source *s, const char *what);
int source_too_long(const struct source *s);
int source_no_memory(const struct source *s);
