// Rows of tickets in a file, and what each says that its ticket is: one reader for training, measuring and rehearsing,
// so that a file means the same to all three.
//
// A column that the mapping names is one of enum ticket_column, and so is a column by one of our own names. The intent
// of a row is its column's, or its category's where that is an intent and no tier is said, as public sets have it. What
// intents have to say of it counts; else the tier is the tier's column, or the category's word where a mapping takes it
// for one.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "triage/columns.h"
#include "triage/intents.h"
#include "triage/labels.h"
#include "triage/mapping.h"

enum { TICKET_WHY_SIZE = 200 };

struct ticket_label {
        enum tier tier;                 // TIER_COUNT_: not known
        const char *category;           // by the labels; NULL: not known
        char word[MAPPING_WORD_SIZE];   // what the row calls its category, in our words
        char intent[MAPPING_WORD_SIZE]; // known or not; "": none
        char why[TICKET_WHY_SIZE];      // tier or category are not known; "": both are
        bool said;                      // the row has a tier, category or intent at all
};

struct ticket_rows {
        const char *path;
        size_t bytes_max;
        const struct mapping *mapping; // NULL: none
        const struct labels *labels;
        const struct intents *intents;
        // A row: f by enum ticket_column, "" for what it does not have. Returns as that of struct columns.
        int (*row)(void *arg, size_t line, const char *const *f, const struct ticket_label *label, struct error *e);
        void *arg;
};

// The errors of columns_read; -EINVAL also when the file has a header line without a column that the mapping names.
_warn_unused_ int ticket_rows_read(const struct ticket_rows *t, char digest[COLUMNS_DIGEST_SIZE], struct error *e);
