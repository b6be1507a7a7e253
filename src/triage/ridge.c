#include "triage/ridge.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "triage/cholesky.h"
#include "triage/kernel.h"

// How much is asked of a row before it is believed: what noise in the labels costs against what one row can teach. A
// third of it and three times as much are within a fifth of a point (doc/quality.md).
static const double RIDGE = 0.1;
// Landmarks that are nearly the same as others make the matrix of fewer landmarks than rows singular but for this.
static const double JITTER = 1e-6;

struct ridge {
        size_t n, d, m; // rows, their values, landmarks
        unsigned threads;
        double *row_weights; // n
        int8_t *quantised;   // m * d
        float *units;        // m * d: the landmarks
        float *rows;         // n * d; NULL: the landmarks are all rows there are
        double *factor;      // m * m
};

struct ridge *ridge_free(struct ridge *g) {
        if (!g)
                return NULL;
        free(g->row_weights);
        free(g->quantised);
        free(g->units);
        free(g->rows);
        free(g->factor);
        free(g);
        return NULL;
}

size_t ridge_landmarks_of(size_t n, size_t max) {
        return MIN(n, max);
}

const int8_t *ridge_landmarks(const struct ridge *g) {
        return g->quantised;
}

// Evenly among the rows, whatever their order: a file is often sorted by kind or by time.
static size_t landmark_row(const struct ridge *g, size_t i) {
        return i * g->n / g->m;
}

static const float *row_of(const struct ridge *g, size_t i) {
        return (g->rows ? g->rows : g->units) + i * g->d;
}

// The likeness of landmarks to each other, a row of the lower half.
static void liken_landmark(void *arg, size_t i) {
        const struct ridge *g = arg;

        for (size_t j = 0; j <= i; j++)
                g->factor[i * g->m + j] = kernel(g->units + i * g->d, g->units + j * g->d, g->d);
}

// ---- fewer landmarks than rows: normal equations, a block of rows at a time

struct block {
        const struct ridge *g;
        size_t from, n;
        double *tiles; // as cholesky_add() takes them: a row for each landmark, a column for each row of the block
};

static void liken_tile(void *arg, size_t tile) {
        const struct block *b = arg;
        const struct ridge *g = b->g;

        for (size_t k = 0; k < b->n; k++)
                for (size_t i = 0; i < CHOLESKY_TILE; i++) {
                        size_t landmark = tile * CHOLESKY_TILE + i, row = b->from + k;
                        b->tiles[(tile * b->n + k) * CHOLESKY_TILE + i] =
                                        landmark >= g->m ? 0
                                                         : sqrt(g->row_weights[row]) *
                                                                           kernel(row_of(g, row),
                                                                                  g->units + landmark * g->d, g->d);
                }
}

static double *tiles_for(const struct ridge *g) {
        return calloc((g->m + CHOLESKY_TILE) * CHOLESKY_BLOCK, sizeof(double));
}

static void next_block(struct block *b) {
        b->from += b->n;
        b->n = MIN(b->g->n - b->from, (size_t) CHOLESKY_BLOCK);
        parallel_for((b->g->m + CHOLESKY_TILE - 1) / CHOLESKY_TILE, b->g->threads, liken_tile, b);
}

static int add_rows(struct ridge *g) {
        double *tiles _cleanup_free_ = tiles_for(g);
        struct block b = {.g = g, .tiles = tiles};

        if (!tiles)
                return -ENOMEM;
        for (next_block(&b); b.n > 0; next_block(&b))
                cholesky_add(g->factor, g->m, b.tiles, b.n, g->threads);
        return 0;
}

static int build(struct ridge *g) {
        parallel_for(g->m, g->threads, liken_landmark, g);
        if (!g->rows) {
                for (size_t i = 0; i < g->m; i++)
                        g->factor[i * g->m + i] += RIDGE / g->row_weights[i];
                return 0;
        }
        for (size_t i = 0; i < g->m; i++) {
                for (size_t j = 0; j <= i; j++)
                        g->factor[i * g->m + j] *= RIDGE;
                g->factor[i * g->m + i] += JITTER;
        }
        return add_rows(g);
}

