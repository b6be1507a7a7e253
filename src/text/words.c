#include "text/words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "base/string.h"

enum {
        DECOMPOSITION_MAX = 32, // code points; the longest, of U+FDFA, has 18
        UTF8_CHAR_MAX = 4,
};

void words_free(struct words *w) {
        free(w->text);
        free(w->at);
        *w = (struct words){0};
}

static bool is_apostrophe(utf8proc_int32_t cp) {
        return cp == '\'' || cp == 0x2019 || cp == 0x02BC || cp == '`' || cp == 0x00B4;
}

static bool is_word(utf8proc_int32_t cp) {
        switch (utf8proc_category(cp)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
        case UTF8PROC_CATEGORY_MC: // vowel signs of Indic scripts, which are no accents
                return true;
        default:
                return cp == '_';
        }
}

// Scripts without spaces: hiragana and katakana, and the planes and blocks of unified ideographs.
static bool stands_alone(utf8proc_int32_t cp) {
        return (cp >= 0x3040 && cp <= 0x30FF) || (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
               (cp >= 0x20000 && cp <= 0x3FFFF);
}

static int begin(struct words *w) {
        int r = memory_grow((void **) &w->at, &w->cap, w->n + 1, sizeof(*w->at));

        if (r == 0)
                r = memory_grow((void **) &w->text, &w->text_cap, w->len + WORD_SIZE, 1);
        if (r < 0)
                return -ENOMEM;
        w->at[w->n++] = (uint32_t) w->len;
        w->text[w->len] = '\0';
        return 0;
}

// begin() has made room for a whole word.
static void extend(struct words *w, utf8proc_int32_t cp) {
        utf8proc_uint8_t bytes[UTF8_CHAR_MAX];
        utf8proc_ssize_t n = utf8proc_encode_char(cp, bytes);

        if (n <= 0 || w->len - w->at[w->n - 1] + (size_t) n >= WORD_SIZE)
                return;
        memcpy(w->text + w->len, bytes, (size_t) n);
        w->len += (size_t) n;
        w->text[w->len] = '\0';
}

static void end(struct words *w, bool *open) {
        if (*open)
                w->len++;
        *open = false;
}

static int add_point(struct words *w, utf8proc_int32_t cp, bool *open) {
        if (is_apostrophe(cp))
                return 0;
        if (!is_word(cp)) {
                end(w, open);
                return 0;
        }
        if (stands_alone(cp))
                end(w, open);
        if (!*open) {
                int r = begin(w);
                if (r < 0)
                        return r;
                *open = true;
        }
        extend(w, cp);
        if (stands_alone(cp))
                end(w, open);
        return 0;
}

static int add_character(struct words *w, utf8proc_int32_t cp, bool *open) {
        utf8proc_int32_t points[DECOMPOSITION_MAX];
        int last = 0, r = 0;

        // Before decomposition, which would make a space and an accent of it.
        if (is_apostrophe(cp))
                return 0;
        utf8proc_ssize_t n = utf8proc_decompose_char(cp, points, DECOMPOSITION_MAX,
                                                     UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK |
                                                                     UTF8PROC_IGNORE | UTF8PROC_DECOMPOSE,
                                                     &last);
        if (n < 0 || n > DECOMPOSITION_MAX) {
                end(w, open);
                return 0;
        }
        for (utf8proc_ssize_t i = 0; i < n && r == 0; i++)
                r = add_point(w, points[i], open);
        return r;
}

int words_add(struct words *w, const char *text) {
        size_t n = strlen(text);
        bool open = false;
        int r = 0;

        for (size_t i = 0; i < n && w->n < WORDS_MAX && r == 0;) {
                size_t len = utf8_char_len(text + i, n - i);
                utf8proc_int32_t cp = ' ';
                if (len > 0)
                        utf8proc_iterate((const utf8proc_uint8_t *) text + i, (utf8proc_ssize_t) len, &cp);
                r = add_character(w, cp, &open);
                i += len > 0 ? len : 1;
        }
        end(w, &open);
        if (r == 0)
                r = begin(w);
        if (r == 0)
                w->len++;
        return r;
}
