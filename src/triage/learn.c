#include "triage/learn.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "model/vectors.h"
#include "triage/labels.h"
#include "triage/shares.h"

int learn_embed(struct encoder *m, struct store *st, const struct samples *s,
                void (*progress)(void *arg, size_t done, size_t all), void *arg, float **ret, struct error *e) {
        float *vectors _cleanup_free_ = calloc(MAX(s->n, 1) * encoder_dimensions(m), sizeof(*vectors));
        char **texts = calloc(MAX(s->n, 1), sizeof(*texts));
        int r = vectors && texts ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < s->n; i++)
                if (!(texts[i] = sample_text(&s->items[i])))
                        r = -ENOMEM;
        if (r == 0)
                r = vectors_embed(m, st, (const char *const *) texts, s->n, 0, vectors, progress, arg, e);
        else
                error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
        for (size_t i = 0; texts && i < s->n; i++)
                free(texts[i]);
        free(texts);
        if (r == 0)
                *ret = TAKE_PTR(vectors);
        return r;
}

static int is_lines(const struct dirent *d) {
        return str_ends(d->d_name, ".jsonl");
}

int learn_read_folder(struct samples *s, const char *folder, const struct labels *labels, const struct intents *intents,
                      struct error *e) {
        struct dirent **names = NULL;
        int n = scandir(folder, &names, is_lines, alphasort), r = 0;

        if (n < 0)
                return error_set(e, -errno, ERROR_FILE_INVALID, "%s cannot be read: %s", folder, strerror(errno));
        for (int i = 0; i < n; i++) {
                char *path _cleanup_free_ = file_join(folder, names[i]->d_name);
                if (r == 0)
                        r = path ? samples_read(s, path, NULL, labels, intents, names[i]->d_name, e) : -ENOMEM;
                free(names[i]);
        }
        free(names);
        if (r == 0 && n == 0)
                return error_set(e, -ENOENT, ERROR_FILE_INVALID, "%s has no .jsonl file", folder);
        return r;
}

void learn_verdict(const struct trained *t, const struct labels *labels, size_t row, struct verdict *ret) {
        *ret = (struct verdict){.method = TRIAGE_CLASSIFIER};
        memcpy(ret->tiers, t->held_out[row].tiers, sizeof(ret->tiers));
        memcpy(ret->categories, t->held_out[row].categories, sizeof(ret->categories));
        ret->unlike = t->held_out[row].likeness < t->classifier->like_floor;
        shares_decide(labels, ret);
}

void learned_clear(struct learned *l) {
        trained_clear(&l->trained);
}

int learn(const struct triage *t, const struct samples *s, const float *vectors, const bool *seen,
          const struct train_options *o, struct learned *ret, struct error *e) {
        struct learned l _cleanup_learned_ = {0};
        struct verdict *first _cleanup_free_ = calloc(s->n + 1, sizeof(*first));
        struct train_options with = *o;

        if (!first)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
        for (size_t i = 0; i < s->n; i++)
                triage_classify_first_day(t, s->items[i].subject, s->items[i].body, vectors + i * o->dimensions,
                                          &first[i]);
        with.first_day = first;
        int r = train_classifier(s, vectors, triage_labels(t), &with, &l.trained, e);

        for (size_t i = 0; r == 0 && i < s->n; i++) {
                const struct sample *x = &s->items[i];
                struct verdict v;
                if (x->aid)
                        continue;
                learn_verdict(&l.trained, triage_labels(t), i, &v);
                measure_add(&l.all, x->tier, x->category, &v);
                if (seen && seen[i])
                        continue;
                measure_add(&l.fresh, x->tier, x->category, &v);
                triage_classify(t, x->subject, x->body, vectors + i * o->dimensions, &v);
                measure_add(&l.current, x->tier, x->category, &v);
        }
        if (r < 0)
                return r;
        l.better = l.fresh.n >= LEARN_COMPARED_MIN && measure_better(&l.fresh, &l.current);
        *ret = l;
        l = (struct learned){0};
        return 0;
}
