// How a file of tickets calls things.
#pragma once

#include <stdbool.h>

#include "triage/samples.h"

enum { MAPPING_WORD_SIZE = 256 }; // bytes of a value; a longer one is a text, and cut

enum mapping_kind { MAPPING_COLUMN, MAPPING_TIER, MAPPING_CATEGORY, MAPPING_INTENT, MAPPING_COUNT_ };

// What `from` is called here; `from` itself where the mapping says nothing. m may be NULL.
const char *mapping_get(const struct mapping *m, enum mapping_kind kind, const char *from);

// The value that a cell stands for. A cell may hold several, as tags do, with commas or line breaks between them: then
// the first counts that the mapping translates, else the first that `is_ours`, else the cell as it is.
void mapping_word(const struct mapping *m, enum mapping_kind kind, const char *cell,
                  bool (*is_ours)(void *arg, const char *word), void *arg, char ret[MAPPING_WORD_SIZE]);
bool mapping_is_tier(void *arg, const char *word); // for `is_ours`; arg is not read
