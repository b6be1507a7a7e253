#include "triage/train.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/string.h"
#include "triage/calibration.h"
#include "triage/kernel.h"
#include "triage/ridge.h"

// Of the tickets that were set aside this part is less like its nearest class than the floor.
static const double UNLIKE_SHARE = 0.01;
// Few rows of an intent say less of its kind than all rows of that kind: this part of the weights that tell kinds (tier
// with category) apart is added to its own.
static const double KIND_PART = 0.2;
// A complex ticket taken for a simple one costs more than the other way round: its classes score this much more where
// the first day, which has a head start of its own, is mixed in. Scores lie between 0 and 1.
static const double COMPLEX_START = 0.025;
// How much of the likeness is that of the terms: a tenth to a third are about as good, none is worse (doc/quality.md).
static const double TERMS_PART = 0.15;
static const double SCORE_NEVER = -1; // of a class that has no rows

enum {
        FOLD_ALL = -1,  // nothing is set aside
        FOLD_NONE = -2, // of a row that never is
};

struct learning {
        const struct samples *s;
        struct likened *items; // by row
        struct terms *terms;   // by row
        const struct labels *labels;
        const struct train_options *o;
        struct classifier *classes; // names, tiers, categories; nothing learned
        uint32_t *class_of;         // by row
        int *fold_of;               // by row
        double *scores;             // n rows of classes: of the fold each was in
        int folds;
        size_t done;
        struct error *e;
};

static int short_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to learn from the tickets");
}

void trained_clear(struct trained *t) {
        classifier_free(t->classifier);
        free(t->held_out);
        *t = (struct trained){0};
}

static void learning_clear(struct learning *j) {
        for (size_t i = 0; j->terms && i < j->s->n; i++)
                terms_clear(&j->terms[i]);
        free(j->terms);
        free(j->items);
        free(j->class_of);
        free(j->fold_of);
        free(j->scores);
        classifier_free(j->classes);
}
#define _cleanup_learning_ _cleanup_(learning_clear)

static int find_terms(struct learning *j, const float *vectors) {
        for (size_t i = 0; i < j->s->n; i++) {
                const struct sample *x = &j->s->items[i];
                if (terms_of(x->subject, x->body, &j->terms[i]) < 0)
                        return short_memory(j->e);
                j->items[i] = (struct likened){.vector = vectors + i * j->o->dimensions, .terms = &j->terms[i]};
        }
        return 0;
}

// ---- classes and folds

static void class_name(const struct train_options *o, const struct sample *x, char ret[CLASSIFIER_NAME_SIZE]) {
        if (o->by_intent && *x->intent)
                str_copy(ret, CLASSIFIER_NAME_SIZE, x->intent);
        else
                snprintf(ret, CLASSIFIER_NAME_SIZE, "%s/%s", tier_name(x->tier), x->category);
        for (char *c = ret; *c; c++)
                if ((unsigned char) *c < ' ')
                        *c = ' '; // the file has a line for each class
}

static int compare_names(const void *a, const void *b) {
        return strcmp(a, b);
}

// The classes in the order of their names, so that the order of the rows does not show in the file.
static int name_classes(struct learning *j, size_t n, char (*names)[CLASSIFIER_NAME_SIZE]) {
        size_t classes = 0;

        for (size_t i = 0; i < n; i++)
                class_name(j->o, &j->s->items[i], names[i]);
        qsort(names, n, sizeof(*names), compare_names);
        for (size_t i = 0; i < n; i++)
                if (i == 0 || strcmp(names[i], names[classes - 1]) != 0)
                        memmove(names[classes++], names[i], sizeof(*names));
        if (classes < 2)
                return error_set(j->e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "all tickets are of one kind; there is nothing to tell apart");
        if (classes > CLASSIFIER_CLASSES_MAX)
                return error_set(j->e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "%zu kinds of tickets; at most %d can be learned", classes, CLASSIFIER_CLASSES_MAX);
        if (!(j->classes = classifier_new(classes, j->o->dimensions, 1)))
                return short_memory(j->e);
        for (size_t k = 0; k < classes; k++)
                str_copy(j->classes->classes[k].name, CLASSIFIER_NAME_SIZE, names[k]);
        return 0;
}

