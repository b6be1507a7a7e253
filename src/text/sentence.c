#include "text/sentence.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/string.h"

enum {
        WORD_MAX = 15,      // bytes: longer than any abbreviation of the table
        CUT_LOOKAHEAD = 64, // bytes behind the limit that may decide whether a sentence ends before it
};

// Lower case, without the last full stop. A full stop behind one of these ends no sentence.
static const char *const abbreviations[] = {
                "e.g",  "i.e",  "mr",     "mrs",  "ms",   "dr",  "prof",  "sr",  "jr",   "st",  "vs",  "cf",
                "viz",  "resp", "approx", "incl", "excl", "ext", "dept",  "est", "fig",  "tel", "max", "min",
                "misc", "ca",   "a.k.a",  "z.b",  "d.h",  "u.a", "bzw",   "ggf", "evtl", "usw", "vgl", "zzgl",
                "inkl", "bspw", "hr",     "fr",   "p.ex", "mme", "mlle",  "env", "sra",  "dra", "ej",  "p.ej",
                "pag",  "sig",  "dott",   "ecc",  "bijv", "evt", "d.w.z", "tzn", "np",   "tzw", "jan", "feb",
                "mar",  "apr",  "jun",    "jul",  "aug",  "sep", "sept",  "oct", "nov",  "dec",
};

// These end no sentence before a number only: "No. 5", but "The answer is no. Try again."
static const char *const before_number[] = {"no", "nr", "nos", "vol", "p", "pp", "art", "sec", "ch", "v", "ver", "abs"};

static bool is_blank(unsigned char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static size_t char_at(const char *text, size_t n, size_t i, int32_t *ret) {
        utf8proc_ssize_t r = utf8proc_iterate((const utf8proc_uint8_t *) text + i, (utf8proc_ssize_t) (n - i), ret);
        if (r > 0)
                return (size_t) r;
        *ret = 0xFFFD;
        return 1;
}

enum mark {
        MARK_NONE,
        MARK_STOP,
        MARK_FIRM,
        MARK_WIDE
}; // full stop; "!" and "?"; those that need no space behind them

static enum mark mark_of(int32_t c) {
        switch (c) {
        case '.':
        case 0x2026: // ...
                return MARK_STOP;
        case '!':
        case '?':
        case 0x203D: // !?
        case 0x61F:  // Arabic
        case 0x6D4:
        case 0x964: // Devanagari
        case 0x965:
        case 0x589:  // Armenian
        case 0x1362: // Ethiopic
        case 0x104B: // Burmese
                return MARK_FIRM;
        case 0x3002: // Chinese and Japanese
        case 0xFF01:
        case 0xFF1F:
        case 0xFF61:
        case 0xFF0E:
                return MARK_WIDE;
        default:
                return MARK_NONE;
        }
}

static bool closes(int32_t c) {
        if (c == '"' || c == '\'' || c == 0xBB || c == 0x201C)
                return true;
        utf8proc_category_t category = utf8proc_category(c);
        return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF;
}

// French puts a space before the quotation mark that closes. Its length with the mark, or 0.
static size_t spaced_close(const char *text, size_t n, size_t i) {
        int32_t c;
        size_t space = i < n ? char_at(text, n, i, &c) : 0;

        if (space == 0 || (c != ' ' && c != 0xA0 && c != 0x202F) || i + space >= n)
                return 0;
        size_t k = char_at(text, n, i + space, &c);
        return c == 0xBB ? space + k : 0;
}

static bool in_table(const char *word, const char *const *table, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(word, table[i]) == 0)
                        return true;
        return false;
}

// The word before text[at], lower case; "" when it is too long to be an abbreviation. *ret_start: where it starts.
static void word_before(const char *text, size_t at, char word[WORD_MAX + 1], size_t *ret_start) {
        size_t start = at;

        while (start > 0 && at - start <= WORD_MAX && !is_blank((unsigned char) text[start - 1]) &&
               !strchr("([{\"'", text[start - 1]))
                start--;
        size_t n = at - start;
        *ret_start = start;
        if (n > WORD_MAX)
                n = 0;
        for (size_t i = 0; i < n; i++)
                word[i] = text[start + i] >= 'A' && text[start + i] <= 'Z' ? (char) (text[start + i] | 0x20)
                                                                           : text[start + i];
        word[n] = '\0';
}

static bool starts_line(const char *text, size_t at) {
        while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
                at--;
        return at == 0 || text[at - 1] == '\n';
}

