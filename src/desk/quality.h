// How well this desk's own decisions went, as far as that is known: what confidences were worth, and what a threshold
// would buy.
#pragma once

#include <jansson.h>

#include "desk/desk.h"

enum { QUALITY_DECISIONS_MAX = 50000 }; // that are counted: the newest days of a busy desk

// Of decisions of the last `days` whose truth is known, by what agents said, else by what became of the answer:
// {"days", "decisions", "right", "calibration": {"error", "bins"}, "curve"}, "evidence": {"tickets", "curve"}, the same
// of what `rehearse --keep` has kept, null without; and "risk", as in GET /stats. NULL: the database failed, or no
// memory.
json_t *quality_json(struct desk *d, struct store *s, int64_t days, struct error *e);
