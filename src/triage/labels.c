#include "triage/labels.h"

#include <string.h>

#include "base/rows.h"
#include "base/string.h"

// Names become tags in Freshdesk and keys in JSON: nothing that either could take otherwise.
static bool well_formed(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

        return name[n] == '\0' && n > 0 && n < CATEGORY_SIZE;
}

int labels_find(const struct labels *l, const char *name) {
        for (size_t i = 0; i < l->n; i++)
                if (strcmp(l->names[i], name) == 0)
                        return (int) i;
        return LABEL_NONE;
}

int labels_read_tier(const struct rows *r, const char *field, enum tier *ret, struct error *e) {
        if (tier_parse(field, ret) < 0)
                return rows_error(r, e, "\"%s\" is not a tier: tier_1, tier_2 or complex", field);
        return 0;
}

int labels_read_category(const struct labels *l, const struct rows *r, const char *field, int *ret, struct error *e) {
        int i = labels_find(l, field);

        if (i == LABEL_NONE)
                return rows_error(r, e, "there is no category \"%s\" in categories.tsv", field);
        *ret = i;
        return 0;
}

int labels_load(const char *path, struct labels *ret, struct error *e) {
        struct rows rows _cleanup_rows_ = {0};
        const char *f[2];
        int r = rows_open(path, &rows, e);

        if (r < 0)
                return r;
        ret->n = 0;
        while ((r = rows_next(&rows, ARRAY_LEN(f), f, e)) > 0) {
                if (!well_formed(f[0]))
                        return rows_error(&rows, e, "\"%s\" is not a category's name: a-z, 0-9 and _, at most %d", f[0],
                                          CATEGORY_SIZE - 1);
                if (labels_find(ret, f[0]) != LABEL_NONE)
                        return rows_error(&rows, e, "category \"%s\" is there already", f[0]);
                if (ret->n == CATEGORIES_MAX)
                        return rows_error(&rows, e, "there can be at most %d categories", CATEGORIES_MAX);
                (void) str_copy(ret->about[ret->n], LABEL_ABOUT_SIZE, f[1]);
                str_copy(ret->names[ret->n++], CATEGORY_SIZE, f[0]);
        }
        if (r == 0 && ret->n == 0)
                return rows_error(&rows, e, "there is no category in it");
        return r;
}
