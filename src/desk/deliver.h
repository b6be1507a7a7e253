// From the outbox to Freshdesk, step by step, each confirmed before the next.
//
// Freshdesk knows no idempotency keys: when an attempt may have happened (time-out, cut connection, crash), the
// ticket's conversation is searched for our own message before it is sent again. Nothing is called delivered that
// Freshdesk did not confirm.
#pragma once

#include "desk/parts.h"
#include "store/store.h"

// Works on a job in state delivering that the caller holds, to its end or its next wait. `patience_ms`: how long to
// wait here for a step that is to be tried again; then the job is given back with its time. `read_ms`: monotonic
// clock of the last reading of the ticket; 0: none. *ret_state: the job's state after it. Negative only when the
// store failed: the job is taken up again when its lease is over.
_warn_unused_ int deliver(struct desk *d, struct store *s, const struct job *job, int64_t patience_ms, int64_t read_ms,
                          enum job_state *ret_state, struct error *e);
