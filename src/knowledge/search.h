// Searching an index: by meaning when there are vectors, else by words.
#pragma once

#include "knowledge/index.h"
#include "knowledge/knowledge.h"

// As knowledge_search_in. floor: from 0 (unrelated) to 1 (the same), whatever the model. -ENOMEM, -EIO.
_warn_unused_ int index_search(const struct index *x, language_set languages, const char *question, const float *vector,
                               double floor, size_t max, struct findings *ret, struct error *e);