int ridge_new(const struct ridge_rows *rows, size_t landmarks_max, unsigned threads, struct ridge **ret) {
        struct ridge *g _cleanup_(ridge_free_p) = calloc(1, sizeof(*g));

        if (!g)
                return -ENOMEM;
        g->n = rows->n;
        g->d = rows->d;
        g->m = ridge_landmarks_of(rows->n, landmarks_max);
        g->threads = threads;
        g->row_weights = calloc(g->n, sizeof(*g->row_weights));
        g->quantised = calloc(g->m, g->d);
        g->units = calloc(g->m * g->d, sizeof(*g->units));
        g->factor = calloc(g->m, g->m * sizeof(*g->factor));
        if (g->m < g->n && !(g->rows = calloc(g->n * g->d, sizeof(*g->rows))))
                return -ENOMEM;
        if (!g->row_weights || !g->quantised || !g->units || !g->factor)
                return -ENOMEM;
        memcpy(g->row_weights, rows->weights, g->n * sizeof(*g->row_weights));
        for (size_t i = 0; g->rows && i < g->n; i++)
                memcpy(g->rows + i * g->d, rows->vectors[i], g->d * sizeof(*g->rows));
        for (size_t i = 0; i < g->m; i++) {
                kernel_quantise(rows->vectors[landmark_row(g, i)], g->d, g->quantised + i * g->d);
                kernel_unit(g->quantised + i * g->d, g->d, g->units + i * g->d);
        }
        int r = build(g);
        if (r == 0)
                r = cholesky_factor(g->factor, g->m, threads);
        if (r == 0)
                *ret = TAKE_PTR(g);
        return r;
}

// ---- learning

// The part of each class among the rows, as they are weighed: what is guessed of a ticket that is like nothing.
static void find_constants(const struct ridge *g, const uint32_t *class_of, size_t classes, float *constants) {
        double all = 0;

        for (size_t i = 0; i < g->n; i++)
                all += g->row_weights[i];
        for (size_t k = 0; k < classes; k++) {
                double part = 0;
                for (size_t i = 0; i < g->n; i++)
                        if (class_of[i] == k)
                                part += g->row_weights[i];
                constants[k] = (float) (part / all);
        }
}

static void aim(const struct ridge *g, const uint32_t *class_of, size_t classes, const float *constants, double *ret) {
        for (size_t i = 0; i < g->m; i++)
                for (size_t k = 0; k < classes; k++)
                        ret[i * classes + k] = (class_of[i] == k) - (double) constants[k];
}

static int aim_by_rows(const struct ridge *g, const uint32_t *class_of, size_t classes, const float *constants,
                       double *ret) {
        double *tiles _cleanup_free_ = tiles_for(g);
        struct block b = {.g = g, .tiles = tiles};

        if (!tiles)
                return -ENOMEM;
        for (next_block(&b); b.n > 0; next_block(&b))
                for (size_t i = 0; i < g->m; i++) {
                        const double *like = b.tiles + (i / CHOLESKY_TILE) * b.n * CHOLESKY_TILE + i % CHOLESKY_TILE;
                        double sum = 0;
                        for (size_t k = 0; k < b.n; k++) {
                                double value = sqrt(g->row_weights[b.from + k]) * like[k * CHOLESKY_TILE];
                                ret[i * classes + class_of[b.from + k]] += value;
                                sum += value;
                        }
                        for (size_t k = 0; k < classes; k++)
                                ret[i * classes + k] -= (double) constants[k] * sum;
                }
        return 0;
}

int ridge_learn(const struct ridge *g, const uint32_t *class_of, size_t classes, float *weights, float *constants) {
        double *x _cleanup_free_ = calloc(g->m * classes, sizeof(*x));
        int r = 0;

        if (!x)
                return -ENOMEM;
        find_constants(g, class_of, classes, constants);
        if (g->rows)
                r = aim_by_rows(g, class_of, classes, constants, x);
        else
                aim(g, class_of, classes, constants, x);
        if (r < 0)
                return r;
        cholesky_solve(g->factor, g->m, x, classes);
        for (size_t i = 0; i < g->m * classes; i++)
                weights[i] = (float) x[i];
        return 0;
}
