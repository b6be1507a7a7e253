#include "base/string.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

enum { NUMBER_LEN_MAX = 64 }; // a decimal number that a person means is shorter

int ascii_hex(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

bool str_eq(const char *a, const char *b) {
        return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_ieq(const char *a, const char *b) {
        if (!a || !b)
                return a == b;
        for (; *a && ascii_lower(*a) == ascii_lower(*b); a++)
                b++;
        return ascii_lower(*a) == ascii_lower(*b);
}

bool str_starts(const char *s, const char *prefix) {
        return s && prefix && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix) {
        size_t n, k;

        if (!s || !suffix)
                return false;
        n = strlen(s);
        k = strlen(suffix);
        return k <= n && memcmp(s + n - k, suffix, k) == 0;
}

bool str_empty(const char *s) {
        for (; s && *s; s++)
                if (!ascii_space(*s))
                        return false;
        return true;
}

bool str_copy(char *dst, size_t cap, const char *src) {
        size_t n, k;

        if (cap == 0)
                return false;
        n = src ? strlen(src) : 0;
        k = n < cap ? n : utf8_floor(src, n, cap - 1);
        if (k > 0)
                memmove(dst, src, k);
        dst[k] = '\0';
        return k == n;
}

char *str_dup(const char *s) {
        return s ? str_ndup(s, strlen(s)) : NULL;
}

char *str_ndup(const char *s, size_t n) {
        char *copy;
        size_t bytes;

        if (__builtin_add_overflow(n, 1, &bytes))
                return NULL;
        copy = malloc(bytes);
        if (!copy)
                return NULL;
        if (n > 0)
                memcpy(copy, s, n);
        copy[n] = '\0';
        return copy;
}

char *str_printf(const char *fmt, ...) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(INT32_MAX - 1);
        va_list ap;

        va_start(ap, fmt);
        buffer_addv(&b, fmt, ap);
        va_end(ap);
        return buffer_take(&b);
}

char *str_trim(char *s) {
        size_t n;

        while (ascii_space(*s))
                s++;
        n = strlen(s);
        while (n > 0 && ascii_space(s[n - 1]))
                n--;
        s[n] = '\0';
        return s;
}

int str_to_int64(const char *s, int64_t min, int64_t max, int64_t *ret) {
        bool negative, overflow = false;
        int64_t v = 0;

        if (!s)
                return -EINVAL;
        negative = *s == '-';
        s += negative;
        if (!*s)
                return -EINVAL;
        for (; *s; s++) {
                int digit = *s - '0';

                if (digit < 0 || digit > 9)
                        return -EINVAL;
                // Counted on the negative side, where the smallest number has room.
                overflow = overflow || __builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v);
        }
        if (overflow || (!negative && v == INT64_MIN))
                return -ERANGE;
        v = negative ? v : -v;
        if (v < min || v > max)
                return -ERANGE;
        *ret = v;
        return 0;
}

// [-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point: what strtod takes, less
// hexadecimal, infinities, white space and locales.
static bool decimal_number(const char *s) {
        size_t digits = 0;

        s += *s == '-';
        for (; *s >= '0' && *s <= '9'; s++)
                digits++;
        if (*s == '.')
                for (s++; *s >= '0' && *s <= '9'; s++)
                        digits++;
        if (digits == 0)
                return false;
        if (*s == 'e' || *s == 'E') {
                s++;
                s += *s == '-' || *s == '+';
                if (!(*s >= '0' && *s <= '9'))
                        return false;
                while (*s >= '0' && *s <= '9')
                        s++;
        }
        return *s == '\0';
}

int str_to_double(const char *s, double min, double max, double *ret) {
        locale_t plain;
        double v;

        if (!s || strnlen(s, NUMBER_LEN_MAX + 1) > NUMBER_LEN_MAX || !decimal_number(s))
                return -EINVAL;
        plain = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
        if (!plain)
                return -EINVAL;
        v = strtod_l(s, NULL, plain);
        freelocale(plain);
        if (!isfinite(v) || v < min || v > max)
                return -ERANGE;
        *ret = v;
        return 0;
}