static int find_classes(struct learning *j) {
        char(*names)[CLASSIFIER_NAME_SIZE] _cleanup_free_ = calloc(j->s->n, sizeof(*names));
        char name[CLASSIFIER_NAME_SIZE];
        int r = names ? name_classes(j, j->s->n, names) : short_memory(j->e);

        if (r < 0)
                return r;
        for (size_t i = 0; i < j->s->n; i++) {
                const struct sample *x = &j->s->items[i];
                class_name(j->o, x, name);
                struct classifier_class *c = bsearch(name, j->classes->classes, j->classes->n, sizeof(*c),
                                                     compare_names); // its name is what it begins with
                j->class_of[i] = (uint32_t) (c - j->classes->classes);
                c->rows++;
                c->tier = x->tier; // of an intent all rows have the same, by its table
                str_copy(c->category, sizeof(c->category), x->category);
        }
        return 0;
}

// Dealt by content, not by place: a file that grows at its end keeps its folds.
static int deal(struct learning *j) {
        uint8_t hash[DIGEST_SIZE];

        for (size_t i = 0; i < j->s->n; i++) {
                const struct sample *x = &j->s->items[i];
                char *text _cleanup_free_ = *x->group ? str_dup(x->group) : sample_text(x);
                if (!text)
                        return short_memory(j->e);
                if (digest_sha256(text, strlen(text), hash) < 0)
                        return error_set(j->e, -EIO, ERROR_INTERNAL, "no checksum could be computed");
                j->fold_of[i] = x->aid ? FOLD_NONE : (hash[0] * 256 + hash[1]) % j->folds;
        }
        return 0;
}

// ---- learning

static size_t landmarks_of(const struct train_options *o, size_t rows) {
        return MIN(rows, o->landmarks > 0 ? o->landmarks : (size_t) TRAIN_LANDMARKS);
}

// The first class of the same kind stands for it. Returns how many kinds there are.
static size_t find_kinds(const struct classifier *c, uint32_t *kind_of) {
        size_t kinds = 0;

        for (size_t k = 0; k < c->n; k++) {
                size_t first = 0;
                while (c->classes[first].tier != c->classes[k].tier ||
                       strcmp(c->classes[first].category, c->classes[k].category) != 0)
                        first++;
                kind_of[k] = first < k ? kind_of[first] : (uint32_t) kinds++;
        }
        return kinds;
}

// What tells a kind apart is the sum of what tells its classes apart: the fit is linear in what it aims at.
static int lean_on_kinds(struct classifier *c) {
        uint32_t *kind_of _cleanup_free_ = calloc(c->n, sizeof(*kind_of));
        double *sums _cleanup_free_ = calloc(c->n, sizeof(*sums));

        if (!kind_of || !sums)
                return -ENOMEM;
        size_t kinds = find_kinds(c, kind_of);
        if (kinds < 2 || kinds == c->n)
                return 0;
        for (size_t i = 0; i < c->landmarks->n; i++) {
                float *weights = c->weights + i * c->n;
                memset(sums, 0, kinds * sizeof(*sums));
                for (size_t k = 0; k < c->n; k++)
                        sums[kind_of[k]] += (double) weights[k];
                for (size_t k = 0; k < c->n; k++)
                        weights[k] += (float) (KIND_PART * sums[kind_of[k]]);
        }
        return 0;
}

// Rows of a rare class count for more, those of a common one for less.
static void weigh_rows(const struct learning *j, const uint32_t *class_of, const size_t *rows_of, size_t rows,
                       double *ret) {
        for (size_t i = 0; i < rows; i++)
                ret[i] = pow((double) rows / ((double) j->classes->n * (double) rows_of[class_of[i]]), j->o->balance);
}

