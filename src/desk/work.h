// The threads of the desk: workers, which take jobs, and the keeper, which holds leases, reopens what was away, and
// counts.
#pragma once

#include "desk/parts.h"

_warn_unused_ int workers_new(struct desk *d, struct workers **ret, struct error *e); // starts the keeper
// One that the system will not start now is tried again by the keeper; until then it goes on with fewer, or none.
void workers_start(struct workers *w, unsigned n);
struct workers *workers_free(struct workers *w); // each finishes the job it is at
