#include "triage/shout.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/string.h"

enum {
        TEXT_BYTES_MAX = 32 * 1024, // looked at
        CAPITAL_WORDS = 5,          // in a row
        WHOLE_WORDS = 3,            // of a text that has nothing else
        LETTERS_MIN = 2,            // of a word: "I" and "A" are no shouts, and none of what stands between them
        LONG_LETTERS = 4,           // one of the words at least: "HTTP API URL SDK" are none either
        LONG_WORDS = 2,
        MARKS = 3, // in a row
};

static const char *const names[SHOUT_COUNT_] = {
#define SHOUT(id, name) name,
                SHOUT_TABLE(SHOUT)
#undef SHOUT
};

int shout_parse(const char *name) {
        for (int i = 0; i < SHOUT_COUNT_; i++)
                if (str_eq(names[i], name))
                        return i;
        return -1;
}

struct run {
        size_t words, words_long; // in capitals, one after the other
        bool other;               // a word in small letters was there
        bool found;
};

static void end_word(struct run *run, size_t capitals, size_t small, bool code) {
        if (small > 0) {
                run->other = true;
                run->words = run->words_long = 0;
        } else if (capitals >= LETTERS_MIN && !code) {
                run->words++;
                run->words_long += capitals >= LONG_LETTERS;
        }
        run->found = run->found || (run->words >= CAPITAL_WORDS && run->words_long >= LONG_WORDS);
}

static bool in_capitals(const char *s, size_t n) {
        struct run run = {0};
        size_t capitals = 0, small = 0;
        bool code = false;

        for (size_t i = 0, len; i <= n; i += len) {
                utf8proc_int32_t cp = ' ';
                len = i < n ? MAX(utf8_char_len(s + i, n - i), (size_t) 1) : 1;
                if (i < n)
                        utf8proc_iterate((const utf8proc_uint8_t *) s + i, (utf8proc_ssize_t) len, &cp);
                utf8proc_category_t c = utf8proc_category(cp);
                if (c == UTF8PROC_CATEGORY_LU)
                        capitals++;
                else if (c == UTF8PROC_CATEGORY_LL || c == UTF8PROC_CATEGORY_LO)
                        small++;
                else if (c == UTF8PROC_CATEGORY_ND || cp == '_')
                        code = true;
                else if (cp != '\'' && cp != 0x2019 && cp != '-') {
                        end_word(&run, capitals, small, code);
                        capitals = small = 0;
                        code = false;
                }
        }
        return run.found || (!run.other && run.words >= WHOLE_WORDS && run.words_long >= 1);
}

// Runs of "!" and "?": with a "!" in it, or of "?" alone.
static unsigned marks(const char *s, size_t n) {
        unsigned found = 0;

        for (size_t i = 0, run; i < n; i += run ? run : 1) {
                run = strspn(s + i, "!?");
                bool exclaimed = run && memchr(s + i, '!', run);
                if (run >= MARKS)
                        found |= 1u << (exclaimed ? SHOUT_EXCLAIMED : SHOUT_QUESTIONED);
        }
        return found;
}

static unsigned find(const char *s) {
        size_t n = utf8_floor(s, strlen(s), TEXT_BYTES_MAX);

        return marks(s, n) | (in_capitals(s, n) ? 1u << SHOUT_CAPITALS : 0);
}

unsigned shout_find(const char *subject, const char *text) {
        // A subject alone is often written so.
        return find(text) | (str_empty(text) ? find(subject) : marks(subject, strlen(subject)));
}