// Of the rows that were kept for learning: vectors and class; the class' mean vector.
static void find_centres(const struct learning *j, const struct likened *rows, const uint32_t *class_of, size_t kept,
                         struct classifier *c) {
        size_t d = j->o->dimensions;

        for (size_t i = 0; i < kept; i++)
                for (size_t k = 0; k < d; k++)
                        c->centres[class_of[i] * d + k] += rows[i].vector[k];
        for (size_t k = 0; k < c->n; k++) {
                float *v = c->centres + k * d;
                double length = sqrt((double) vector_dot(v, v, d));
                for (size_t i = 0; length > 0 && i < d; i++)
                        v[i] = (float) (v[i] / length);
        }
}

static struct classifier *blank(const struct learning *j, size_t rows) {
        struct classifier *c = classifier_new(j->classes->n, j->o->dimensions, landmarks_of(j->o, rows));

        if (c) {
                memcpy(c->classes, j->classes->classes, c->n * sizeof(*c->classes));
                str_copy(c->model, sizeof(c->model), j->o->model);
                c->landmarks->terms_part = TERMS_PART;
        }
        return c;
}

// Evenly among the rows, whatever their order: a file is often sorted by kind or by time.
static int choose_landmarks(const struct likened *rows, size_t kept, struct landmarks *l) {
        int8_t *quantised _cleanup_free_ = malloc(l->dimensions);
        int r = quantised ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < l->n; i++) {
                const struct likened *row = &rows[i * kept / l->n];
                if (!kernel_quantise(row->vector, l->dimensions, quantised))
                        return -EDOM;
                landmarks_set(l, i, quantised);
                r = terms_copy(row->terms, &l->terms[i]);
        }
        if (r == 0)
                r = terms_keep_shared(l->terms, l->n);
        return r < 0 ? r : landmarks_ready(l);
}

static int fit(const struct learning *j, const struct likened *rows, const uint32_t *class_of, size_t kept,
               struct classifier *c) {
        struct ridge *g _cleanup_(ridge_free_p) = NULL;
        double *weights _cleanup_free_ = calloc(kept, sizeof(*weights));
        size_t *rows_of _cleanup_free_ = calloc(c->n, sizeof(*rows_of));

        if (!weights || !rows_of)
                return -ENOMEM;
        for (size_t i = 0; i < kept; i++)
                rows_of[class_of[i]]++;
        weigh_rows(j, class_of, rows_of, kept, weights);
        struct ridge_rows taught = {.landmarks = c->landmarks, .items = rows, .weights = weights, .n = kept};
        int r = choose_landmarks(rows, kept, c->landmarks);
        if (r == 0)
                r = ridge_new(&taught, j->o->threads, &g);
        if (r == 0)
                r = ridge_learn(g, class_of, c->n, c->weights, c->constants);
        if (r == 0)
                r = lean_on_kinds(c);
        if (r < 0)
                return r;
        for (size_t k = 0; k < c->n; k++)
                if (rows_of[k] == 0)
                        c->constants[k] = (float) SCORE_NEVER;
                else if (j->o->first_day && c->classes[k].tier == TIER_COMPLEX)
                        c->constants[k] += (float) COMPLEX_START;
        return 0;
}

// Learns from all rows but those of a fold.
static int learn(struct learning *j, int fold, struct classifier **ret) {
        size_t n = j->s->n, kept = 0;
        uint32_t *class_of _cleanup_free_ = calloc(n, sizeof(*class_of));
        struct likened *rows _cleanup_free_ = calloc(n, sizeof(*rows));

        if (!class_of || !rows)
                return short_memory(j->e);
        for (size_t i = 0; i < n; i++)
                if (j->fold_of[i] != fold) {
                        rows[kept] = j->items[i];
                        class_of[kept++] = j->class_of[i];
                }
        // All rows may be in one fold, as one group is: then nothing is known, and all is as likely.
        struct classifier *c _cleanup_(classifier_free_p) = blank(j, MAX(kept, (size_t) 1));
        int r = !c ? -ENOMEM : kept > 0 ? fit(j, rows, class_of, kept, c) : landmarks_ready(c->landmarks);
        if (r == -EDOM)
                return error_set(j->e, -EINVAL, ERROR_INTERNAL, "the tickets' vectors are not finite");
        if (r < 0)
                return short_memory(j->e);
        find_centres(j, rows, class_of, kept, c);
        if (j->o->progress)
                j->o->progress(j->o->progress_arg, ++j->done, (size_t) j->folds + 1);
        *ret = TAKE_PTR(c);
        return 0;
}

