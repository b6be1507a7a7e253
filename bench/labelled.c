#include "labelled.h"

#include <errno.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"
#include "triage/columns.h"

enum { CSV_FILE_MAX = 64 * 1024 * 1024 };

void labelled_clear(struct labelled *l) {
        for (size_t i = 0; i < l->n; i++) {
                free(l->items[i].category);
                free(l->items[i].subject);
                free(l->items[i].body);
        }
        free(l->items);
        *l = (struct labelled){0};
}

static int out_of_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
}

static int add(struct labelled *l, const struct labelled_ticket *t, struct error *e) {
        int r = memory_grow((void **) &l->items, &l->cap, l->n + 1, sizeof(*l->items));

        if (r < 0)
                return out_of_memory(e);
        struct labelled_ticket copy = *t;
        copy.category = str_dup(t->category);
        copy.subject = str_dup(t->subject);
        copy.body = str_dup(t->body);
        l->items[l->n++] = copy;
        return copy.category && copy.subject && copy.body ? 0 : out_of_memory(e);
}

// "\n" written out becomes a line break, in place.
static void unescape(char *s) {
        char *to = s;

        for (; *s; s++, to++) {
                if (s[0] == '\\' && s[1] == 'n') {
                        *to = '\n';
                        s++;
                } else {
                        *to = *s;
                }
        }
        *to = '\0';
}

int labelled_read_tsv(struct labelled *l, const char *path, struct error *e) {
        struct rows rows _cleanup_rows_ = {0};
        const char *f[4];
        int r = rows_open(path, &rows, e);

        while (r >= 0 && (r = rows_next(&rows, ARRAY_LEN(f), f, e)) > 0) {
                struct labelled_ticket t = {0};
                if (tier_parse(f[0], &t.tier) < 0)
                        return rows_error(&rows, e, "\"%s\" is not a tier", f[0]);
                char *category _cleanup_free_ = str_dup(f[1]), *subject _cleanup_free_ = str_dup(f[2]),
                               *body _cleanup_free_ = str_dup(f[3]);
                if (!category || !subject || !body)
                        return out_of_memory(e);
                unescape(body);
                t.category = category;
                t.subject = subject;
                t.body = body;
                r = add(l, &t, e);
        }
        return r;
}

// ---- CSV

enum column { TEXT, INTENT, TIER, CATEGORY, AMBIGUOUS, COLUMN_COUNT_ };

struct meaning {
        char *name, *category;
        enum tier tier;
        bool ambiguous;
};

struct intake {
        struct labelled *l; // NULL: the map is being read
        struct meaning *items;
        size_t n, cap;
        size_t row, stride;
};

static void intake_clear(struct intake *x) {
        for (size_t i = 0; i < x->n; i++) {
                free(x->items[i].name);
                free(x->items[i].category);
        }
        free(x->items);
}

static int add_intent(struct intake *x, const char *const *f, struct error *e) {
        struct meaning i = {.ambiguous = str_eq(f[AMBIGUOUS], "True")};

        if (tier_parse(f[TIER], &i.tier) < 0)
                return 0;
        if (memory_grow((void **) &x->items, &x->cap, x->n + 1, sizeof(i)) < 0)
                return out_of_memory(e);
        i.name = str_dup(f[INTENT]);
        i.category = str_dup(f[CATEGORY]);
        x->items[x->n++] = i;
        return i.name && i.category ? 0 : out_of_memory(e);
}

static int add_row(void *arg, size_t line _unused_, const char *const *f, struct error *e) {
        struct intake *x = arg;
        char empty[] = "";
        int r = 0;

        if (!x->l)
                return add_intent(x, f, e);
        if (x->row++ % x->stride != 0)
                return 0;
        for (size_t i = 0; r == 0 && i < x->n; i++) {
                struct labelled_ticket t = {.tier = x->items[i].tier,
                                            .category = x->items[i].category,
                                            .subject = empty,
                                            .body = (char *) (uintptr_t) f[TEXT],
                                            .ambiguous = x->items[i].ambiguous};
                if (strcmp(*f[INTENT] ? f[INTENT] : f[CATEGORY], x->items[i].name) == 0)
                        r = add(x->l, &t, e);
        }
        return r;
}

static size_t find_column(void *arg _unused_, const char *name) {
        static const char *const names[COLUMN_COUNT_] = {"text", "intent", "tier", "category", "ambiguous"};

        for (size_t k = 0; k < COLUMN_COUNT_; k++)
                if (str_eq(names[k], name))
                        return k;
        return COLUMNS_NONE;
}

int labelled_read_csv(struct labelled *l, const char *path, const char *map, size_t stride, struct error *e) {
        struct intake x _cleanup_(intake_clear) = {.stride = stride};
        struct columns c = {.path = map,
                            .bytes_max = CSV_FILE_MAX,
                            .n = COLUMN_COUNT_,
                            .find = find_column,
                            .row = add_row,
                            .arg = &x,
                            .needed = 1U << INTENT,
                            .needed_name = "intent"};
        int r = columns_read(&c, NULL, e);

        x.l = l;
        c.path = path;
        c.needed = 1U << TEXT;
        c.needed_name = "text";
        return r < 0 ? r : columns_read(&c, NULL, e);
}

char *labelled_text(const struct labelled_ticket *t) {
        return str_printf("%s\n%s", t->subject, t->body);
}
