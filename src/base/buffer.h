// A growing byte buffer that is born with its maximum. Failure is sticky: add all you want, ask once at the end.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

struct buffer {
        char *data; // always NUL-terminated once something was added; NULL before
        size_t len; // bytes without that NUL
        size_t cap;
        size_t max;  // the largest len allowed
        bool failed; // an addition did not fit (or memory was short); everything after it was dropped
        int error;   // the negative errno behind `failed`
};

#define BUFFER_INIT(maximum) ((struct buffer){.max = (maximum)})

void buffer_add(struct buffer *b, const void *bytes, size_t n);
void buffer_add_str(struct buffer *b, const char *s); // s may be NULL: adds nothing
void buffer_add_char(struct buffer *b, char c);
void buffer_addf(struct buffer *b, const char *fmt, ...) _printf_(2, 3);
void buffer_addv(struct buffer *b, const char *fmt, va_list ap) _printf_(2, 0);
void buffer_reset(struct buffer *b); // empty again, memory kept, failure forgotten

// The text so far, "" when nothing was added. Owned by the buffer, valid until the next addition.
const char *buffer_str(const struct buffer *b);

// Hands over the NUL-terminated bytes (never NULL on success) and leaves the buffer empty; NULL when it failed.
_warn_unused_ char *buffer_take(struct buffer *b);

// 0, -ENOMEM or -EMSGSIZE, whichever made it fail.
int buffer_result(const struct buffer *b);

void buffer_free(struct buffer *b);
#define _cleanup_buffer_ _cleanup_(buffer_free)