// text[at] is a full stop: does it belong to the word before it? next: what comes after the white space behind it.
static bool belongs_to_word(const char *text, size_t at, int32_t next) {
        char word[WORD_MAX + 1];
        size_t start;

        word_before(text, at, word, &start);
        if (word[0] == '\0')
                return false;
        if (in_table(word, abbreviations, ARRAY_LEN(abbreviations)))
                return true;
        bool number = next >= '0' && next <= '9';
        if (number && in_table(word, before_number, ARRAY_LEN(before_number)))
                return true;
        if (strspn(word, "0123456789") == strlen(word)) // "2. Open the menu"; "on 3. May" has no rule
                return starts_line(text, start);
        // An initial: "J. Smith". A single letter at the start of a line numbers a list: "a. first".
        return word[1] == '\0' && word[0] >= 'a' && word[0] <= 'z' &&
               (starts_line(text, start) || text[start] <= 'Z') && text[start] != 'I';
}

static bool is_lower(int32_t c) {
        return utf8proc_category(c) == UTF8PROC_CATEGORY_LL;
}

static size_t skip_blanks(const char *text, size_t n, size_t i) {
        while (i < n && is_blank((unsigned char) text[i]))
                i++;
        return i;
}

// Does a new thought start behind the line break at text[i]: a blank line, or an item of a list?
static bool breaks_at(const char *text, size_t n, size_t i) {
        size_t k = i + 1;

        while (k < n && (text[k] == ' ' || text[k] == '\t' || text[k] == '\r'))
                k++;
        if (k == n || text[k] == '\n')
                return true;
        if ((text[k] == '-' || text[k] == '*' || text[k] == '#') && k + 1 < n && is_blank((unsigned char) text[k + 1]))
                return true;
        size_t digits = k;
        while (k < n && is_digit(text[k]) && k - digits < 3)
                k++;
        return k > digits && k + 1 < n && (text[k] == '.' || text[k] == ')') && text[k + 1] == ' ';
}

// text[i] is a mark, `behind` its end with all that closes. 0: the sentence goes on; else where the next one starts.
static size_t end_of(const char *text, size_t n, size_t i, size_t behind, enum mark mark, bool several, bool loose) {
        size_t next = skip_blanks(text, n, behind);
        int32_t c = 0;

        if (mark == MARK_WIDE)
                return next;
        if (behind < n && next == behind)
                return 0; // "3.14", "example.com", "what?!x"
        if (next == n)
                return n;
        (void) char_at(text, n, next, &c);
        bool trails_off = mark == MARK_STOP && (several || text[i] != '.'); // "well... yes"
        if (is_lower(c) && (!loose || trails_off))
                return 0;
        if (mark == MARK_STOP && !several && text[i] == '.' && belongs_to_word(text, i, c))
                return 0;
        return next;
}

static size_t next(const char *text, size_t n, bool loose) {
        size_t i = skip_blanks(text, n, 0);

        while (i < n) {
                int32_t c;
                size_t k = char_at(text, n, i, &c);
                if (c == '\n' && breaks_at(text, n, i))
                        return skip_blanks(text, n, i);
                enum mark mark = mark_of(c);
                if (mark == MARK_NONE) {
                        i += k;
                        continue;
                }
                size_t behind = i + k, marks = 1;
                while (behind < n) {
                        size_t more = char_at(text, n, behind, &c);
                        enum mark other = mark_of(c);
                        if (other == MARK_NONE && !closes(c))
                                break;
                        marks += other != MARK_NONE;
                        mark = MAX(mark, other);
                        behind += more;
                }
                behind += spaced_close(text, n, behind);
                size_t end = end_of(text, n, i, behind, mark, marks > 1, loose);
                if (end > 0)
                        return end;
                i = behind;
        }
        return n;
}

size_t sentence_next(const char *text, size_t n) {
        return next(text, n, false);
}

size_t sentence_next_loose(const char *text, size_t n) {
        return next(text, n, true);
}

static size_t blank_cut(const char *text, size_t n, size_t limit) {
        size_t i = MIN(n, limit);

        while (i > 0 && !is_blank((unsigned char) text[i - 1]))
                i--;
        return skip_blanks(text, i, 0) < i ? i : 0; // nothing but white space is no part
}

size_t sentence_cut(const char *text, size_t n, size_t limit) {
        size_t seen = n - MIN(n, limit) > CUT_LOOKAHEAD ? limit + CUT_LOOKAHEAD : n, cut = 0;

        if (n <= limit)
                return n;
        for (;;) {
                size_t next = cut + sentence_next(text + cut, seen - cut);
                if (next > limit || next == cut)
                        break;
                cut = next;
        }
        if (cut == 0)
                cut = blank_cut(text, n, limit);
        if (cut == 0)
                cut = utf8_floor(text, n, limit);
        if (cut == 0) { // not even one character fits
                int32_t c;
                cut = char_at(text, n, 0, &c);
        }
        return cut;
}
