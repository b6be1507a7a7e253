// What a desk's intents mean (intents.tsv: intent, tier, category): the table that people edit when an intent is to be
// handled in another way, without learning anew.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "triage/labels.h"
#include "triage/triage.h"

enum { INTENT_SIZE = 96, INTENTS_MAX = 1000 };

struct intent {
        char name[INTENT_SIZE];
        enum tier tier;
        int category; // by the labels
};

struct intents {
        struct intent *items; // by name
        size_t n, cap;
};

// A file that is not there is an empty table. -EINVAL with file and line: unknown tier or category, too long a name,
// one that is there twice, too many.
_warn_unused_ int intents_load(const char *path, const struct labels *labels, struct intents *ret, struct error *e);
// The same of a file that somebody names: one like that, or one with a header line or lines of JSON
// (triage/columns.h) that has columns intent (or label), tier and category. -ENOENT where it is not there.
_warn_unused_ int intents_read(const char *path, const struct labels *labels, struct intents *ret, struct error *e);
void intents_clear(struct intents *x);
#define _cleanup_intents_ _cleanup_(intents_clear)
const struct intent *intents_find(const struct intents *x, const char *name); // NULL: not there
