#include "base/buffer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_FIRST = 64 }; // bytes of a first allocation: a short line

static void buffer_fail(struct buffer *b, int r) {
        b->failed = true;
        b->error = r;
}

// Makes room for n more bytes and the NUL. False, and failed, when that is not to be had.
static bool buffer_room(struct buffer *b, size_t n) {
        size_t need;

        if (b->failed)
                return false;
        if (b->len > b->max || n > b->max - b->len || __builtin_add_overflow(b->len, n, &need) ||
            __builtin_add_overflow(need, 1, &need)) {
                buffer_fail(b, -EMSGSIZE);
                return false;
        }
        if (need <= b->cap)
                return true;
        if (memory_grow((void **) &b->data, &b->cap, MAX(need, (size_t) BUFFER_FIRST), 1) < 0) {
                buffer_fail(b, -ENOMEM);
                return false;
        }
        return true;
}

void buffer_add(struct buffer *b, const void *bytes, size_t n) {
        if (!buffer_room(b, n))
                return;
        if (n > 0)
                memcpy(b->data + b->len, bytes, n);
        b->len += n;
        b->data[b->len] = '\0';
}

void buffer_add_str(struct buffer *b, const char *s) {
        if (s)
                buffer_add(b, s, strlen(s));
}

void buffer_add_char(struct buffer *b, char c) {
        buffer_add(b, &c, 1);
}

void buffer_addv(struct buffer *b, const char *fmt, va_list ap) {
        va_list again;
        int n;

        if (b->failed)
                return;
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, fmt, again);
        va_end(again);
        if (n < 0) {
                buffer_fail(b, -EINVAL);
                return;
        }
        if (!buffer_room(b, (size_t) n))
                return;
        (void) vsnprintf(b->data + b->len, (size_t) n + 1, fmt, ap);
        b->len += (size_t) n;
}

void buffer_addf(struct buffer *b, const char *fmt, ...) {
        va_list ap;

        va_start(ap, fmt);
        buffer_addv(b, fmt, ap);
        va_end(ap);
}

void buffer_reset(struct buffer *b) {
        b->len = 0;
        b->failed = false;
        b->error = 0;
        if (b->data)
                b->data[0] = '\0';
}

const char *buffer_str(const struct buffer *b) {
        return b->data ? b->data : "";
}

char *buffer_take(struct buffer *b) {
        char *taken;

        if (!buffer_room(b, 0))
                return NULL;
        b->data[b->len] = '\0';
        taken = TAKE_PTR(b->data);
        b->len = b->cap = 0;
        return taken;
}

int buffer_result(const struct buffer *b) {
        return b->failed ? b->error : 0;
}

void buffer_free(struct buffer *b) {
        if (!b)
                return;
        free(b->data);
        *b = BUFFER_INIT(b->max);
}
