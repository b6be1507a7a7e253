#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

struct error_entry {
        const char *name;
        int status;
        const char *help;
};

static const struct error_entry error_entries[] = {
#define ERROR_ENTRY(id, name, status, help) {name, status, help},
                ERROR_TABLE(ERROR_ENTRY)
#undef ERROR_ENTRY
};

// Messages end on terminals, in JSON and in logs: one line of well-formed UTF-8 suits them all.
static void error_clean(char *s) {
        size_t n = strlen(s);

        n = utf8_floor(s, n, n);
        for (size_t i = 0; i < n;) {
                unsigned char c = (unsigned char) s[i];
                size_t k = utf8_char_len(s + i, n - i);
                bool c1 = k == 2 && c == 0xc2 && (unsigned char) s[i + 1] < 0xa0;

                if (k == 0) {
                        s[i++] = '?';
                        continue;
                }
                if (c < 0x20 || c == 0x7f || c1)
                        memset(s + i, ' ', k);
                i += k;
        }
}

// A character that snprintf cut in two is dropped rather than shown as garbage.
static void error_cut(char *s, int wanted) {
        size_t n = strlen(s), start = n;

        if (wanted < 0 || (size_t) wanted <= n)
                return;
        while (start > 0 && n - start < 3 && ((unsigned char) s[start - 1] & 0xc0) == 0x80)
                start--;
        if (start > 0 && (unsigned char) s[start - 1] >= 0xc0)
                start--;
        if (start < n && utf8_char_len(s + start, n - start) == 0)
                s[start] = '\0';
}

int error_set(struct error *e, int r, enum error_code code, const char *fmt, ...) {
        char text[ERROR_MESSAGE_MAX]; // apart from e, because an argument may be e's own message
        va_list ap;
        int n;

        if (!e)
                return r;
        va_start(ap, fmt);
        n = vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        if (n < 0)
                text[0] = '\0';
        error_cut(text, n);
        error_clean(text);
        e->code = code;
        memcpy(e->message, text, strlen(text) + 1);
        return r;
}

int error_prefix(struct error *e, int r, const char *fmt, ...) {
        char text[ERROR_MESSAGE_MAX];
        va_list ap;
        int n, m;

        if (!e)
                return r;
        va_start(ap, fmt);
        n = vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        if (n < 0)
                return r;
        n = (int) strlen(text);
        m = snprintf(text + n, sizeof(text) - (size_t) n, ": %s", e->message);
        error_cut(text, m < 0 ? m : n + m);
        error_clean(text);
        memcpy(e->message, text, strlen(text) + 1);
        return r;
}

static const struct error_entry *error_find(enum error_code code) {
        return (size_t) code < ARRAY_LEN(error_entries) ? &error_entries[code] : &error_entries[ERROR_INTERNAL];
}

const char *error_name(enum error_code code) {
        return error_find(code)->name;
}

int error_status(enum error_code code) {
        return error_find(code)->status;
}

const char *error_help(enum error_code code) {
        return error_find(code)->help;
}
