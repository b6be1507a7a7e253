// What a person decides about a ticket: a draft is approved, edited or not, or discarded; a ticket is handed to a
// person. Each is an event of the ticket like any other, so that it is on disk before it is answered, happens once, and
// what is sent goes through the same guards and the same outbox.
#pragma once

#include "desk/outbox.h"
#include "desk/parts.h"
#include "desk/reading.h"
#include "desk/trail.h"

struct approval {
        struct ticket ticket; // as it is decided now
        struct outbox outbox;
        char *by; // who approved; NULL: not said
};
void approval_clear(struct approval *a);
#define _cleanup_approval_ _cleanup_(approval_clear)

bool review_asks(const struct job *job, const char *kind);

// What an approved draft makes: 1 with *ret filled and "approved" in the trail; 0 when the customer has written since,
// which the trail then says, and a new decision is needed; or negative.
_warn_unused_ int review_approved(struct desk *d, struct store *s, const struct job *job, const struct reading *r,
                                  struct trail *trail, struct approval *ret, struct error *e);
// "discarded" in the trail.
_warn_unused_ int review_discarded(const struct job *job, struct trail *trail, struct error *e);
// Makes the reading one for a person, and says so in the trail.
_warn_unused_ int review_handed_over(const struct job *job, struct reading *r, struct trail *trail, struct error *e);
