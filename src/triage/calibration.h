// How sure a classifier may be, found on rows that it did not see: temperature, how much of the first day is heard
// beside it, and sharpness.
#pragma once

#include "base/memory.h"
#include "triage/classifier.h"
#include "triage/samples.h"

struct calibration {
        const struct samples *samples; // those that are aids are told of, and do not count
        const struct labels *labels;
        const struct verdict *first_day; // of each row; NULL: there is none
        const double *scores;            // of each row the scores of all classes, by who did not see it
        struct classified *said;         // of each row; likeness is left alone
};

// Sets what surprises least at the right tiers, and at the right categories: mix and sharpness of both, or without a
// first day the temperature; and said to what c says with them. 0 or -ENOMEM.
_warn_unused_ int calibrate(struct classifier *c, const struct calibration *x);
