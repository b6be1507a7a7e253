// One ticket's way from its event to its end: read, think, write down, deliver.
#pragma once

#include "desk/parts.h"
#include "store/store.h"

// A job's lease. The keeper renews it every few seconds while this process lives, so that a crash is noticed soon.
#define JOURNEY_LEASE_MS 15000

// Works on a job that the caller holds, running or delivering, to its end or its next wait. ret (may be NULL) is filled
// for a job that was running and came to a decision; ret->state says where the job stands. Negative when the store
// failed, the text was unusable, or memory was short: then the job waits for its next try all the same, or has failed.
_warn_unused_ int journey(struct desk *d, struct store *s, const struct job *job, struct outcome *ret, struct error *e);
