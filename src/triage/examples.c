#include "triage/examples.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"
#include "model/vectors.h"

enum {
        EXAMPLES_MAX = 10000,    // each ticket is compared with all of them: 10,000 take about 2 ms
        EXAMPLE_SIZE_MAX = 1000, // bytes; models read about as much
        CENTRE_MIN = 16,         // lines; the mean of fewer is about them, not about help desks
};
static const double LENGTH_MIN = 1e-6; // of a vector that still has a direction

struct examples *examples_free(struct examples *x) {
        if (!x)
                return NULL;
        for (size_t i = 0; i < x->n; i++)
                free(x->items[i].text);
        free(x->items);
        free(x->mean);
        free(x->vectors);
        free(x);
        return NULL;
}

struct reader {
        struct examples *x;
        const struct labels *labels;
};

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        const struct reader *reader = arg;
        struct examples *x = reader->x;
        struct example item = {0};
        int r = labels_read_tier(rows, f[0], &item.tier, e);

        if (r == 0)
                r = labels_read_category(reader->labels, rows, f[1], &item.category, e);
        if (r < 0)
                return r;
        if (strlen(f[2]) > EXAMPLE_SIZE_MAX)
                return rows_error(rows, e, "an example has at most %d bytes", EXAMPLE_SIZE_MAX);
        if (x->n == EXAMPLES_MAX)
                return rows_error(rows, e, "there can be at most %d examples", EXAMPLES_MAX);
        r = memory_grow((void **) &x->items, &x->cap, x->n + 1, sizeof(*x->items));
        if (r < 0 || !(item.text = str_dup(f[2])))
                return -ENOMEM;
        x->items[x->n++] = item;
        x->covered[item.category] = true;
        return 0;
}

int examples_load(const char *path, const struct labels *labels, struct examples **ret, struct error *e) {
        struct examples *x _cleanup_(examples_free_p) = calloc(1, sizeof(*x));

        if (!x)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the examples");
        int r = rows_read(path, 3, "the examples", add_row, &(struct reader){x, labels}, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(x);
        return 0;
}

int examples_place(const struct examples *x, const float *v, float *out) {
        double sum = 0;

        for (size_t i = 0; i < x->dimensions; i++) {
                out[i] = v[i] - x->mean[i];
                sum += (double) out[i] * out[i];
        }
        double length = sqrt(sum);
        if (!isfinite(length) || length < LENGTH_MIN)
                return -ERANGE;
        for (size_t i = 0; i < x->dimensions; i++)
                out[i] = (float) (out[i] / length);
        return 0;
}

static void take_mean(struct examples *x) {
        if (x->n < CENTRE_MIN)
                return;
        for (size_t d = 0; d < x->dimensions; d++) {
                double sum = 0;
                for (size_t i = 0; i < x->n; i++)
                        sum += x->vectors[i * x->dimensions + d];
                x->mean[d] = (float) (sum / (double) x->n);
        }
}

int examples_embed(struct examples *x, struct encoder *m, struct store *s, struct error *e) {
        size_t dimensions = encoder_dimensions(m);
        const char **texts _cleanup_free_ = calloc(MAX(x->n, 1), sizeof(*texts));
        float *vectors _cleanup_free_ = calloc(MAX(x->n, 1) * dimensions, sizeof(*vectors));
        float *mean _cleanup_free_ = calloc(dimensions, sizeof(*mean));

        if (!texts || !vectors || !mean)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the examples");
        for (size_t i = 0; i < x->n; i++)
                texts[i] = x->items[i].text;
        int r = vectors_embed(m, s, texts, x->n, 0, vectors, NULL, NULL, e);
        if (r < 0)
                return r;
        x->vectors = TAKE_PTR(vectors);
        x->mean = TAKE_PTR(mean);
        x->dimensions = dimensions;
        take_mean(x);
        // A line that is the mean itself has no direction: it becomes a vector of zeros, which is like no ticket.
        for (size_t i = 0; i < x->n; i++)
                if (examples_place(x, x->vectors + i * dimensions, x->vectors + i * dimensions) < 0)
                        memset(x->vectors + i * dimensions, 0, dimensions * sizeof(*x->vectors));
        return 0;
}
