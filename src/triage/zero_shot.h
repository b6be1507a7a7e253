// A ticket's kind by likeness: the example lines nearest to it vote, the nearer the louder.
#pragma once

#include <stdbool.h>

#include "triage/examples.h"
#include "triage/keywords.h"
#include "triage/triage.h"

// vector: the ticket's, of x->dimensions values. words: what the keyword table says of it, which counts a little too:
// an exact word ("stolen", "declined") tells what vectors blur. Fills all of the verdict and returns true; false when
// the vector cannot be used.
bool zero_shot_classify(const struct examples *x, const struct labels *labels, const struct keyword_scores *words,
                        const float *vector, struct verdict *ret);
