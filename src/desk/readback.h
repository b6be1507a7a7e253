// What people did to a ticket after us, read back as feedback "by freshdesk": an agent put another tier or category on
// it as a tag, it was opened again, an agent answered after us, or the customer wrote that it did not help.
//
// It costs no call of its own but one look at the conversation for an update of a ticket that was answered by itself
// in the last WATCH_HOURS: the tags come with the list that the poll reads anyway. Only what was there neither before
// us nor by us is taken for a correction.
#pragma once

#include "desk/parts.h"
#include "freshdesk/ticket_list.h"

struct readback {
        const struct freshdesk_listed *row;
        int64_t skew_ms;                       // Freshdesk's clock minus ours
        struct freshdesk_ticket *conversation; // with messages, when somebody has read it already; else to be read
        bool read;                             // conversation holds it
        bool said;                             // something was read back
};

// An update of a ticket as the list tells it. 0, or negative when Freshdesk (r is filled) or the database failed: then
// it is to be looked at again. The same update says the same thing once, however often it is looked at.
_warn_unused_ int readback_look(struct desk *d, struct store *s, struct readback *b, struct freshdesk_result *r,
                                struct error *e);
