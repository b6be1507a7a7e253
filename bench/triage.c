// How well is triage? Prints accuracy, macro-F1, complex missed, recall and calibration over labelled tickets.
//
//     bench_triage [--config DIR] [--model DIR] [--keywords-only] [--database PATH] [--map tiers.csv]
//                  [--shares OUT] FILE...
//
// --shares writes a line per ticket, in order: the shares of the tiers, then of the categories, with tabs between. A
// FILE ending in .csv has text and intent, which --map turns into tier and category; any other has tab-separated tier,
// category, subject, body.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "labelled.h"
#include "model/vectors.h"
#include "triage/own.h"

struct options {
        const char *config, *model, *map, *database, *shares;
        bool keywords_only;
        int files; // index of the first
};

static int usage(void) {
        fprintf(stderr, "usage: bench_triage [--config DIR] [--model DIR] [--keywords-only] [--database PATH] [--map "
                        "tiers.csv] [--shares OUT] FILE...\n");
        return EXIT_FAILURE;
}

static bool parse_options(int argc, char **argv, struct options *o) {
        *o = (struct options){.config = "config", .model = "models/all-MiniLM-L6-v2"};
        for (o->files = 1; o->files < argc && str_starts(argv[o->files], "--"); o->files++) {
                const char *name = argv[o->files];
                if (str_eq(name, "--keywords-only")) {
                        o->keywords_only = true;
                        continue;
                }
                const char **value = str_eq(name, "--config")     ? &o->config
                                     : str_eq(name, "--model")    ? &o->model
                                     : str_eq(name, "--map")      ? &o->map
                                     : str_eq(name, "--database") ? &o->database
                                     : str_eq(name, "--shares")   ? &o->shares
                                                                  : NULL;
                if (!value || ++o->files >= argc)
                        return false;
                *value = argv[o->files];
        }
        return o->files < argc;
}

static void print_measure(const char *name, const struct measure *m) {
        printf("%-16s %5zu tickets  accuracy %.3f  macro-F1 %.3f  complex missed %.3f  category %.3f  ECE %.3f  "
               "recall %.3f %.3f %.3f\n",
               name, m->n, measure_accuracy(m), measure_macro_f1(m), measure_complex_missed(m),
               measure_category_accuracy(m), measure_ece(m), measure_recall(m, TIER_1), measure_recall(m, TIER_2),
               measure_recall(m, TIER_COMPLEX));
}

static void print_bins(const struct measure *m) {
        printf("  confidence, tickets, mean confidence, share right:\n");
        for (size_t b = 0; b < MEASURE_BINS; b++)
                if (m->bin_n[b] > 0)
                        printf("    %.1f to %.1f %6zu  %.3f  %.3f\n", (double) b / MEASURE_BINS,
                               (double) (b + 1) / MEASURE_BINS, m->bin_n[b],
                               m->bin_confidence[b] / (double) m->bin_n[b],
                               (double) m->bin_right[b] / (double) m->bin_n[b]);
}

static void print_shares(FILE *f, const struct verdict *v, size_t categories) {
        for (int k = 0; k < TIER_COUNT_; k++)
                fprintf(f, "%s%.5f", k > 0 ? "\t" : "", v->tiers[k]);
        for (size_t k = 0; k < categories; k++)
                fprintf(f, "\t%.5f", v->categories[k]);
        fputc('\n', f);
}

// The vectors of all tickets; NULL without a model.
static float *embed(struct encoder *m, struct store *s, const struct labelled *l, struct error *e) {
        float *vectors _cleanup_free_ = calloc(l->n * encoder_dimensions(m), sizeof(*vectors));
        char **texts = calloc(l->n, sizeof(*texts));
        int r = vectors && texts ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < l->n; i++)
                if (!(texts[i] = labelled_text(&l->items[i])))
                        r = -ENOMEM;
        if (r == 0)
                r = vectors_embed(m, s, (const char *const *) texts, l->n, 0, vectors, NULL, NULL, e);
        for (size_t i = 0; texts && i < l->n; i++)
                free(texts[i]);
        free(texts);
        return r == 0 ? TAKE_PTR(vectors) : NULL;
}

