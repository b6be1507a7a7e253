// How a file of tickets calls things.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "triage/intents.h"
#include "triage/labels.h"

enum { MAPPING_WORD_SIZE = 256 }; // bytes of a value; a longer one is a text, and cut

// The columns of a file of tickets.
enum ticket_column {
        TICKET_SUBJECT,
        TICKET_DESCRIPTION,
        TICKET_TIER,
        TICKET_CATEGORY,
        TICKET_INTENT,
        TICKET_GROUP, // rows of one are never dealt apart
        TICKET_ANSWER,
        TICKET_ARTICLE,
        TICKET_LANGUAGE,
        TICKET_COLUMNS_
};
// By one of our names ("description", and "body" and "text" as well), in any case; TICKET_COLUMNS_: it is none.
enum ticket_column mapping_column(const char *name);

enum mapping_kind { MAPPING_COLUMN, MAPPING_TIER, MAPPING_CATEGORY, MAPPING_INTENT, MAPPING_COUNT_ };

// Rows of kind, their word, ours. "column" names a column, "tier", "category" and "intent" translate a value, all in
// any case. -EINVAL with file and line: another kind, a word of ours that is no column, tier, category or intent, and a
// word of theirs that two lines translate differently; the errors of rows_read.
struct mapping;
_warn_unused_ int mapping_read(const char *path, const struct labels *labels, const struct intents *intents,
                               struct mapping **ret, struct error *e);
struct mapping *mapping_free(struct mapping *m);
DEFINE_CLEANUP(struct mapping, mapping_free);

// A column that the mapping names and that is none of these; NULL: there is none. *ret_line: of the mapping's file.
const char *mapping_missing(const struct mapping *m, const char *const *names, size_t n, int *ret_line);

// What `from` is called here; `from` itself where the mapping says nothing. m may be NULL.
const char *mapping_get(const struct mapping *m, enum mapping_kind kind, const char *from);

// The value that a cell stands for. A cell may hold several, as tags do, with commas or line breaks between them: then
// the first counts that the mapping translates, else the first that `is_ours`, else the cell as it is.
void mapping_word(const struct mapping *m, enum mapping_kind kind, const char *cell,
                  bool (*is_ours)(void *arg, const char *word), void *arg, char ret[MAPPING_WORD_SIZE]);
bool mapping_is_tier(void *arg, const char *word); // for `is_ours`; arg is not read
