// How well verdicts agree with labels: the part of a report that needs them.
#pragma once

#include <jansson.h>

#include "desk/rehearsal.h"

// NULL: no memory.
_warn_unused_ json_t *report_quality(const struct rehearsal *r);
