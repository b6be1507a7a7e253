// Coverage against risk, and the bins of a calibration, as reports and the API give them.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "triage/measure.h"
#include "triage/risk.h"

// [{"threshold", "coverage", "tickets", "wrong", "share_wrong", "bound"}], from the strictest on. Coverage is of `all`.
// Sorts the rows. NULL: no memory.
json_t *curve_json(struct risk_row *rows, size_t n, size_t all);
// [{"from", "to", "tickets", "confidence", "right"}], without empty ones. NULL: no memory.
json_t *bins_json(const struct measure *m);