static int measure_file(const struct options *o, const char *path, const struct triage *t, struct encoder *m,
                        struct store *s, FILE *shares, struct error *e) {
        struct labelled l _cleanup_labelled_ = {0};
        struct measure all = {0}, clear = {0}, methods[TRIAGE_NONE + 1] = {{0}};
        size_t unlike = 0;
        bool csv = str_ends(path, ".csv");

        if (csv && !o->map)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s: --map is needed", path);
        int r = csv ? labelled_read_csv(&l, path, o->map, 1, e) : labelled_read_tsv(&l, path, e);
        if (r < 0 || l.n == 0)
                return r;
        int64_t start = clock_monotonic_us();
        float *vectors _cleanup_free_ = m ? embed(m, s, &l, e) : NULL;
        int64_t embedded = clock_monotonic_us();
        if (m && !vectors)
                return -EIO;
        for (size_t i = 0; i < l.n; i++) {
                struct verdict v;
                triage_classify(t, l.items[i].subject, l.items[i].body,
                                vectors ? vectors + i * encoder_dimensions(m) : NULL, &v);
                if (shares)
                        print_shares(shares, &v, triage_categories(t));
                measure_add(&all, l.items[i].tier, l.items[i].category, &v);
                unlike += v.unlike;
                measure_add(&methods[v.method], l.items[i].tier, l.items[i].category, &v);
                if (!l.items[i].ambiguous)
                        measure_add(&clear, l.items[i].tier, l.items[i].category, &v);
        }
        if (unlike > 0)
                printf("unlike what was learned: %zu of %zu\n", unlike, l.n);
        int64_t classified = clock_monotonic_us();
        printf("%s\n", path);
        print_measure("all", &all);
        if (clear.n < all.n)
                print_measure("not ambiguous", &clear);
        for (int k = 0; k <= TRIAGE_NONE; k++)
                if (methods[k].n > 0 && methods[k].n < all.n)
                        print_measure(triage_method_name((enum triage_method) k), &methods[k]);
        print_bins(&all);
        printf("  %.0f us a ticket to embed, %.0f us to classify\n", (double) (embedded - start) / (double) l.n,
               (double) (classified - embedded) / (double) l.n);
        return 0;
}

// Vectors are kept there, and the classifier of its desk is used.
static int open_store(const struct options *o, struct store **ret, struct error *e) {
        char *url _cleanup_free_ = o->database ? str_printf("sqlite:%s", o->database) : NULL;

        return url ? store_open(url, ret, e) : 0;
}

int main(int argc, char **argv) {
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        struct triage *t _cleanup_(triage_free_p) = NULL;
        struct store *s _cleanup_(store_close_p) = NULL;
        struct error e = ERROR_INIT;
        FILE *shares = NULL;
        struct options o;
        int64_t in_use = 0;

        if (!parse_options(argc, argv, &o))
                return usage();
        int r = o.keywords_only ? 0 : encoder_open(&(struct encoder_options){.folder = o.model}, &m, &e);
        int64_t start = clock_monotonic_us();
        if (r == 0)
                r = open_store(&o, &s, &e);
        if (r == 0)
                r = triage_open(o.config, m, s, &t, &e);
        if (r == 0 && s)
                r = own_follow(t, s, &in_use, &e);
        if (r == 0)
                printf("opened in %.0f ms, best method %s\n", (double) (clock_monotonic_us() - start) / 1000,
                       triage_method_name(triage_best_method(t)));
        if (r == 0 && o.shares && !(shares = fopen(o.shares, "we")))
                r = error_set(&e, -errno, ERROR_FILE_INVALID, "%s: %s", o.shares, strerror(errno));
        for (int i = o.files; r == 0 && i < argc; i++)
                r = measure_file(&o, argv[i], t, m, s, shares, &e);
        if (shares && fclose(shares) != 0 && r == 0)
                r = error_set(&e, -errno, ERROR_FILE_INVALID, "%s: %s", o.shares, strerror(errno));
        if (r < 0)
                fprintf(stderr, "bench_triage: %s\n", e.message);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
