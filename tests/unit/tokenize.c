// Reads texts from standard input, one JSON string a line, and prints {"ids": [...], "known": bool} for each, for
// comparing with another implementation. known: every character is assigned in the version of Unicode that utf8proc
// has.
//
//     tokenize TOKENIZER.json [MAX]
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

static bool all_assigned(const char *text, size_t n) {
        struct codepoints c _cleanup_codepoints_ = {0};

        if (codepoints_decode(&c, text, n) < 0)
                return false;
        for (size_t i = 0; i < c.n; i++)
                if (!unicode_assigned(c.at[i]))
                        return false;
        return true;
}

static int line_encode(const struct tokenizer *t, size_t max, const char *line, size_t n) {
        int64_t *ids _cleanup_free_ = NULL;
        json_error_t je;
        json_t *v = json_loadb(line, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &je); // NUL is among the texts to compare
        size_t count = 0;
        int r;

        if (!json_is_string(v)) {
                fprintf(stderr, "not a JSON string: %s\n", je.text);
                json_decref(v);
                return -EINVAL;
        }
        r = tokenizer_encode(t, json_string_value(v), json_string_length(v), max, &ids, &count);
        if (r == 0) {
                printf("{\"ids\":[");
                for (size_t i = 0; i < count; i++)
                        printf("%s%" PRId64, i > 0 ? "," : "", ids[i]);
                printf("],\"known\":%s}\n",
                       all_assigned(json_string_value(v), json_string_length(v)) ? "true" : "false");
        }
        json_decref(v);
        return r;
}

int main(int argc, char **argv) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = NULL;
        char *line _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        int64_t max = INT64_MAX;
        size_t cap = 0;
        ssize_t n;

        if (argc < 2 || argc > 3 || (argc == 3 && str_to_int64(argv[2], 0, INT64_MAX, &max) < 0)) {
                fprintf(stderr, "usage: tokenize TOKENIZER.json [MAX] <LINES >LINES\n");
                return 2;
        }
        if (tokenizer_open(argv[1], &t, &e) < 0) {
                fprintf(stderr, "%s\n", e.message);
                return 1;
        }
        while ((n = getline(&line, &cap, stdin)) >= 0)
                if (line_encode(t, (size_t) max, line, (size_t) n) < 0)
                        return 1;
        return 0;
}
