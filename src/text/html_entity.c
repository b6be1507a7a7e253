#include "text/html_entity.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "text/html_entity_table.h"

enum {
        ENTITY_NAME_MAX = 31,  // longer than any name of the table
        ENTITY_DIGITS_MAX = 8, // more digits than the last code point has
        CODEPOINT_LAST = 0x10FFFF,
        CODEPOINT_REPLACEMENT = 0xFFFD,
};

struct entity {
        const char *name;
        int32_t codepoint;
};

static const struct entity entities[] = {
#define ENTITY(name, codepoint) {name, codepoint},
                HTML_ENTITY_TABLE(ENTITY)
#undef ENTITY
};

// What browsers make of &#128; to &#159;: the characters of windows-1252, which is what their writers meant.
static const int32_t windows_1252[32] = {
                0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

static bool is_digit(char c, bool hex) {
        return (c >= '0' && c <= '9') || (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
}

static bool is_alnum(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int32_t codepoint_clean(long v) {
        if (v >= 0x80 && v <= 0x9F)
                return windows_1252[v - 0x80];
        if (v <= 0 || v > CODEPOINT_LAST || (v >= 0xD800 && v <= 0xDFFF))
                return CODEPOINT_REPLACEMENT;
        return (int32_t) v;
}

static size_t read_number(const char *s, size_t n, int32_t *ret) {
        bool hex = n > 2 && (s[2] == 'x' || s[2] == 'X');
        size_t start = hex ? 3 : 2, i = start;
        long v = 0;

        for (; i < n && is_digit(s[i], hex); i++) {
                if (i - start > ENTITY_DIGITS_MAX)
                        continue; // too large already; only its end is looked for
                int digit = s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10;
                v = v * (hex ? 16 : 10) + digit;
        }
        if (i == start)
                return 0;
        *ret = codepoint_clean(v);
        return i < n && s[i] == ';' ? i + 1 : i;
}

static int compare_name(const void *key, const void *row) {
        return strcmp(key, ((const struct entity *) row)->name);
}

size_t html_entity_read(const char *s, size_t n, int32_t *ret) {
        char name[ENTITY_NAME_MAX + 1];
        size_t k = 0;

        if (n < 3)
                return 0;
        if (s[1] == '#')
                return read_number(s, n, ret);
        while (k < ENTITY_NAME_MAX && 1 + k < n && is_alnum(s[1 + k])) {
                name[k] = s[1 + k];
                k++;
        }
        name[k] = '\0';
        bool closed = 1 + k < n && s[1 + k] == ';';
        const struct entity *row =
                        k > 0 ? bsearch(name, entities, ARRAY_LEN(entities), sizeof(entities[0]), compare_name) : NULL;
        // Without its ';' only the oldest names count, so that "&check" in an address stays what it is.
        if (!row || (!closed && row->codepoint > 0xFF))
                return 0;
        *ret = row->codepoint;
        return 1 + k + (closed ? 1 : 0);
}
