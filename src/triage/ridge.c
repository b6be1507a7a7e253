#include "triage/ridge.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/parallel.h"
#include "triage/cholesky.h"

// How much is asked of a row before it is believed: what noise in the labels costs against what one row can teach. A
// third of it and three times as much are within a fifth of a point (doc/quality.md).
static const double RIDGE = 0.1;
// Landmarks that are nearly the same as others make the matrix of fewer landmarks than rows singular but for this.
static const double JITTER = 1e-6;

struct ridge {
        struct ridge_rows rows;
        size_t m; // landmarks
        unsigned threads;
        double *factor; // m * m
};

struct ridge *ridge_free(struct ridge *g) {
        if (!g)
                return NULL;
        free(g->factor);
        free(g);
        return NULL;
}

static bool all_are_landmarks(const struct ridge *g) {
        return g->m == g->rows.n;
}

// The likeness of a landmark to each other; what stands in the upper half of the matrix is not read.
static void liken_landmark(void *arg, size_t i) {
        const struct ridge *g = arg;

        landmarks_liken_own(g->rows.landmarks, i, g->factor + i * g->m);
}

// ---- fewer landmarks than rows: normal equations, a block of rows at a time

struct block {
        const struct ridge *g;
        size_t from, n;
        double *likeness; // CHOLESKY_BLOCK rows of m
        double *tiles;    // as cholesky_add() takes them: a row for each landmark, a column for each row of the block
};

static void liken_row(void *arg, size_t k) {
        const struct block *b = arg;
        const struct ridge *g = b->g;
        double *like = b->likeness + k * g->m, root = sqrt(g->rows.weights[b->from + k]);

        landmarks_liken(g->rows.landmarks, g->rows.items[b->from + k], like);
        for (size_t i = 0; i < g->m; i++)
                b->tiles[(i / CHOLESKY_TILE * b->n + k) * CHOLESKY_TILE + i % CHOLESKY_TILE] = root * like[i];
}

static void block_clear(struct block *b) {
        free(b->likeness);
        free(b->tiles);
}
#define _cleanup_block_ _cleanup_(block_clear)

static int block_new(const struct ridge *g, struct block *ret) {
        *ret = (struct block){.g = g,
                              .likeness = calloc(g->m * CHOLESKY_BLOCK, sizeof(double)),
                              .tiles = calloc((g->m + CHOLESKY_TILE) * CHOLESKY_BLOCK, sizeof(double))};
        return ret->likeness && ret->tiles ? 0 : -ENOMEM;
}

static void next_block(struct block *b) {
        const struct ridge *g = b->g;

        b->from += b->n;
        b->n = MIN(g->rows.n - b->from, (size_t) CHOLESKY_BLOCK);
        // A shorter block has its tiles elsewhere, and those that no landmark fills must be 0.
        if (b->n < CHOLESKY_BLOCK)
                memset(b->tiles, 0, (g->m + CHOLESKY_TILE) * CHOLESKY_BLOCK * sizeof(*b->tiles));
        parallel_for(b->n, g->threads, liken_row, b);
}

static int add_rows(struct ridge *g) {
        struct block b _cleanup_block_ = {0};

        if (block_new(g, &b) < 0)
                return -ENOMEM;
        for (next_block(&b); b.n > 0; next_block(&b))
                cholesky_add(g->factor, g->m, b.tiles, b.n, g->threads);
        return 0;
}

static int build(struct ridge *g) {
        parallel_for(g->m, g->threads, liken_landmark, g);
        if (all_are_landmarks(g)) {
                for (size_t i = 0; i < g->m; i++)
                        g->factor[i * g->m + i] += RIDGE / g->rows.weights[i];
                return 0;
        }
        for (size_t i = 0; i < g->m; i++) {
                for (size_t j = 0; j <= i; j++)
                        g->factor[i * g->m + j] *= RIDGE;
                g->factor[i * g->m + i] += JITTER;
        }
        return add_rows(g);
}

int ridge_new(const struct ridge_rows *rows, unsigned threads, struct ridge **ret) {
        struct ridge *g _cleanup_(ridge_free_p) = calloc(1, sizeof(*g));

        if (!g)
                return -ENOMEM;
        g->rows = *rows;
        g->m = rows->landmarks->n;
        g->threads = threads;
        if (!(g->factor = calloc(g->m, g->m * sizeof(*g->factor))))
                return -ENOMEM;
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

        for (size_t i = 0; i < g->rows.n; i++)
                all += g->rows.weights[i];
        for (size_t k = 0; k < classes; k++) {
                double part = 0;
                for (size_t i = 0; i < g->rows.n; i++)
                        if (class_of[i] == k)
                                part += g->rows.weights[i];
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
        struct block b _cleanup_block_ = {0};

        if (block_new(g, &b) < 0)
                return -ENOMEM;
        for (next_block(&b); b.n > 0; next_block(&b))
                for (size_t i = 0; i < g->m; i++) {
                        const double *like = b.tiles + (i / CHOLESKY_TILE) * b.n * CHOLESKY_TILE + i % CHOLESKY_TILE;
                        double sum = 0;
                        for (size_t k = 0; k < b.n; k++) {
                                double value = sqrt(g->rows.weights[b.from + k]) * like[k * CHOLESKY_TILE];
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
        if (all_are_landmarks(g))
                aim(g, class_of, classes, constants, x);
        else
                r = aim_by_rows(g, class_of, classes, constants, x);
        if (r < 0)
                return r;
        cholesky_solve(g->factor, g->m, x, classes);
        for (size_t i = 0; i < g->m * classes; i++)
                weights[i] = (float) x[i];
        return 0;
}
