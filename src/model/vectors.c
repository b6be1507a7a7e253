#include "model/vectors.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/parallel.h"

enum {
        BLOCK = 64, // texts between two writes to the store: what a crash may cost, well under a second's work
        UNIT_TOLERANCE_PPM = 1000, // a stored vector whose length is further from 1 was damaged
        WORTH_SAYING = 256,        // texts that take so long that somebody who starts the program would wonder
};

// One text among all; equal ones stand next to each other once sorted.
struct item {
        char hash[DIGEST_HEX_SIZE];
        const char *text;
        size_t index, length;
        bool known;
};

struct batch {
        struct encoder *m;
        struct store *store; // NULL: none, or it failed
        size_t dimensions;
        float *out;
        struct item *items; // n of them, by hash
        size_t n;

        struct item **missing; // by length, longest first: what is long is not left for the end
        size_t missing_n;

        size_t start; // of the block that is worked on
        atomic_bool failed;
        int r; // of the first that failed, and its words
        struct error e;
};

static float *vector_of(const struct batch *b, const struct item *it) {
        return b->out + it->index * b->dimensions;
}

// ---- what is there already

static int by_hash(const void *x, const void *y) {
        const struct item *a = x, *b = y;
        int order = strcmp(a->hash, b->hash);

        return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int by_length(const void *x, const void *y) {
        const struct item *a = *(struct item *const *) x, *b = *(struct item *const *) y;

        return a->length != b->length ? (a->length < b->length) - (a->length > b->length)
                                      : (a->index > b->index) - (a->index < b->index);
}

static int make_items(struct batch *b, const char *const *texts, struct error *e) {
        b->items = calloc(MAX(b->n, (size_t) 1), sizeof(*b->items));
        b->missing = calloc(MAX(b->n, (size_t) 1), sizeof(struct item *));
        if (!b->items || !b->missing)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %zu vectors", b->n);
        for (size_t i = 0; i < b->n; i++) {
                struct item *it = &b->items[i];

                *it = (struct item){.text = texts[i], .index = i, .length = strlen(texts[i])};
                if (digest_sha256_hex(it->text, it->length, it->hash) < 0)
                        return error_set(e, -EIO, ERROR_INTERNAL, "no SHA-256 could be made of a text");
        }
        qsort(b->items, b->n, sizeof(*b->items), by_hash);
        return 0;
}

// The first item with this hash, or NULL.
static struct item *find(const struct batch *b, const char *hash) {
        size_t low = 0, high = b->n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(b->items[middle].hash, hash) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < b->n && strcmp(b->items[low].hash, hash) == 0 ? &b->items[low] : NULL;
}

static void take_known(void *arg, const struct vector_row *row) {
        struct batch *b = arg;
        struct item *it = find(b, row->hash);
        float square;

        if (!it)
                return;
        square = vector_dot(row->values, row->values, b->dimensions);
        if (!(fabsf(square - 1) < UNIT_TOLERANCE_PPM / 1e6f)) // also true of what is no number
                return;
        memcpy(vector_of(b, it), row->values, b->dimensions * sizeof(float));
        it->known = true;
}

static void store_failed(struct batch *b, const char *what, const struct error *e) {
        log_warning("vectors cannot be %s, they are computed again next time: %s", what, e->message);
        b->store = NULL;
}

// What is not used is thrown away one day.
static void mark_used(struct batch *b) {
        struct vector_row rows[BLOCK];
        struct error e = ERROR_INIT;
        size_t n = 0;

        for (size_t i = 0; b->store && i < b->n; i++) {
                if (b->items[i].known)
                        memcpy(rows[n++].hash, b->items[i].hash, sizeof(rows[0].hash));
                if (n > 0 && (n == BLOCK || i + 1 == b->n)) {
                        if (store_vectors_used(b->store, encoder_version(b->m), rows, n, &e) < 0)
                                store_failed(b, "marked as used", &e);
                        n = 0;
                }
        }
}

static void load_known(struct batch *b) {
        struct error e = ERROR_INIT;

        if (b->store && store_vectors_get(b->store, encoder_version(b->m), b->dimensions, take_known, b, &e) < 0)
                store_failed(b, "read", &e);
        mark_used(b);
        for (size_t i = 0; i < b->n; i++)
                if (!b->items[i].known && (i == 0 || strcmp(b->items[i].hash, b->items[i - 1].hash) != 0))
                        b->missing[b->missing_n++] = &b->items[i];
        qsort(b->missing, b->missing_n, sizeof(struct item *), by_length);
}

// ---- what is missing

static void embed_one(void *arg, size_t i) {
        struct batch *b = arg;
        const struct item *it = b->missing[b->start + i];
        struct error e = ERROR_INIT;

        if (atomic_load(&b->failed))
                return;
        int r = encoder_embed(b->m, it->text, vector_of(b, it), &e);
        if (r == 0 || atomic_exchange(&b->failed, true))
                return;
        b->r = r;
        b->e = e;
        (void) error_prefix(&b->e, r, "text %zu of %zu", it->index + 1, b->n);
}

static void store_block(struct batch *b, size_t start, size_t end) {
        struct vector_row rows[BLOCK];
        struct error e = ERROR_INIT;

        if (!b->store)
                return;
        for (size_t i = start; i < end; i++) {
                memcpy(rows[i - start].hash, b->missing[i]->hash, sizeof(rows[0].hash));
                rows[i - start].values = vector_of(b, b->missing[i]);
        }
        if (store_vectors_put(b->store, encoder_version(b->m), b->dimensions, rows, end - start, &e) < 0)
                store_failed(b, "stored", &e);
}

static int embed_missing(struct batch *b, unsigned threads, void (*progress)(void *arg, size_t done, size_t all),
                         void *arg, struct error *e) {
        if (threads == 0)
                threads = parallel_processors();
        if (b->missing_n >= WORTH_SAYING)
                log_info("embedding %zu texts for the first time, which takes some seconds", b->missing_n);
        for (size_t start = 0; start < b->missing_n; start += BLOCK) {
                size_t end = MIN(start + BLOCK, b->missing_n);

                if (progress)
                        progress(arg, b->n - (b->missing_n - start), b->n);
                b->start = start;
                parallel_for(end - start, threads, embed_one, b);
                if (b->r < 0) {
                        if (e)
                                *e = b->e;
                        return b->r;
                }
                store_block(b, start, end);
        }
        if (progress && b->missing_n > 0)
                progress(arg, b->n, b->n);
        return 0;
}

// Equal texts were embedded once.
static void copy_to_equals(struct batch *b) {
        const struct item *first = b->items;

        for (size_t i = 1; i < b->n; i++) {
                if (strcmp(b->items[i].hash, first->hash) == 0)
                        memcpy(vector_of(b, &b->items[i]), vector_of(b, first), b->dimensions * sizeof(float));
                else
                        first = &b->items[i];
        }
}

int vectors_embed(struct encoder *m, struct store *s, const char *const *texts, size_t n, unsigned threads, float *out,
                  void (*progress)(void *arg, size_t done, size_t all), void *arg, struct error *e) {
        struct batch b = {.m = m, .store = s, .dimensions = encoder_dimensions(m), .out = out, .n = n};
        int r;

        r = make_items(&b, texts, e);
        if (r == 0) {
                load_known(&b);
                r = embed_missing(&b, threads, progress, arg, e);
        }
        if (r == 0)
                copy_to_equals(&b);
        free(b.items);
        free(b.missing);
        return r;
}

int vectors_background(struct encoder *m, struct store *s, double *ret, struct error *e) {
        // About nothing that two of them share, and as long as what people write to a help desk.
        static const char *const everyday[] = {
                        "The soup needs a little more salt.",
                        "My brother plays the trumpet in a brass band.",
                        "How do I reset the password of my account?",
                        "The train to the coast leaves at half past seven.",
                        "Bees fly up to five kilometres to find flowers.",
                        "Please send the invoice to our accounting department.",
                        "She painted the kitchen wall dark green.",
                        "The volcano last erupted three hundred years ago.",
                        "I lost my umbrella in the cinema yesterday.",
                        "Our team won the match in the final minute.",
                        "The printer on the second floor is out of paper.",
                        "A new bridge is being built across the river.",
                        "He takes two tablets against his headache.",
                        "The museum is closed on Mondays.",
                        "Can the dog stay with you over the weekend?",
                        "Wheat prices fell after a good harvest.",
        };
        enum { N = ARRAY_LEN(everyday) };
        size_t dimensions = encoder_dimensions(m);
        float *v _cleanup_free_ = calloc(N * dimensions, sizeof(*v));
        double sum = 0;
        int r;

        if (!v)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %d vectors", N);
        r = vectors_embed(m, s, everyday, N, 1, v, NULL, NULL, e);
        if (r < 0)
                return r;
        for (size_t i = 0; i < N; i++)
                for (size_t k = 0; k < i; k++)
                        sum += (double) vector_dot(v + i * dimensions, v + k * dimensions, dimensions);
        *ret = 2 * sum / (N * (N - 1));
        return 0;
}
