#include "knowledge/embed.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "model/vectors.h"

enum { BATCH = 512 }; // texts between two looks at whether to stop: some seconds of work

struct batch {
        size_t ids[BATCH];
        char *texts[BATCH];
        size_t n;
        size_t done, all; // before this batch, and of all of them
        const struct index_parts *parts;
};

static const float *vector_before(const struct index *old, const struct text *text) {
        size_t low = 0, high = old->n_texts;

        while (low < high) {
                size_t middle = low + (high - low) / 2, i = old->by_hash[middle];
                int c = memcmp(text->hash, old->texts[i].hash, DIGEST_SIZE);
                if (c == 0)
                        return old->vectors + i * old->dimensions;
                if (c < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}

static void batch_free(struct batch *b) {
        for (size_t i = 0; b && i < b->n; i++)
                free(b->texts[i]);
        free(b);
}

static inline void batch_free_p(struct batch **b) {
        batch_free(*b);
}

static void on_progress(void *arg, size_t done, size_t all) {
        struct batch *b = arg;

        (void) all;
        if (b->parts->progress)
                b->parts->progress(b->parts->arg, b->done + done, b->all);
}

static int run_batch(struct index *x, struct batch *b, struct error *e) {
        float *out _cleanup_free_ = calloc(MAX(b->n, (size_t) 1) * x->dimensions, sizeof(*out));
        int r = out ? 0 : -ENOMEM;

        if (r == 0 && b->parts->stop && __atomic_load_n(b->parts->stop, __ATOMIC_RELAXED))
                r = -ECANCELED;
        if (r == 0)
                r = vectors_embed(b->parts->encoder, b->parts->store, (const char *const *) b->texts, b->n, 0, out,
                                  on_progress, b, e);
        for (size_t i = 0; i < b->n; i++) {
                if (r == 0)
                        memcpy(x->vectors + b->ids[i] * x->dimensions, out + i * x->dimensions,
                               x->dimensions * sizeof(*out));
                free(b->texts[i]);
        }
        b->done += b->n;
        b->n = 0;
        return r;
}

// Texts that `old` has get its vector; *missing, one for each, says which are left.
static size_t take_known(struct index *x, const struct index *old, bool *missing) {
        bool usable = old && old->vectors && old->dimensions == x->dimensions;
        size_t left = 0;

        for (size_t i = 0; i < x->n_texts; i++) {
                const float *v = usable ? vector_before(old, &x->texts[i]) : NULL;
                if (v)
                        memcpy(x->vectors + i * x->dimensions, v, x->dimensions * sizeof(*v));
                missing[i] = !v;
                left += !v;
        }
        return left;
}

static int embed_missing(struct index *x, const struct index_parts *parts, const bool *missing, size_t all,
                         struct error *e) {
        struct batch *b _cleanup_(batch_free_p) = calloc(1, sizeof(*b));
        int r = b ? 0 : -ENOMEM;

        if (r < 0)
                return r;
        b->parts = parts;
        b->all = all;
        for (size_t i = 0; i < x->n_texts && r == 0; i++) {
                if (!missing[i])
                        continue;
                b->ids[b->n] = i;
                b->texts[b->n] = index_text(x, i);
                r = b->texts[b->n] ? 0 : -ENOMEM;
                b->n++;
                if (r == 0 && b->n == BATCH)
                        r = run_batch(x, b, e);
        }
        return r == 0 && b->n > 0 ? run_batch(x, b, e) : r;
}

int embed_texts(struct index *x, const struct index_parts *parts, const struct index *old, struct error *e) {
        bool *missing _cleanup_free_ = calloc(MAX(x->n_texts, (size_t) 1), sizeof(*missing));

        x->dimensions = encoder_dimensions(parts->encoder);
        x->vectors = calloc(MAX(x->n_texts, (size_t) 1) * x->dimensions, sizeof(*x->vectors));
        if (!missing || !x->vectors)
                return -ENOMEM;
        int r = 0;
        if (old && old->vectors)
                x->background = old->background;
        else
                r = vectors_background(parts->encoder, parts->store, &x->background, e);
        if (r == 0) {
                size_t left = take_known(x, old, missing);
                if (left > 0)
                        r = embed_missing(x, parts, missing, left, e);
        }
        if (r == 0 || r == -ECANCELED || r == -ENOMEM)
                return r;
        log_warning("knowledge: the passages cannot be embedded (%s): search goes by keywords",
                    e ? e->message : strerror(-r));
        free(x->vectors);
        x->vectors = NULL;
        return 0;
}
