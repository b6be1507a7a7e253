#include "triage/mapping.h"

#include <errno.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"

enum { MAPPING_ROWS_MAX = 10000 };

struct pair {
        enum mapping_kind kind;
        int line;
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

static const struct {
        const char *name;
        enum ticket_column column;
} columns[] = {
                {"subject", TICKET_SUBJECT},   {"description", TICKET_DESCRIPTION},
                {"body", TICKET_DESCRIPTION},  {"text", TICKET_DESCRIPTION},
                {"tier", TICKET_TIER},         {"category", TICKET_CATEGORY},
                {"intent", TICKET_INTENT},     {"label", TICKET_INTENT},
                {"group", TICKET_GROUP},       {"answer", TICKET_ANSWER},
                {"reply", TICKET_ANSWER},      {"article", TICKET_ARTICLE},
                {"language", TICKET_LANGUAGE},
};

enum ticket_column mapping_column(const char *name) {
        for (size_t i = 0; i < ARRAY_LEN(columns); i++)
                if (str_ieq(name, columns[i].name))
                        return columns[i].column;
        return TICKET_COLUMNS_;
}

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

struct reader {
        struct mapping *m;
        const struct labels *labels;
        const struct intents *intents;
};

static int check_value(const struct reader *reader, const struct rows *rows, enum mapping_kind kind, const char *to,
                       struct error *e) {
        enum tier tier;
        int category;

        switch (kind) {
        case MAPPING_COLUMN:
                return mapping_column(to) != TICKET_COLUMNS_
                                       ? 0
                                       : rows_error(rows, e,
                                                    "\"%s\" is not a column: subject, description, tier, category, "
                                                    "intent, group, answer, article or language",
                                                    to);
        case MAPPING_TIER:
                return labels_read_tier(rows, to, &tier, e);
        case MAPPING_CATEGORY:
                return labels_read_category(reader->labels, rows, to, &category, e);
        default:
                return intents_find(reader->intents, to)
                                       ? 0
                                       : rows_error(rows, e, "there is no intent \"%s\" in %s", to, "intents.tsv");
        }
}

// The same line twice does no harm; two that differ leave open which is meant.
static int check_repeat(const struct mapping *m, const struct rows *rows, const struct pair *p, struct error *e) {
        for (size_t i = 0; i < m->n; i++) {
                const struct pair *other = &m->items[i];
                if (other->kind == p->kind && str_ieq(other->from, p->from) && !str_eq(other->to, p->to))
                        return rows_error(rows, e, "%s \"%s\" is \"%s\" here and \"%s\" in line %d", kinds[p->kind],
                                          p->from, p->to, other->to, other->line);
        }
        return 0;
}

static int add_pair(struct mapping *m, const struct pair *p) {
        struct pair copy = {.kind = p->kind, .line = p->line};

        if (memory_grow((void **) &m->items, &m->cap, m->n + 1, sizeof(*m->items)) < 0)
                return -ENOMEM;
        copy.from = str_dup(p->from);
        copy.to = str_dup(p->to);
        m->items[m->n++] = copy;
        return copy.from && copy.to ? 0 : -ENOMEM;
}

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        const struct reader *reader = arg;
        struct pair p = {.kind = MAPPING_COUNT_,
                         .line = rows->line,
                         .from = (char *) (uintptr_t) f[1],
                         .to = (char *) (uintptr_t) f[2]};

        for (enum mapping_kind k = MAPPING_COLUMN; k < MAPPING_COUNT_; k++)
                if (str_eq(f[0], kinds[k]))
                        p.kind = k;
        if (p.kind == MAPPING_COUNT_)
                return rows_error(rows, e, "\"%s\" is not column, tier, category or intent", f[0]);
        if (reader->m->n == MAPPING_ROWS_MAX)
                return rows_error(rows, e, "there can be at most %d rows", MAPPING_ROWS_MAX);
        int r = check_value(reader, rows, p.kind, f[2], e);
        if (r == 0)
                r = check_repeat(reader->m, rows, &p, e);
        return r < 0 ? r : add_pair(reader->m, &p);
}

int mapping_read(const char *path, const struct labels *labels, const struct intents *intents, struct mapping **ret,
                 struct error *e) {
        struct mapping *m _cleanup_(mapping_free_p) = calloc(1, sizeof(*m));
        struct reader reader = {m, labels, intents};

        if (!m)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the mapping");
        int r = rows_read(path, 3, "the mapping", add_row, &reader, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

const char *mapping_missing(const struct mapping *m, const char *const *names, size_t n, int *ret_line) {
        for (size_t i = 0; m && i < m->n; i++) {
                const struct pair *p = &m->items[i];
                bool there = p->kind != MAPPING_COLUMN;
                for (size_t k = 0; k < n && !there; k++)
                        there = str_ieq(p->from, names[k]);
                if (!there) {
                        *ret_line = p->line;
                        return p->from;
                }
        }
        return NULL;
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
