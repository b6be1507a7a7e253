#include "knowledge/code.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/string.h"

enum {
        CODE_MIN = 3, // characters: "B2" and "4G" are words
        CODE_MAX = 32,
        LETTERS_MAX = 6,   // of what stands before the digits: "TW", "HTTP", "ERROR"
        DIGITS_MIN = 3,    // fewer are an amount
        DIGITS_MAX = 8,    // more are a telephone number
        CODES_MAX = 10000, // of one set; further ones are not looked at
};

// A number behind one of these is a code.
static const char *const announcing[] = {"error",      "code",   "status",        "http",   "fehler",
                                         "fehlercode", "erreur", "c\303\263digo", "codigo", "errore",
                                         "codice",     "fout",   "foutcode",      "model",  "ticket"};

struct run { // of letters and digits
        const char *text;
        size_t n, letters, digits;
        bool upper; // no lower-case letter
};

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool in_run(char c) {
        return is_letter(c) || is_digit(c) || (unsigned char) c >= 0x80;
}

static struct run read_run(const char *text, size_t n) {
        struct run r = {.text = text, .upper = true};

        for (; r.n < n && in_run(text[r.n]); r.n++) {
                r.letters += is_letter(text[r.n]);
                r.digits += is_digit(text[r.n]);
                r.upper &= !(text[r.n] >= 'a' && text[r.n] <= 'z');
        }
        return r;
}

static uint64_t hash_lower(uint64_t h, const char *text, size_t n) {
        for (size_t i = 0; i < n; i++)
                h = hash_byte(h, (uint8_t) ascii_lower(text[i]));
        return h;
}

static int put(struct code_set *s, uint64_t hash) {
        void *array = s->hashes;

        if (s->n >= CODES_MAX)
                return 0;
        if (memory_grow(&array, &s->cap, s->n + 1, sizeof(*s->hashes)) < 0)
                return -ENOMEM;
        s->hashes = array;
        s->hashes[s->n++] = hash;
        return 0;
}

static bool announces(const struct run *r) {
        for (size_t i = 0; i < sizeof(announcing) / sizeof(announcing[0]); i++)
                if (strlen(announcing[i]) == r->n && strncasecmp(announcing[i], r->text, r->n) == 0)
                        return true;
        return false;
}

// between: the one character between two runs, 0 when there are more.
static int put_run(struct code_set *s, const struct run *before, char between, const struct run *r) {
        bool number = r->digits == r->n && r->n >= DIGITS_MIN && r->n <= DIGITS_MAX;
        bool word = before->n > 0 && before->letters == before->n && before->n <= LETTERS_MAX;
        bool joined = word && between && (strchr("-_#", between) || (between == ' ' && before->upper && before->n > 1));
        int res = 0;

        if (r->letters > 0 && r->digits > 0 && r->n >= CODE_MIN && r->n <= CODE_MAX)
                res = put(s, hash_lower(HASH_START, r->text, r->n));
        if (res == 0 && number && joined)
                res = put(s, hash_lower(hash_lower(HASH_START, before->text, before->n), r->text, r->n));
        if (res == 0 && number && (joined || announces(before)))
                res = put(s, hash_lower(HASH_START, r->text, r->n));
        return res;
}

static int compare_hashes(const void *a, const void *b) {
        const uint64_t *x = a, *y = b;
        return (*x > *y) - (*x < *y);
}

int code_add(struct code_set *s, const char *text, size_t n) {
        struct run before = {0};
        size_t last_end = 0;
        int r = 0;

        for (size_t i = 0; i < n && r == 0;) {
                if (!in_run(text[i])) {
                        i++;
                        continue;
                }
                struct run run = read_run(text + i, n - i);
                r = put_run(s, &before, i == last_end + 1 && before.n > 0 ? text[last_end] : '\0', &run);
                before = run;
                i += run.n;
                last_end = i;
        }
        if (r < 0 || s->n < 2)
                return r;
        qsort(s->hashes, s->n, sizeof(*s->hashes), compare_hashes);
        size_t kept = 1;
        for (size_t i = 1; i < s->n; i++)
                if (s->hashes[i] != s->hashes[kept - 1])
                        s->hashes[kept++] = s->hashes[i];
        s->n = kept;
        return 0;
}

bool code_has(const struct code_set *s, uint64_t hash) {
        return s->n > 0 && bsearch(&hash, s->hashes, s->n, sizeof(*s->hashes), compare_hashes);
}

void code_clear(struct code_set *s) {
        free(s->hashes);
        *s = (struct code_set){0};
}
