#include "triage/intents.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/rows.h"
#include "base/string.h"

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

struct reader {
        struct intents *x;
        const struct labels *labels;
};

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        const struct reader *reader = arg;
        struct intents *x = reader->x;
        struct intent item = {0};
        int r = labels_read_tier(rows, f[1], &item.tier, e);

        if (r == 0)
                r = labels_read_category(reader->labels, rows, f[2], &item.category, e);
        if (r < 0)
                return r;
        if (!str_copy(item.name, sizeof(item.name), f[0]))
                return rows_error(rows, e, "an intent's name has at most %d bytes", INTENT_SIZE - 1);
        for (size_t i = 0; i < x->n; i++)
                if (strcmp(x->items[i].name, item.name) == 0)
                        return rows_error(rows, e, "intent \"%s\" is there already", item.name);
        if (x->n == INTENTS_MAX)
                return rows_error(rows, e, "there can be at most %d intents", INTENTS_MAX);
        if (memory_grow((void **) &x->items, &x->cap, x->n + 1, sizeof(*x->items)) < 0)
                return -ENOMEM;
        x->items[x->n++] = item;
        return 0;
}

int intents_load(const char *path, const struct labels *labels, struct intents *ret, struct error *e) {
        struct intents x _cleanup_intents_ = {0};

        if (!file_exists(path))
                return 0;
        int r = rows_read(path, 3, "the intents", add_row, &(struct reader){&x, labels}, e);
        if (r < 0)
                return r;
        if (x.n > 0)
                qsort(x.items, x.n, sizeof(*x.items), compare);
        *ret = x;
        x = (struct intents){0};
        return 0;
}
