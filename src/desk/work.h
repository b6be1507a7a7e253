// The threads of the desk: workers, which take jobs, and the keeper, which holds leases, reopens what was away, and
// counts.
#pragma once

#include "desk/parts.h"

_warn_unused_ int workers_new(struct desk *d, struct workers **ret, struct error *e); // starts the keeper
_warn_unused_ int workers_start(struct workers *w, unsigned n, struct error *e);
struct workers *workers_free(struct workers *w); // each finishes the job it is at
