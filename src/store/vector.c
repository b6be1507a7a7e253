// Vectors of passages, by the model's version and the text's hash: a restart computes only what changed.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "store/inside.h"

enum {
        DIMENSIONS_MAX = 16384, // several times the widest model there is
        PUT_MAX = 256,          // vectors in one transaction: others wait a few milliseconds, not longer
};

static int check_dimensions(size_t dimensions, struct error *e) {
        if (dimensions == 0 || dimensions > DIMENSIONS_MAX)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "a vector has 1 to %d dimensions", DIMENSIONS_MAX);
        return 0;
}

int store_vectors_get(struct store *s, const char *model, size_t dimensions,
                      void (*fn)(void *arg, const struct vector_row *row), void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = check_dimensions(dimensions, e);

        if (r == 0)
                r = reader_take(s->readers, &rd, e);
        if (r < 0)
                return r;
        // Where SQLite has the bytes is no place for floats.
        float *values _cleanup_free_ = calloc(dimensions, sizeof(*values));
        if (!values)
                return database_error(rd.d, SQLITE_NOMEM, e);
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_VECTORS);
        query_text(&q, 1, model);
        query_int(&q, 2, (int64_t) dimensions);
        while ((r = query_step(&q, e)) > 0) {
                struct vector_row row = {.values = values};
                const char *hash = query_column_text(&q, 0);
                const void *bytes = sqlite3_column_blob(q.st, 1);
                if (!hash || !bytes || (size_t) sqlite3_column_bytes(q.st, 1) != dimensions * sizeof(*values) ||
                    !str_copy(row.hash, sizeof(row.hash), hash))
                        continue; // not ours: it is computed again and written over
                memcpy(values, bytes, dimensions * sizeof(*values));
                fn(arg, &row);
        }
        return r;
}

struct put {
        const char *model;
        size_t dimensions;
        const struct vector_row *rows;
        size_t n;
};

static int put_run(struct transaction *t, void *arg, struct error *e) {
        const struct put *a = arg;

        for (size_t i = 0; i < a->n; i++) {
                struct query q _cleanup_query_ = query_from(t->d, STATEMENT_VECTOR_PUT);
                query_text(&q, 1, a->model);
                query_text(&q, 2, a->rows[i].hash);
                query_int(&q, 3, (int64_t) a->dimensions);
                query_blob(&q, 4, a->rows[i].values, a->dimensions * sizeof(float));
                query_int(&q, 5, t->now_ms / DAY_MS);
                int r = query_run(&q, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

int store_vectors_put(struct store *s, const char *model, size_t dimensions, const struct vector_row *rows, size_t n,
                      struct error *e) {
        int r = check_dimensions(dimensions, e);

        for (size_t i = 0; r == 0 && i < n; i += PUT_MAX) {
                struct put a = {.model = model,
                                .dimensions = dimensions,
                                .rows = rows + i,
                                .n = MIN(n - i, (size_t) PUT_MAX)};
                r = writer_run(s->writer, put_run, &a, e);
        }
        return r;
}

static int used_run(struct transaction *t, void *arg, struct error *e) {
        const struct put *a = arg;

        for (size_t i = 0; i < a->n; i++) {
                struct query q _cleanup_query_ = query_from(t->d, STATEMENT_VECTOR_USED);
                query_text(&q, 1, a->model);
                query_text(&q, 2, a->rows[i].hash);
                query_int(&q, 3, t->now_ms / DAY_MS);
                int r = query_run(&q, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

int store_vectors_used(struct store *s, const char *model, const struct vector_row *rows, size_t n, struct error *e) {
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i += PUT_MAX) {
                struct put a = {.model = model, .rows = rows + i, .n = MIN(n - i, (size_t) PUT_MAX)};
                r = writer_run(s->writer, used_run, &a, e);
        }
        return r;
}
