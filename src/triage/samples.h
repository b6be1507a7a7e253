// Labelled tickets: what a classifier is learned from and measured on.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "triage/intents.h"
#include "triage/labels.h"
#include "triage/mapping.h"
#include "triage/triage.h"

enum {
        SAMPLES_MAX = 200000,
        SAMPLES_FILE_MAX = 512 * 1024 * 1024, // bytes; a year of a large desk
        SAMPLE_TEXT_MAX = 64 * 1024,          // bytes of a subject or description: models read a hundredth of it
};

struct sample {
        enum tier tier;
        char *category, *intent; // intent: "" where the desk has none
        char *subject, *body;    // either may be empty, not both; the body without quoted history
        bool aid;                // helps to learn, and is not measured: an intent's own name
        char *group;             // what must not be split between learning and measuring; "": the ticket alone
};

struct samples {
        struct sample *items;
        size_t n, cap;
        size_t skipped; // rows without a label or text, or with one that is not known
        char why[240];  // the first of them, with its line
};

// A row as it was read: borrowed, any may be NULL; tier TIER_COUNT_: not said.
struct sample_row {
        enum tier tier;
        const char *category, *intent, *subject, *body, *group;
};

void samples_clear(struct samples *s);
#define _cleanup_samples_ _cleanup_(samples_clear)

// Adds a copy. The tier and category are those of the intent where the table has it. -EINVAL without e: there is no
// text, no category that labels has, or no label at all. -ENOMEM.
_warn_unused_ int samples_add(struct samples *s, const struct labels *labels, const struct intents *intents,
                              const struct sample_row *row);

// Adds the names of the intents that occur, as what a ticket of each might say: with few tickets they are worth half of
// one each. 0 or -ENOMEM.
_warn_unused_ int samples_add_names(struct samples *s, const struct labels *labels, const struct intents *intents);

// Adds the rows of a file (triage/ticket_rows.h). mapping may be NULL. A row that cannot be used is counted and left
// out; -EINVAL with file and line when the file itself is malformed or no column is known, and the errors of file_read.
// group: what all rows of the file belong to, NULL: nothing.
_warn_unused_ int samples_read(struct samples *s, const char *path, const struct mapping *m,
                               const struct labels *labels, const struct intents *intents, const char *group,
                               struct error *e);

enum { SAMPLE_KEY_SIZE = 17 }; // hex digits that a text is known by, and their NUL
// Of a text as somebody wrote it: the same for the sample that samples_add makes of it. 0, -ENOMEM or -EIO.
_warn_unused_ int sample_key(const char *subject, const char *body, char ret[SAMPLE_KEY_SIZE]);

// Subject and body as they are put before the model. The caller frees. NULL: no memory.
_warn_unused_ char *sample_text(const struct sample *s);
