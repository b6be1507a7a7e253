// One attempt at one step of the outbox: first a look, then the sending.
#pragma once

#include "desk/guard.h"
#include "desk/parts.h"
#include "store/store.h"

// What the guard must know of this team and of the ticket's agent. May call Freshdesk.
struct guard_team send_team(struct desk *d, const struct freshdesk_ticket *t);

struct attempt {
        struct freshdesk_result result;
        int64_t freshdesk_id;  // of the reply or note made; 0 for an update
        bool found_there;      // an earlier attempt had worked: there is nothing to send
        const char *forbidden; // nothing may be sent, because the ticket has changed: why. Static
        bool decide_anew;      // and something else may be right now
        int64_t unsettled_ms;  // an earlier attempt is so young that Freshdesk may not show it yet: look again after
                               // that
        struct freshdesk_ticket ticket; // as read; empty where nothing had to be read
        json_t *payload;
};
void attempt_clear(struct attempt *a);
#define _cleanup_attempt_ _cleanup_(attempt_clear)

// Reads what must be known before the step is sent; changes nothing in Freshdesk. `fresh`: the ticket was read a moment
// ago, so that nothing need be read again for a first attempt. 0 with ret filled, or negative with e: ret->result says
// how to go on.
_warn_unused_ int send_look(struct desk *d, struct store *s, const struct step *st, bool fresh, struct attempt *ret,
                            struct error *e);
// Sends it, after a look that found nothing against it. 0 when it is done, negative with e when not.
_warn_unused_ int send_step(struct desk *d, const struct step *st, struct attempt *a, struct error *e);
