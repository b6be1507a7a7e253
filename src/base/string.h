// Byte strings and UTF-8: compare, copy, check, cut. No locale is ever consulted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

static inline char ascii_lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}
static inline bool ascii_space(char c) { // blank, tab, line feed, vertical tab, form feed, carriage return
        return c == ' ' || (c >= '\t' && c <= '\r');
}
int ascii_hex(char c); // what a hexadecimal digit stands for, or -1

bool str_eq(const char *a, const char *b);  // NULL equals only NULL
bool str_ieq(const char *a, const char *b); // ASCII case ignored
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_empty(const char *s); // NULL, "" or only ASCII white space

// The end of an English noun that n are counted of: "%zu ticket%s".
static inline const char *str_s(int64_t n) {
        return n == 1 ? "" : "s";
}

// Copies at most cap - 1 bytes and always terminates; cuts at a UTF-8 character boundary. Returns false when cut.
bool str_copy(char *dst, size_t cap, const char *src);

_warn_unused_ char *str_dup(const char *s); // NULL gives NULL
_warn_unused_ char *str_ndup(const char *s, size_t n);
_warn_unused_ char *str_printf(const char *fmt, ...) _printf_(1, 2);
char *str_trim(char *s); // in place: ASCII white space at both ends; returns s or a later byte of it

// Whole-string integer in [min, max]: 0, -EINVAL (not a number) or -ERANGE.
int str_to_int64(const char *s, int64_t min, int64_t max, int64_t *ret);
// Whole-string finite decimal number in [min, max]; "." is the decimal point whatever the locale.
int str_to_double(const char *s, double min, double max, double *ret);

bool utf8_valid(const char *s, size_t n);
// The line, from 1, of the first byte that is NUL or not UTF-8; 0: there is none, so that s is a text.
size_t utf8_bad_line(const char *s, size_t n);
// Length of the well-formed character at s (1 to 4), or 0 when the bytes there are not UTF-8.
size_t utf8_char_len(const char *s, size_t n);
// The largest k <= limit that does not cut a character of s[0..n).
size_t utf8_floor(const char *s, size_t n, size_t limit);
// A copy in which each ill-formed sequence and each NUL is U+FFFD. *replaced (may be NULL) counts them. NULL: no
// memory.
_warn_unused_ char *utf8_repair(const char *s, size_t n, size_t *replaced);
