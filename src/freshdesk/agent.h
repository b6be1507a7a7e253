// The agent whose key we use.
#pragma once

#include "freshdesk/freshdesk.h"

enum { AGENT_TEXT_SIZE = 256 };

struct freshdesk_agent {
        int64_t id;
        char name[AGENT_TEXT_SIZE], email[AGENT_TEXT_SIZE], type[AGENT_TEXT_SIZE]; // "" where not said
        int scope;      // which tickets it sees: 1 all, 2 its groups', 3 its own; 0: not said
        int64_t now_ms; // Freshdesk's clock, from the answer's Date; 0: not said
};

// Failures of both as freshdesk_ticket.
_warn_unused_ int freshdesk_agent(struct freshdesk *f, struct freshdesk_agent *ret, struct freshdesk_result *r,
                                  struct error *e);
// How many tickets are assigned to an agent. We assign none to ourselves: one that has some is a person.
_warn_unused_ int freshdesk_agent_tickets(struct freshdesk *f, int64_t agent_id, int64_t *ret,
                                          struct freshdesk_result *r, struct error *e);
