// How a file of labelled tickets calls things, for samples.c.
#pragma once

#include "triage/samples.h"

enum mapping_kind { MAPPING_COLUMN, MAPPING_TIER, MAPPING_CATEGORY, MAPPING_INTENT, MAPPING_COUNT_ };

// What `from` is called here; `from` itself where the mapping says nothing. m may be NULL.
const char *mapping_get(const struct mapping *m, enum mapping_kind kind, const char *from);
