// Reads texts from standard input, one JSON string a line, or pairs, ["premise", "hypothesis"], and prints {"ids":
// [...], "types": [...], "known": bool} for each, for comparing with another implementation. known: every character is
// assigned in the version of Unicode that utf8proc has. types: of pairs.
//
//     tokenize TOKENIZER.json [MAX [first|longest]]
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/string.h"
#include "model/tokenizer.h"
#include "model/unicode.h"

struct driver {
        struct tokenizer *t;
        size_t max;
        enum tokenizer_cut cut;
};

static bool all_assigned(const json_t *text) {
        struct codepoints c _cleanup_codepoints_ = {0};

        if (codepoints_decode(&c, json_string_value(text), json_string_length(text)) < 0)
                return false;
        for (size_t i = 0; i < c.n; i++)
                if (!unicode_assigned(c.at[i]))
                        return false;
        return true;
}

static void print_numbers(const char *name, const int64_t *at, size_t n) {
        printf("\"%s\":[", name);
        for (size_t i = 0; i < n; i++)
                printf("%s%" PRId64, i > 0 ? "," : "", at[i]);
        printf("],");
}

static int text_encode(const struct driver *d, const json_t *text) {
        int64_t *ids _cleanup_free_ = NULL;
        size_t n = 0;
        int r = tokenizer_encode(d->t, json_string_value(text), json_string_length(text), d->max, &ids, &n);

        if (r < 0)
                return r;
        printf("{");
        print_numbers("ids", ids, n);
        printf("\"known\":%s}\n", all_assigned(text) ? "true" : "false");
        return 0;
}

static int pair_encode(const struct driver *d, const json_t *a, const json_t *b) {
        struct tokenizer_pair p _cleanup_(tokenizer_pair_clear) = {0};
        int r = tokenizer_encode_pair(d->t, json_string_value(a), json_string_length(a), json_string_value(b),
                                      json_string_length(b), d->max, d->cut, &p);

        if (r < 0)
                return r;
        printf("{");
        print_numbers("ids", p.ids, p.n);
        print_numbers("types", p.types, p.n);
        printf("\"known\":%s}\n", all_assigned(a) && all_assigned(b) ? "true" : "false");
        return 0;
}

static int line_encode(const struct driver *d, const char *line, size_t n) {
        json_error_t je;
        json_t *v = json_loadb(line, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &je); // NUL is among the texts to compare
        const json_t *a = json_array_get(v, 0), *b = json_array_get(v, 1);
        int r = -EINVAL;

        if (json_is_string(v))
                r = text_encode(d, v);
        else if (json_is_string(a) && json_is_string(b))
                r = pair_encode(d, a, b);
        else
                fprintf(stderr, "not a JSON string or two: %s\n", v ? "" : je.text);
        json_decref(v);
        if (r < 0)
                fprintf(stderr, "%s\n", strerror(-r));
        return r;
}

int main(int argc, char **argv) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = NULL;
        char *line _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        struct driver d = {.cut = argc > 3 && str_eq(argv[3], "longest") ? TOKENIZER_CUT_LONGEST : TOKENIZER_CUT_FIRST};
        int64_t max = INT64_MAX;
        size_t cap = 0;
        ssize_t n;

        if (argc < 2 || argc > 4 || (argc > 2 && str_to_int64(argv[2], 0, INT64_MAX, &max) < 0)) {
                fprintf(stderr, "usage: tokenize TOKENIZER.json [MAX [first|longest]] <LINES >LINES\n");
                return 2;
        }
        if (tokenizer_open(argv[1], &t, &e) < 0) {
                fprintf(stderr, "%s\n", e.message);
                return 1;
        }
        d.t = t;
        d.max = (size_t) max;
        while ((n = getline(&line, &cap, stdin)) >= 0)
                if (line_encode(&d, line, (size_t) n) < 0)
                        return 1;
        return 0;
}
