// What does it cost and bring that a ticket's sentences are judged alone (triage/alone.h)? Of the tickets that might be
// answered by itself, tier_1 or tier_2 and sure enough, it counts those in which a sentence is complex, by how sure.
//
//     bench_alone [--config DIR] [--model DIR | --keywords-only] [--show SURE] FILE...
//
// A FILE ending in .tsv has tier, category, subject, body, with tabs between; any other is read as `firstline train`
// reads it. --show prints those that are held back from SURE on.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "labelled.h"
#include "triage/alone.h"
#include "triage/samples.h"

static const double MIN_CONFIDENCE = 0.5; // the setting's default
static const double sure[] = {0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95};

struct counts {
        size_t answered, several, held[ARRAY_LEN(sure)];
};

struct bench {
        const char *config, *model;
        double show;
        struct encoder *m; // NULL: by keywords alone
        struct triage *t;
        struct counts by[TIER_COUNT_][TIER_COUNT_]; // what is said, what is true
        int64_t us;
        size_t sentences;
};

static void look(struct bench *b, enum tier truth, const char *subject, const char *body) {
        struct error e = ERROR_INIT;
        struct alone a;
        struct verdict v;
        char *text _cleanup_free_ = str_printf("%s\n%s", subject, body);
        float *vector _cleanup_free_ = b->m ? calloc(encoder_dimensions(b->m), sizeof(*vector)) : NULL;

        if (!text || (vector && encoder_embed(b->m, text, vector, &e) < 0))
                return;
        triage_classify(b->t, subject, body, vector, &v);
        if (v.tier == TIER_COMPLEX || v.confidence < MIN_CONFIDENCE)
                return;
        int64_t start = clock_monotonic_us();
        if (alone_judge(b->t, b->m, subject, body, &a) < 0)
                return;
        b->us += clock_monotonic_us() - start;
        b->sentences += a.judged;
        struct counts *c = &b->by[v.tier][truth];
        c->answered++;
        c->several += a.judged > 0;
        for (size_t i = 0; i < ARRAY_LEN(sure); i++)
                c->held[i] += a.judged > 0 && a.complex >= sure[i];
        if (a.judged > 0 && a.complex >= b->show)
                printf("said %s, is %s, %.2f: %s  [%s]\n", tier_name(v.tier), tier_name(truth), a.complex, text,
                       a.text);
}

static int read_file(struct bench *b, const char *path, struct error *e) {
        struct labelled l _cleanup_labelled_ = {0};
        struct samples s _cleanup_samples_ = {0};
        int r = str_ends(path, ".tsv")
                                ? labelled_read_tsv(&l, path, e)
                                : samples_read(&s, path, NULL, triage_labels(b->t), triage_intents(b->t), NULL, e);

        for (size_t i = 0; r >= 0 && i < l.n; i++)
                look(b, l.items[i].tier, l.items[i].subject, l.items[i].body);
        for (size_t i = 0; r >= 0 && i < s.n; i++)
                look(b, s.items[i].tier, s.items[i].subject, s.items[i].body);
        return r;
}

static void print(const struct bench *b) {
        printf("said    is       tickets  of several sentences, and one is complex from");
        for (size_t i = 0; i < ARRAY_LEN(sure); i++)
                printf(" %5.2f", sure[i]);
        putchar('\n');
        for (enum tier said = TIER_1; said < TIER_COMPLEX; said++)
                for (enum tier is = TIER_1; is < TIER_COUNT_; is++) {
                        const struct counts *c = &b->by[said][is];
                        printf("%-7s %-8s %7zu  %20zu %28s", tier_name(said), tier_name(is), c->answered, c->several,
                               "");
                        for (size_t i = 0; i < ARRAY_LEN(sure); i++)
                                printf(" %5zu", c->held[i]);
                        putchar('\n');
                }
        printf("%.1f ms a sentence\n", (double) b->us / 1000 / (double) MAX(b->sentences, (size_t) 1));
}

int main(int argc, char **argv) {
        struct bench b = {.config = "config", .model = "models/all-MiniLM-L6-v2", .show = 2};
        struct error e = ERROR_INIT;
        int i = 1, r = 0;

        for (; i < argc && str_starts(argv[i], "--"); i++) {
                const char *value = i + 1 < argc ? argv[i + 1] : "";
                if (str_eq(argv[i], "--keywords-only")) {
                        b.model = NULL;
                        continue;
                }
                if (str_eq(argv[i], "--config"))
                        b.config = value;
                else if (str_eq(argv[i], "--model"))
                        b.model = value;
                else if (!str_eq(argv[i], "--show") || str_to_double(value, 0, 1, &b.show) < 0)
                        argc = 0;
                i++;
        }
        if (i >= argc) {
                fprintf(stderr, "usage: bench_alone [--config DIR] [--model DIR | --keywords-only] [--show SURE] "
                                "FILE...\n");
                return EXIT_FAILURE;
        }
        if (b.model)
                r = encoder_open(&(struct encoder_options){.folder = b.model}, &b.m, &e);
        if (r >= 0)
                r = triage_open(b.config, b.m, NULL, &b.t, &e);
        for (; r >= 0 && i < argc; i++)
                r = read_file(&b, argv[i], &e);
        if (r < 0)
                fprintf(stderr, "%s\n", e.message);
        else
                print(&b);
        triage_free(b.t);
        encoder_free(b.m);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
