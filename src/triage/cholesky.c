#include "triage/cholesky.h"

#include <errno.h>
#include <math.h>

#include "base/parallel.h"

enum { TILE = CHOLESKY_TILE, BLOCK = CHOLESKY_BLOCK };

// Four rows by four columns fit into the registers of every processor with vectors.
typedef double quad __attribute__((vector_size(TILE * sizeof(double)), aligned(sizeof(double))));

struct update {
        double *a;
        size_t stride, n, k;
        const double *p;
        double sign;
};

static void update_tile(const struct update *u, size_t row, size_t column) {
        const double *x = u->p + row * u->k * TILE, *y = u->p + column * u->k * TILE;
        quad sums[TILE] = {0};

        for (size_t k = 0; k < u->k; k++, x += TILE, y += TILE) {
                quad v = *(const quad *) (const void *) y;
                for (size_t i = 0; i < TILE; i++)
                        sums[i] += x[i] * v;
        }
        for (size_t i = 0; i < TILE && row * TILE + i < u->n; i++)
                for (size_t j = 0; j < TILE && column * TILE + j <= row * TILE + i; j++)
                        u->a[(row * TILE + i) * u->stride + column * TILE + j] += u->sign * sums[i][j];
}

static void update_row(void *arg, size_t row) {
        const struct update *u = arg;

        // The longest rows first, so that no thread is left with one at the end.
        row = (u->n - 1) / TILE - row;
        for (size_t column = 0; column <= row; column++)
                update_tile(u, row, column);
}

static void update(struct update *u, unsigned threads) {
        parallel_for((u->n + TILE - 1) / TILE, threads, update_row, u);
}

void cholesky_add(double *a, size_t n, const double *p, size_t k, unsigned threads) {
        struct update u = {.a = a, .stride = n, .n = n, .k = k, .p = p, .sign = 1};

        update(&u, threads);
}

// ---- factoring: a block of columns, then what is right of it

struct factoring {
        double *a;
        size_t n, from, width; // the block's first column, and how many
        double *tiles;         // the block's rows below its triangle
};

static double dot(const double *a, const double *b, size_t n) {
        double sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += a[i] * b[i];
        return sum;
}

static int factor_triangle(const struct factoring *f) {
        for (size_t i = 0; i < f->width; i++) {
                double *row = f->a + (f->from + i) * f->n + f->from;
                for (size_t j = 0; j <= i; j++) {
                        const double *other = f->a + (f->from + j) * f->n + f->from;
                        double rest = row[j] - dot(row, other, j);
                        if (j < i)
                                row[j] = rest / other[j];
                        else if (rest > 0 && isfinite(rest))
                                row[j] = sqrt(rest);
                        else
                                return -EDOM;
                }
        }
        return 0;
}

static void factor_tile(void *arg, size_t tile) {
        const struct factoring *f = arg;
        size_t first = f->from + f->width + tile * TILE;
        double *out = f->tiles + tile * f->width * TILE;

        for (size_t i = 0; i < TILE; i++) {
                double *row = first + i < f->n ? f->a + (first + i) * f->n + f->from : NULL;
                for (size_t j = 0; j < f->width; j++) {
                        const double *other = f->a + (f->from + j) * f->n + f->from;
                        if (row)
                                row[j] = (row[j] - dot(row, other, j)) / other[j];
                        out[j * TILE + i] = row ? row[j] : 0;
                }
        }
}

int cholesky_factor(double *a, size_t n, unsigned threads) {
        double *tiles _cleanup_free_ = calloc((n + TILE) * BLOCK, sizeof(*tiles));

        if (!tiles)
                return -ENOMEM;
        for (size_t from = 0; from < n; from += BLOCK) {
                struct factoring f = {
                                .a = a, .n = n, .from = from, .width = MIN(n - from, (size_t) BLOCK), .tiles = tiles};
                size_t first = from + f.width;
                if (factor_triangle(&f) < 0)
                        return -EDOM;
                parallel_for((n - first + TILE - 1) / TILE, threads, factor_tile, &f);
                if (first == n)
                        break;
                struct update rest = {.a = a + first * n + first,
                                      .stride = n,
                                      .n = n - first,
                                      .k = f.width,
                                      .p = tiles,
                                      .sign = -1};
                update(&rest, threads);
        }
        return 0;
}

void cholesky_solve(const double *l, size_t n, double *b, size_t columns) {
        for (size_t i = 0; i < n; i++) {
                double *row = b + i * columns;
                for (size_t j = 0; j < i; j++)
                        for (size_t k = 0; k < columns; k++)
                                row[k] -= l[i * n + j] * b[j * columns + k];
                for (size_t k = 0; k < columns; k++)
                        row[k] /= l[i * n + i];
        }
        for (size_t i = n; i-- > 0;) {
                double *row = b + i * columns;
                for (size_t k = 0; k < columns; k++)
                        row[k] /= l[i * n + i];
                for (size_t j = 0; j < i; j++)
                        for (size_t k = 0; k < columns; k++)
                                b[j * columns + k] -= l[i * n + j] * row[k];
        }
}
