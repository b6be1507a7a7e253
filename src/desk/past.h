// Past tickets from a file: what customers wrote, and where it is known what it was and what agents answered.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "triage/intents.h"
#include "triage/labels.h"
#include "triage/mapping.h"
#include "triage/triage.h"

enum {
        PAST_MAX = 200000,                  // tickets
        PAST_FILE_MAX = 1024 * 1024 * 1024, // bytes: a few years of a busy desk
        PAST_TEXT_MAX = 64 * 1024,          // bytes kept of one text: models read a hundredth of it
};

struct past_ticket {
        char *subject, *description; // "" where not given, never both; the description may be HTML
        enum tier tier;              // TIER_COUNT_: not known
        char *category;              // "": not known
        char *answer;                // what an agent answered; "": not known
        char *article;               // document or title that answers it; "": not known
        char *language;              // "": not said
        bool repeat;                 // an earlier one has the same text, but for white space and A to Z
        size_t next_same;            // the next one with the same text; 0: none
};

struct past {
        struct past_ticket *items;
        size_t n, cap;
        size_t skipped;  // rows without text
        size_t labelled; // with a tier
        size_t repeats;  // tickets that are one
        size_t unread;   // with a label that is not known, or is without a tier
        char why[240];   // the first of them, with its line
        char digest[17]; // of the file's bytes: the same tickets have the same
};
void past_clear(struct past *p);
#define _cleanup_past_ _cleanup_(past_clear)

// From a file as triage/ticket_rows.h reads it, with what it says of labels. m: how the file calls columns and values;
// NULL: as we do. -EINVAL with file and line when it is malformed or has no text, -EFBIG, and the errors of file_read.
_warn_unused_ int past_read(const char *path, const struct mapping *m, const struct labels *labels,
                            const struct intents *intents, struct past *ret, struct error *e);
