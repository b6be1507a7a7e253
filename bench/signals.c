// How often signals are seen: counts each signal and effect over tickets, by tier where the file tells it.
//
//     bench_signals [--config DIR] [--show SIGNAL] FILE...
//
// A FILE ending in .jsonl has "subject", "description" and "tier" a line; any other has a text a line. --show prints
// the tickets in which that signal is seen, with the lines of the table.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "triage/signal_table.h"
#include "triage/triage.h"

enum { NAMES_MAX = 3 * SIGNALS_MAX };

struct counts {
        char names[NAMES_MAX][64];
        size_t n, by[NAMES_MAX][TIER_COUNT_ + 1], tickets[TIER_COUNT_ + 1];
};

static void count(struct counts *c, const struct signal *s, enum tier tier) {
        char name[64];
        size_t i = 0;

        snprintf(name, sizeof(name), "%s %s", s->name, signal_effect_name(s->effect));
        while (i < c->n && !str_eq(c->names[i], name))
                i++;
        if (i == NAMES_MAX)
                return;
        if (i == c->n)
                str_copy(c->names[c->n++], sizeof(name), name);
        c->by[i][tier]++;
}

static void look(const struct signal_table *t, const char *line, bool json, const char *show, struct counts *c) {
        json_t *o _cleanup_json_ = NULL;
        const char *subject = "", *text = line, *tier_said = NULL;
        enum tier tier = TIER_COUNT_;
        struct signals_found f;

        if (json && json_parse(line, strlen(line), &o, NULL) == 0) {
                subject = json_str_or_null(o, "subject");
                text = json_str_or_null(o, "description");
                tier_said = json_str_or_null(o, "tier");
        }
        if (!subject || !text || signals_find(t, subject, text, &f) < 0)
                return;
        if (tier_said)
                (void) tier_parse(tier_said, &tier);
        c->tickets[tier]++;
        for (size_t i = 0; i < f.n; i++) {
                count(c, &f.items[i], tier);
                if (show && str_eq(show, f.items[i].name))
                        printf("%s %s [%s]  %s / %s\n", tier_said ? tier_said : "-",
                               signal_effect_name(f.items[i].effect), f.items[i].words, subject, text);
        }
}

static int read_file(const struct signal_table *t, const char *path, const char *show, struct counts *c) {
        FILE *f = fopen(path, "re");
        char *line _cleanup_free_ = NULL;
        size_t cap = 0;

        if (!f)
                return -1;
        while (getline(&line, &cap, f) > 0) {
                line[strcspn(line, "\n")] = '\0';
                look(t, line, str_ends(path, ".jsonl"), show, c);
        }
        fclose(f);
        return 0;
}

static void print(const struct counts *c) {
        printf("%-24s %8s %8s %8s %8s\n%-24s", "", "tier_1", "tier_2", "complex", "no tier", "tickets");
        for (size_t t = 0; t <= TIER_COUNT_; t++)
                printf(" %8zu", c->tickets[t]);
        for (size_t i = 0; i < c->n; i++) {
                printf("\n%-24s", c->names[i]);
                for (size_t t = 0; t <= TIER_COUNT_; t++)
                        printf(" %8zu", c->by[i][t]);
        }
        putchar('\n');
}

int main(int argc, char **argv) {
        struct signal_table *t _cleanup_(signal_table_free_p) = NULL;
        struct counts *c _cleanup_free_ = calloc(1, sizeof(*c));
        const char *config = "config", *show = NULL;
        struct error e = ERROR_INIT;
        int i = 1;

        for (; i + 1 < argc && str_starts(argv[i], "--"); i += 2)
                *(str_eq(argv[i], "--config") ? &config : &show) = argv[i + 1];
        if (i >= argc || !c || signal_table_load(config, &t, &e) < 0) {
                fprintf(stderr, "bench_signals [--config DIR] [--show SIGNAL] FILE...  %s\n", e.message);
                return EXIT_FAILURE;
        }
        for (; i < argc; i++)
                if (read_file(t, argv[i], show, c) < 0)
                        fprintf(stderr, "%s cannot be read\n", argv[i]);
        print(c);
        return EXIT_SUCCESS;
}
