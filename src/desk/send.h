// One attempt at one step of the outbox.
#pragma once

#include "desk/parts.h"
#include "store/store.h"

struct sent {
        struct freshdesk_result result;
        int64_t freshdesk_id;  // of the reply or note made; 0 for an update
        bool found_there;      // an earlier attempt had worked: nothing was sent again
        const char *forbidden; // nothing was sent, because the ticket has changed: why. Static
};

// `fresh`: the ticket was read a moment ago and this is the first attempt, so that nothing need be read again. 0 when
// the step is done or forbidden, negative with e when not; ret->result says how to go on.
_warn_unused_ int send_step(struct desk *d, const struct step *st, bool fresh, struct sent *ret, struct error *e);
