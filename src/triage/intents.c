#include "triage/intents.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "triage/rows.h"

void intents_clear(struct intents *x) {
        free(x->items);
        *x = (struct intents){0};
}

static int compare(const void *a, const void *b) {
        return strcmp(((const struct intent *) a)->name, ((const struct intent *) b)->name);
}

const struct intent *intents_find(const struct intents *x, const char *name) {
        struct intent key;

        if (x->n == 0 || strlen(name) >= sizeof(key.name))
                return NULL;
        str_copy(key.name, sizeof(key.name), name);
        return bsearch(&key, x->items, x->n, sizeof(key), compare);
}

static int add_row(struct intents *x, const struct rows *rows, const char **f, const struct labels *labels,
                   struct error *e) {
        struct intent item = {.category = labels_find(labels, f[2])};

        if (tier_parse(f[1], &item.tier) < 0)
                return rows_error(rows, e, "\"%s\" is not a tier: tier_1, tier_2 or complex", f[1]);
        if (item.category == LABEL_NONE)
                return rows_error(rows, e, "there is no category \"%s\" in categories.tsv", f[2]);
        if (!str_copy(item.name, sizeof(item.name), f[0]))
                return rows_error(rows, e, "an intent's name has at most %d bytes", INTENT_SIZE - 1);
        for (size_t i = 0; i < x->n; i++)
                if (strcmp(x->items[i].name, item.name) == 0)
                        return rows_error(rows, e, "intent \"%s\" is there already", item.name);
        if (x->n == INTENTS_MAX)
                return rows_error(rows, e, "there can be at most %d intents", INTENTS_MAX);
        if (memory_grow((void **) &x->items, &x->cap, x->n + 1, sizeof(*x->items)) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the intents");
        x->items[x->n++] = item;
        return 0;
}

int intents_load(const char *path, const struct labels *labels, struct intents *ret, struct error *e) {
        struct intents x _cleanup_intents_ = {0};
        struct rows rows _cleanup_rows_ = {0};
        const char *f[3];

        if (!file_exists(path))
                return 0;
        int r = rows_open(path, &rows, e);
        while (r >= 0 && (r = rows_next(&rows, ARRAY_LEN(f), f, e)) > 0)
                r = add_row(&x, &rows, f, labels, e);
        if (r < 0)
                return r;
        if (x.n > 0)
                qsort(x.items, x.n, sizeof(*x.items), compare);
        *ret = x;
        x = (struct intents){0};
        return 0;
}
