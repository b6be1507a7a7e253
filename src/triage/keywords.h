// Words that speak for a tier and a category (keywords.tsv: tier, category, weight, words), for desks without a model
// and beside it.
//
// Evidence adds up: the score of a tier is the sum of the weights of the lines found in the ticket, each counted once,
// and its probability is in proportion to exp(score), as in a logistic regression whose weights somebody wrote down.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "triage/labels.h"
#include "triage/triage.h"

struct keywords;

// -EINVAL with file and line: unknown tier or category, weight out of range, no word, too long a phrase, too many
// lines. A file without lines is allowed. labels is borrowed.
_warn_unused_ int keywords_load(const char *path, const struct labels *labels, struct keywords **ret, struct error *e);
struct keywords *keywords_free(struct keywords *k);
DEFINE_CLEANUP(struct keywords, keywords_free);
size_t keywords_count(const struct keywords *k);

struct keyword_scores {
        bool found; // a line of some tier spoke for it
        double tiers[TIER_COUNT_];
        double categories[CATEGORIES_MAX];
        char words[TIER_COUNT_]
                  [VERDICT_WHY_SIZE]; // what counted for each tier, the weightiest first: "charged twice, bill"
};

// Linear in the texts' length. 0 or -ENOMEM. Any thread.
_warn_unused_ int keywords_score(const struct keywords *k, const char *subject, const char *body,
                                 struct keyword_scores *ret);

// Fills all of the verdict when the words say enough, and returns true.
bool keywords_classify(const struct labels *labels, const struct keyword_scores *s, struct verdict *ret);
