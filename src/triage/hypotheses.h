// What each tier and category means in words, for a model that reads a ticket and a sentence about it together
// (hypotheses.tsv: kind, name, text), as a team edits it.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "triage/labels.h"
#include "triage/triage.h"

enum { HYPOTHESIS_SIZE = 512 }; // of a sentence, with its NUL: a model reads a quarter of it as tokens

struct hypotheses {
        char tiers[TIER_COUNT_][HYPOTHESIS_SIZE];
        char categories[CATEGORIES_MAX][HYPOTHESIS_SIZE]; // by the labels
        double tier_temperature, category_temperature;    // scores are divided by it before they become probabilities
};

// A file that is not there says nothing: then tiers have the words built in, and categories those of categories.tsv.
// -EINVAL with file and line: an unknown kind, tier or category, a template without its "{}", too long a text, one that
// is there twice. The caller frees.
_warn_unused_ int hypotheses_load(const char *path, const struct labels *labels, struct hypotheses **ret,
                                  struct error *e);
