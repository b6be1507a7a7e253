// Scores to probabilities, and probabilities to a decision.
#pragma once

#include <stddef.h>

#include "triage/labels.h"
#include "triage/triage.h"

// In place: log weights become shares that sum to 1 (softmax), of which `doubt` is spread evenly, because no evidence
// of this kind is ever certain. Finite input of at least one value.
void shares_from_logs(double *v, size_t n, double doubt);

// Sets tier, category and their confidences from the verdict's shares: the largest each; of equal tiers the one that is
// safer.
void shares_decide(const struct labels *labels, struct verdict *v);
