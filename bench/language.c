// How well languages are told: for each file of texts, one a line, how many are called what.
//
//     bench_language [--other CODE] FILE...
//
// --other prints the lines that are called another language than CODE, with what they are called.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/language.h"

static int measure(const char *path, const char *other) {
        FILE *f = fopen(path, "re");
        char *line _cleanup_free_ = NULL;
        size_t cap = 0, counts[LANGUAGE_COUNT_ + 1] = {0}, n = 0;
        struct language_guess g;

        if (!f)
                return -1;
        while (getline(&line, &cap, f) > 0) {
                line[strcspn(line, "\n")] = '\0';
                if (language_of(NULL, line, &g) < 0)
                        break;
                counts[g.language]++;
                n++;
                if (other && g.language != LANGUAGE_UNKNOWN && !str_eq(language_code(g.language), other))
                        printf("%s %.3f  %s\n", language_code(g.language), g.confidence, line);
        }
        fclose(f);
        printf("%s: %zu texts;", path, n);
        for (int l = 0; l <= LANGUAGE_COUNT_; l++)
                if (counts[l])
                        printf(" %s %zu", l < LANGUAGE_COUNT_ ? language_code((enum language) l) : "unknown",
                               counts[l]);
        putchar('\n');
        return 0;
}

int main(int argc, char **argv) {
        bool with_other = argc > 2 && strcmp(argv[1], "--other") == 0;
        int r = 0;

        for (int i = with_other ? 3 : 1; i < argc && r == 0; i++)
                r = measure(argv[i], with_other ? argv[2] : NULL);
        if (r < 0 || argc < 2)
                fprintf(stderr, "bench_language [--other CODE] FILE...\n");
        return r < 0 || argc < 2 ? EXIT_FAILURE : EXIT_SUCCESS;
}
