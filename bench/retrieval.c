// How well the right article is found, and how often one is found for a question that has no answer.
//
//     bench_retrieval [--keyword] [--model FOLDER] [--wrong] FOLDER QUESTIONS.tsv        a folder of documents
//     bench_retrieval [--keyword] [--model FOLDER] --stackfaq DATA                        the help centre of
//     ../shared/data, in each layout
#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/string.h"
#include "helpcentre.h"

enum { FILES_OPEN_MAX = 16 };

static const double floors[] = {0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7};

struct bench {
        struct encoder *encoder;
        bool wrong; // print each question that goes wrong
};

static double share(size_t a, size_t b) {
        return b > 0 ? (double) a / (double) b : 0;
}

static void print_floors(const struct retrieval *r) {
        printf("%-28s", "floor");
        for (size_t i = 0; i < ARRAY_LEN(floors); i++)
                printf("  %.2f", floors[i]);
        printf("\n");
        for (int kind = 0; kind < 4; kind++) {
                static const char *const names[] = {"answerable, right one found", "answerable, wrong one found",
                                                    "unanswerable, one found", "right one missing, one found"};
                printf("%-28s", names[kind]);
                for (size_t i = 0; i < ARRAY_LEN(floors); i++) {
                        size_t n = 0;
                        for (size_t k = 0; k < r->n; k++) {
                                const struct grade *g = &r->grades[k];
                                bool counts = kind == 2   ? !g->answerable
                                              : kind == 3 ? g->answerable
                                                          : g->answerable && g->right == (kind == 0);
                                n += counts && (kind == 3 ? g->other : g->score) >= floors[i];
                        }
                        printf("  %.3f", share(n, kind == 2 ? r->unanswerable : r->answerable));
                }
                printf("\n");
        }
}

static int measure(const struct bench *b, const char *what, const char *folder, const struct asked_list *l,
                   struct error *e) {
        struct knowledge_options o = {.folder = folder, .encoder = b->encoder};
        struct knowledge *k _cleanup_(knowledge_free_p) = NULL;
        struct retrieval r _cleanup_retrieval_ = {0};
        float *vectors _cleanup_free_ = NULL;
        struct knowledge_state state;
        int64_t start = clock_monotonic_us();
        int res = knowledge_open(&o, &k, e);

        if (res < 0)
                return res;
        int64_t opened = clock_monotonic_us();
        if (b->encoder && (res = asked_embed(l, b->encoder, &vectors, e)) < 0)
                return res;
        int64_t embedded = clock_monotonic_us();
        res = retrieval_measure(k, l, vectors, b->encoder ? encoder_dimensions(b->encoder) : 0, &r, e);
        if (res < 0)
                return res;
        knowledge_state(k, &state);
        printf("%-10s %4zu documents %5zu passages  top-1 %.3f  top-3 %.3f  MRR %.3f   %zu + %zu questions, indexed in "
               "%.2f s, %.2f ms a question\n",
               what, state.documents, state.passages, share(r.top1, r.answerable), share(r.top3, r.answerable),
               r.answerable ? r.reciprocal / (double) r.answerable : 0, r.answerable, r.unanswerable,
               (double) (opened - start) / 1e6,
               (double) (clock_monotonic_us() - embedded) / 1e3 / (double) MAX(l->n, (size_t) 1));
        print_floors(&r);
        for (size_t i = 0; b->wrong && i < r.n; i++)
                if (r.grades[i].answerable ? !r.grades[i].right || r.grades[i].score < 0.4 : r.grades[i].score >= 0.4)
                        printf("  %s %.3f  %s  [%s]\n", r.grades[i].right ? "low  " : "WRONG", r.grades[i].score,
                               l->items[i].question, l->items[i].document ? l->items[i].document : "-");
        return 0;
}

static int remove_one(const char *path, const struct stat *st _unused_, int kind _unused_, struct FTW *at _unused_) {
        return remove(path);
}

static int remove_files(const char *folder) {
        return nftw(folder, remove_one, FILES_OPEN_MAX, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : -EIO;
}

static int read_outside(struct asked_list *l, const char *data, struct error *e) {
        static const char *const csv[] = {"hint3/curekart_train.csv", "hint3/powerplay11_train.csv",
                                          "hint3/sofmattress_train.csv", "banking77/test.csv"};
        int r = 0;

        for (size_t i = 0; i < ARRAY_LEN(csv) && r == 0; i++) {
                char *path _cleanup_free_ = file_join(data, csv[i]);
                r = path ? asked_read_csv(l, path, i == 3 ? 7 : 3, e) : -ENOMEM;
        }
        char *path _cleanup_free_ = file_join(data, "clinc150/data_full.json");
        if (r == 0)
                r = path ? asked_read_json(l, path, "oos_test", 2, e) : -ENOMEM;
        if (r == 0)
                r = asked_read_json(l, path, "test", 11, e);
        return r;
}

static int measure_stackfaq(const struct bench *b, const char *data, struct error *e) {
        char *jsonl _cleanup_free_ = file_join(data, "stackfaq/threads.jsonl");
        int r = jsonl ? 0 : -ENOMEM;

        for (int layout = 0; layout < LAYOUT_COUNT_ && r == 0; layout++) {
                struct asked_list l _cleanup_asked_ = {0};
                char folder[] = "/tmp/helpcentre-XXXXXX";
                if (!mkdtemp(folder))
                        return -errno;
                r = helpcentre_write(jsonl, folder, (enum layout) layout, &l, e);
                if (r == 0 && layout == 0)
                        r = read_outside(&l, data, e);
                if (r == 0)
                        r = measure(b, layout_name((enum layout) layout), folder, &l, e);
                if (remove_files(folder) < 0 && r == 0)
                        r = -EIO;
        }
        return r;
}

int main(int argc, char **argv) {
        static const struct option options[] = {{"keyword", no_argument, NULL, 'k'},
                                                {"model", required_argument, NULL, 'm'},
                                                {"stackfaq", required_argument, NULL, 's'},
                                                {"wrong", no_argument, NULL, 'w'},
                                                {0}};
        struct encoder *encoder _cleanup_(encoder_free_p) = NULL;
        const char *model = "models/all-MiniLM-L6-v2", *data = NULL;
        struct asked_list l _cleanup_asked_ = {0};
        struct error e = ERROR_INIT;
        struct bench b = {0};
        bool keyword = false;
        int c, r = 0;

        while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
                switch (c) {
                case 'k':
                        keyword = true;
                        break;
                case 'm':
                        model = optarg;
                        break;
                case 's':
                        data = optarg;
                        break;
                case 'w':
                        b.wrong = true;
                        break;
                default:
                        return 2;
                }
        }
        if (!data && argc - optind != 2) {
                (void) fprintf(stderr,
                               "usage: %s [--keyword] [--model FOLDER] [--wrong] (FOLDER QUESTIONS.tsv | --stackfaq "
                               "DATA)\n",
                               argv[0]);
                return 2;
        }
        if (!keyword)
                r = encoder_open(&(struct encoder_options){.folder = model}, &encoder, &e);
        b.encoder = encoder;
        if (r == 0 && data)
                r = measure_stackfaq(&b, data, &e);
        else if (r == 0 && (r = asked_read_tsv(&l, argv[optind + 1], &e)) == 0)
                r = measure(&b, "folder", argv[optind], &l, &e);
        if (r < 0)
                (void) fprintf(stderr, "%s: %s\n", argv[0], e.message[0] ? e.message : strerror(-r));
        return r < 0;
}
