// How often we may answer by ourselves, and when a person must: budgets per ticket and per requester, bursts, tickets
// that were handed over, and what the customer's words ask for. So no exchange with a machine goes on without end.
#pragma once

#include "desk/parts.h"
#include "desk/reading.h"

// The error of a step that was withheld because a person had taken the ticket.
#define BUDGET_TAKEN "a person took the ticket"

// Fills to_person, quiet, follow_up and nothing_to_answer of the reading, as far as they are not filled yet, from the
// ticket with its conversation. `text`: what the customer wrote since somebody answered. 0 or -ENOMEM; what the
// database cannot tell counts as nothing.
_warn_unused_ int budget_apply(struct desk *d, const struct job *job, const struct freshdesk_ticket *t,
                               const char *text, struct reading *r);

// Just before a reply goes out: is a budget used up meanwhile? What a person approved is not limited. Static text, or
// NULL.
const char *budget_forbid(struct desk *d, const struct freshdesk_ticket *t, const struct step *st);
