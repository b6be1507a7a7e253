// Is there something about this ticket that never arrived? Decided cheaply: by what the list of tickets says and what
// the database knows, then by one look at the conversation; the journey's own reading decides what is to be done.
#pragma once

#include "desk/bookmark.h"
#include "desk/parts.h"
#include "freshdesk/ticket_list.h"

enum { MISSING_MEMORY = 8192 }; // tickets remembered, so that an update that was looked at is not looked at again

struct missing {
        struct desk *d;
        int64_t skew_ms; // Freshdesk's clock minus ours
        struct missing_seen {
                int64_t id, updated_ms;
        } seen[MISSING_MEMORY]; // by id, the newer one displaces
};

enum missing_verdict {
        MISSING_SEEN,    // this update of the ticket was dealt with before
        MISSING_NOTHING, // nothing is missing; no call was made
        MISSING_LOOKED,  // nothing is missing; that took a look at the conversation
        MISSING_FOUND,   // accepted as an event of kind "polled"
};

// Negative when Freshdesk or the database failed: nothing is known of this row, and it must be looked at again. r is
// filled then. *ret_said: something that people did after us was read back (readback.h). Tickets whose conversation
// this agent may not read count as MISSING_NOTHING: no journey could read them.
_warn_unused_ int missing_look(struct missing *m, struct store *s, const struct bookmark *b,
                               const struct freshdesk_listed *row, enum missing_verdict *ret, bool *ret_said,
                               struct freshdesk_result *r, struct error *e);
