// Is the promise kept? Thresholds are chosen from one half of tickets whose truth is known, and counted on the other,
// many times over.
#pragma once

#include "triage/risk.h"

enum { RISK_SPLITS = 200 };

struct risk_trial {
        size_t splits, broken; // broken: more were wrong in the other half than max_wrong allows
        double coverage;       // mean share of all tickets that were answered
        double wrong;          // mean share of those that were wrong
};

// rows as for risk_choose, and left as they are; all: tickets, with those that no threshold answers. The same rows in
// the same order give the same result. -ENOMEM.
int risk_try(const struct risk_row *rows, size_t n, size_t all, size_t categories, double max_wrong, size_t splits,
             struct risk_trial *ret);
