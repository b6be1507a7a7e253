// The categories a ticket can have, in the order of their file (categories.tsv: name, description).
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/rows.h"
#include "triage/triage.h"

enum { LABEL_NONE = -1, LABEL_ABOUT_SIZE = 256 };

struct labels {
        char names[CATEGORIES_MAX][CATEGORY_SIZE];
        char about[CATEGORIES_MAX][LABEL_ABOUT_SIZE]; // what belongs there, cut to this size
        size_t n;
};

// -EINVAL with file and line: a name that is not lower-case letters, digits and "_", too long, given twice, too many,
// none at all.
_warn_unused_ int labels_load(const char *path, struct labels *ret, struct error *e);
int labels_find(const struct labels *l, const char *name); // its index, or LABEL_NONE

// What a field of another file's row names: -EINVAL naming file and line when it is no tier, or no category's name.
_warn_unused_ int labels_read_tier(const struct rows *r, const char *field, enum tier *ret, struct error *e);
_warn_unused_ int labels_read_category(const struct labels *l, const struct rows *r, const char *field, int *ret,
                                       struct error *e);
