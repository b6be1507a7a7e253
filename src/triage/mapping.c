#include "triage/mapping.h"

#include <errno.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"

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

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        struct mapping *m = arg;
        struct pair p = {.kind = MAPPING_COUNT_};

        for (enum mapping_kind k = MAPPING_COLUMN; k < MAPPING_COUNT_; k++)
                if (str_eq(f[0], kinds[k]))
                        p.kind = k;
        if (p.kind == MAPPING_COUNT_)
                return rows_error(rows, e, "\"%s\" is not column, tier, category or intent", f[0]);
        if (m->n == MAPPING_ROWS_MAX)
                return rows_error(rows, e, "there can be at most %d rows", MAPPING_ROWS_MAX);
        if (memory_grow((void **) &m->items, &m->cap, m->n + 1, sizeof(*m->items)) < 0)
                return -ENOMEM;
        p.from = str_dup(f[1]);
        p.to = str_dup(f[2]);
        m->items[m->n++] = p;
        return p.from && p.to ? 0 : -ENOMEM;
}

int mapping_read(const char *path, struct mapping **ret, struct error *e) {
        struct mapping *m _cleanup_(mapping_free_p) = calloc(1, sizeof(*m));

        if (!m)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the mapping");
        int r = rows_read(path, 3, "the mapping", add_row, m, e);
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

bool mapping_is_tier(void *arg _unused_, const char *word) {
        enum tier tier;

        return tier_parse(word, &tier) == 0;
}

// The next of a cell's values, without space around it; false at the end.
static bool next_part(const char **at, char ret[MAPPING_WORD_SIZE]) {
        static const char between[] = ",\n";
        size_t n;

        *at += strspn(*at, ",\n ");
        n = strcspn(*at, between);
        if (n == 0)
                return false;
        size_t kept = MIN(n, (size_t) MAPPING_WORD_SIZE - 1);
        memcpy(ret, *at, kept);
        ret[kept] = '\0';
        while (kept > 0 && ret[kept - 1] == ' ')
                ret[--kept] = '\0';
        *at += n;
        return true;
}

void mapping_word(const struct mapping *m, enum mapping_kind kind, const char *cell,
                  bool (*is_ours)(void *arg, const char *word), void *arg, char ret[MAPPING_WORD_SIZE]) {
        const char *whole = mapping_get(m, kind, cell), *at = cell;
        char part[MAPPING_WORD_SIZE], ours[MAPPING_WORD_SIZE] = "";

        str_copy(ret, MAPPING_WORD_SIZE, whole);
        if (whole != cell || !strpbrk(cell, ",\n"))
                return;
        while (next_part(&at, part)) {
                const char *to = mapping_get(m, kind, part);
                if (to != part) {
                        str_copy(ret, MAPPING_WORD_SIZE, to);
                        return;
                }
                if (!*ours && is_ours(arg, part))
                        str_copy(ours, sizeof(ours), part);
        }
        if (*ours)
                str_copy(ret, MAPPING_WORD_SIZE, ours);
}
