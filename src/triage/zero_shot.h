// A ticket's kind for a desk of which nothing has been learned yet: the example lines nearest to it vote, the nearer
// the louder, and a classifier that was learned from tickets of other businesses is heard beside them.
#pragma once

#include <stdbool.h>

#include "triage/classifier.h"
#include "triage/examples.h"
#include "triage/keywords.h"
#include "triage/triage.h"

// vector: the ticket's, of x->dimensions values. words: what the keyword table says of it, which counts a little too:
// an exact word ("stolen", "declined") tells what vectors blur. starter: what the classifier says, NULL without one; of
// a category that it does not know the lines alone decide, and one that nothing here knows has a share of 0. Fills all
// of the verdict and returns true; false when the vector cannot be used.
bool zero_shot_classify(const struct examples *x, const struct labels *labels, const struct keyword_scores *words,
                        const struct classified *starter, const float *vector, struct verdict *ret);
