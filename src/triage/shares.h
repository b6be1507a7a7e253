// Scores to probabilities, and probabilities to a decision.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "triage/labels.h"
#include "triage/triage.h"

// In place: log weights become shares that sum to 1 (softmax), of which `doubt` is spread evenly, because no evidence
// of this kind is ever certain. Finite input of at least one value.
void shares_from_logs(double *v, size_t n, double doubt);

// In place: own becomes the weighted geometric mean with another's shares, and sharper or, below 1, flatter. covered
// (NULL: all): of what own does not know the other's share is kept, and own's where
// the other has 0. mix: the other's weight, in [0, 1); nothing is
// heard of it where its shares are all 0.
void shares_mix(double *own, const double *other, const bool *covered, size_t n, double mix, double sharpness);

// Sets tier, category and their confidences from the verdict's shares: the largest each; of equal tiers the one that is
// safer.
void shares_decide(const struct labels *labels, struct verdict *v);
