#include "triage/mapping.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "triage/rows.h"

enum { MAPPING_ROWS_MAX = 10000 };

struct pair {
        enum mapping_kind kind;
        char *from, *to;
};

struct mapping {
        struct pair *items;
        size_t n, cap;
};

static const char *const kinds[MAPPING_COUNT_] = {
                [MAPPING_COLUMN] = "column",
                [MAPPING_TIER] = "tier",
                [MAPPING_CATEGORY] = "category",
                [MAPPING_INTENT] = "intent",
};

struct mapping *mapping_free(struct mapping *m) {
        if (!m)
                return NULL;
        for (size_t i = 0; i < m->n; i++) {
                free(m->items[i].from);
                free(m->items[i].to);
        }
        free(m->items);
        free(m);
        return NULL;
}

static int add_row(struct mapping *m, const struct rows *rows, const char **f, struct error *e) {
        struct pair p = {.kind = MAPPING_COUNT_};

        for (enum mapping_kind k = MAPPING_COLUMN; k < MAPPING_COUNT_; k++)
                if (str_eq(f[0], kinds[k]))
                        p.kind = k;
        if (p.kind == MAPPING_COUNT_)
                return rows_error(rows, e, "\"%s\" is not column, tier, category or intent", f[0]);
        if (m->n == MAPPING_ROWS_MAX)
                return rows_error(rows, e, "there can be at most %d rows", MAPPING_ROWS_MAX);
        if (memory_grow((void **) &m->items, &m->cap, m->n + 1, sizeof(*m->items)) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the mapping");
        p.from = str_dup(f[1]);
        p.to = str_dup(f[2]);
        m->items[m->n++] = p;
        return p.from && p.to ? 0 : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the mapping");
}

int mapping_read(const char *path, struct mapping **ret, struct error *e) {
        struct mapping *m _cleanup_(mapping_free_p) = calloc(1, sizeof(*m));
        struct rows rows _cleanup_rows_ = {0};
        const char *f[3];

        if (!m)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the mapping");
        int r = rows_open(path, &rows, e);
        while (r >= 0 && (r = rows_next(&rows, ARRAY_LEN(f), f, e)) > 0)
                r = add_row(m, &rows, f, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

const char *mapping_get(const struct mapping *m, enum mapping_kind kind, const char *from) {
        for (size_t i = 0; m && i < m->n; i++)
                if (m->items[i].kind == kind && str_ieq(m->items[i].from, from))
                        return m->items[i].to;
        return from;
}
