// Counts that are kept while writing: jobs by state, tickets by day and decision, automatic answers by day and what
// became of them. Statistics read these few rows.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "store/writer.h"

// Adds (sign 1) or takes away (-1) a ticket as it stands in its table now: around each update of it.
_warn_unused_ int tally_ticket(struct transaction *t, int64_t seq, int sign, struct error *e);
// The same of all automatic answers to a ticket.
_warn_unused_ int tally_answers(struct transaction *t, int64_t ticket_id, int sign, struct error *e);
// A ticket was inserted, created at t->now_ms, in state queued and not decided. Cheap: written once a group.
void tally_fresh(struct transaction *t);
void tally_job_new(struct transaction *t, enum job_state state);
void tally_job_move(struct transaction *t, enum job_state from, enum job_state to);
// Writes what is left of the group; by the writer, before the commit.
_warn_unused_ int tally_flush(struct transaction *t, struct error *e);
