// A ticket's kind by a cross-encoder (ZERO_SHOT_MODEL) that has never seen the labels: the sentence that follows best
// from the ticket is what it is about. W. Yin, J. Hay, D. Roth, Benchmarking Zero-shot Text Classification, EMNLP 2019.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/cross.h"
#include "triage/hypotheses.h"
#include "triage/labels.h"
#include "triage/triage.h"

struct zero_shot_model {
        struct cross *cross; // borrowed
        double weight;       // how much it is heard beside the rung below, in (0, 1]; 1: it alone
        int64_t budget_ms;   // for one ticket
};

// What the model says alone: probabilities over the tiers, and over the categories if there was time for them.
struct entailed {
        double tiers[TIER_COUNT_];
        double categories[CATEGORIES_MAX];
        bool with_categories;
        enum tier best;
};

// Reads the ticket once with each sentence. It is stopped as soon as it shows that the budget cannot do, after the
// first sentence at the latest: -ETIME. -EINVAL (nothing to read), -EIO, -ENOMEM, as cross_score. Any thread.
_warn_unused_ int zero_shot_model_read(const struct zero_shot_model *z, const struct hypotheses *h,
                                       const struct labels *labels, const char *subject, const char *body,
                                       struct entailed *ret, struct error *e);

// Makes the verdict of the rung below and what the model says into one: the weighted geometric mean of their
// probabilities. Where the rung below knows nothing the model decides alone.
void zero_shot_model_mix(const struct zero_shot_model *z, const struct hypotheses *h, const struct labels *labels,
                         const struct entailed *said, const struct verdict *below, struct verdict *ret);
