#include "triage/intents.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/rows.h"
#include "base/string.h"
#include "triage/columns.h"

enum { FIELDS = 3 }; // intent, tier, category

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
        const char *path;
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

static void keep(struct intents *x, struct intents *ret) {
        if (x->n > 0)
                qsort(x->items, x->n, sizeof(*x->items), compare);
        *ret = *x;
        *x = (struct intents){0};
}

static int read_rows(const char *path, const struct labels *labels, struct intents *ret, struct error *e) {
        struct intents x _cleanup_intents_ = {0};
        int r = rows_read(path, FIELDS, "the intents", add_row, &(struct reader){&x, labels, path}, e);

        if (r == 0)
                keep(&x, ret);
        return r;
}

int intents_load(const char *path, const struct labels *labels, struct intents *ret, struct error *e) {
        return file_exists(path) ? read_rows(path, labels, ret, e) : 0;
}

// ---- with names of columns

static size_t find_column(void *arg _unused_, const char *name) {
        static const struct {
                const char *name;
                size_t field;
        } names[] = {{"intent", 0}, {"label", 0}, {"tier", 1}, {"category", 2}};

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_ieq(name, names[i].name))
                        return names[i].field;
        return COLUMNS_NONE;
}

static int add_columns(void *arg, size_t line, const char *const *f, struct error *e) {
        const struct reader *reader = arg;
        const struct rows at = {.path = reader->path, .line = (int) line};
        const char *fields[FIELDS] = {f[0], f[1], f[2]};

        if (!*f[0] && !*f[1] && !*f[2])
                return 0;
        if (!*f[0])
                return rows_error(&at, e, "the intent is empty");
        int r = add_row(arg, &at, fields, e);
        return r == -ENOMEM ? error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the intents") : r;
}

// Is its first row one of intents.tsv? A header line has no tier in it.
static bool is_plain(const char *path) {
        struct rows rows _cleanup_rows_ = {0};
        const char *f[FIELDS];
        enum tier tier;

        return rows_open(path, &rows, NULL) == 0 && rows_next(&rows, FIELDS, f, NULL) > 0 &&
               tier_parse(f[1], &tier) == 0;
}

int intents_read(const char *path, const struct labels *labels, struct intents *ret, struct error *e) {
        struct intents x _cleanup_intents_ = {0};
        struct reader reader = {&x, labels, path};
        const struct columns c = {.path = path,
                                  .bytes_max = ROWS_FILE_MAX,
                                  .n = FIELDS,
                                  .find = find_column,
                                  .row = add_columns,
                                  .arg = &reader,
                                  .needed = 1,
                                  .needed_name = "intent"};

        if (is_plain(path))
                return read_rows(path, labels, ret, e);
        int r = columns_read(&c, NULL, e);
        if (r == 0)
                keep(&x, ret);
        return r;
}