static int score_fold(struct learning *j, int fold, struct trained *t) {
        struct classifier *c _cleanup_(classifier_free_p) = NULL;
        int r = learn(j, fold, &c);

        for (size_t i = 0; r == 0 && i < j->s->n; i++)
                if (j->fold_of[i] == fold) {
                        if (classifier_scores(c, j->items[i], j->scores + i * c->n) < 0)
                                r = short_memory(j->e);
                        t->held_out[i].likeness = classifier_likeness(c, j->items[i].vector);
                }
        return r;
}

// ---- what the rows set aside say

static int compare_doubles(const void *a, const void *b) {
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

static int find_floor(const struct learning *j, const struct trained *t, struct classifier *c) {
        double *all _cleanup_free_ = calloc(j->s->n + 1, sizeof(*all));
        size_t n = 0;

        if (!all)
                return short_memory(j->e);
        for (size_t i = 0; i < j->s->n; i++)
                if (!j->s->items[i].aid)
                        all[n++] = t->held_out[i].likeness;
        qsort(all, n, sizeof(*all), compare_doubles);
        c->like_floor = all[(size_t) (UNLIKE_SHARE * (double) n)];
        return 0;
}

static int run(struct learning *j, struct trained *t) {
        int r = find_classes(j);

        if (r == 0)
                r = deal(j);
        if (r < 0)
                return r;
        j->scores = calloc(j->s->n * j->classes->n, sizeof(*j->scores));
        t->held_out = calloc(j->s->n, sizeof(*t->held_out));
        t->n = j->s->n;
        if (!j->scores || !t->held_out)
                return short_memory(j->e);
        for (int fold = 0; r == 0 && fold < j->folds; fold++)
                r = score_fold(j, fold, t);
        if (r == 0)
                r = learn(j, FOLD_ALL, &t->classifier);
        if (r == 0)
                r = find_floor(j, t, t->classifier);
        if (r < 0)
                return r;
        struct calibration x = {.samples = j->s,
                                .labels = j->labels,
                                .first_day = j->o->first_day,
                                .scores = j->scores,
                                .said = t->held_out};
        return calibrate(t->classifier, &x) < 0 ? short_memory(j->e) : 0;
}

int train_classifier(const struct samples *s, const float *vectors, const struct labels *labels,
                     const struct train_options *o, struct trained *ret, struct error *e) {
        struct trained t _cleanup_trained_ = {0};

        if (s->n < TRAIN_ROWS_MIN)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "%zu ticket%s; at least %d are needed to learn from", s->n, str_s((int64_t) s->n),
                                 TRAIN_ROWS_MIN);
        struct learning j _cleanup_learning_ = {
                        .s = s,
                        .labels = labels,
                        .o = o,
                        .terms = calloc(s->n, sizeof(*j.terms)),
                        .items = calloc(s->n, sizeof(*j.items)),
                        .class_of = calloc(s->n, sizeof(*j.class_of)),
                        .fold_of = calloc(s->n, sizeof(*j.fold_of)),
                        .folds = s->n < TRAIN_ROWS_MANY ? TRAIN_FOLDS : TRAIN_FOLDS_MANY,
                        .e = e,
        };
        if (!j.terms || !j.items || !j.class_of || !j.fold_of)
                return short_memory(e);
        int r = find_terms(&j, vectors);
        if (r == 0)
                r = run(&j, &t);
        if (r < 0)
                return r;
        *ret = t;
        t = (struct trained){0};
        return 0;
}
