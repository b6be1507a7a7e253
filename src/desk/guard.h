// May we write to this customer now? Questions asked of a ticket as Freshdesk has it at this moment.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "freshdesk/freshdesk.h"

// Who wrote a message is decided by user id, never by `incoming`: recordings of the real service show customers' mail
// with incoming=false.
bool guard_by_requester(const struct freshdesk_ticket *t, const struct freshdesk_message *m);

// The index of the first message that belongs to what the customer wrote since anybody answered in public; n_messages
// when there is none.
size_t guard_unanswered_from(const struct freshdesk_ticket *t);

// Did the customer write the newest public words of the conversation? False when there are none beside the description.
bool guard_customer_waits(const struct freshdesk_ticket *t);

// Freshdesk's resolved and closed, and the status that this team uses for resolved.
bool guard_resolved(const struct freshdesk_ticket *t, int status_resolved);

// Was it merged into another ticket, as far as that shows? Freshdesk closes such a ticket and leaves a note of its own,
// in English unless somebody wrote another: there is no field for it. Who writes after it opens the matter again.
bool guard_merged(const struct freshdesk_ticket *t);

// How many messages of the customer's, with words, the conversation has.
size_t guard_customer_messages(const struct freshdesk_ticket *t);

struct guard_team {
        int status_resolved;    // the status that this team uses for resolved, beside Freshdesk's own two; 0: none
        int64_t me;             // our agent; 0: not known
        bool other_bot;         // the ticket is assigned to another AI agent
        bool other_group;       // it is in a group that is not ours to work for
        bool assigned_is_taken; // an assignment alone makes it a person's
        bool approved;          // a person wants this reply sent, whoever has the ticket
};

// Why nothing may be sent to the customer: deleted, spam, merged, answered by somebody, already resolved, an agent's
// own mail, another bot's or group's ticket, or one that a person has taken: who answered in it and has it, or is
// writing notes in it. An assignment alone says little: many desks assign by a rule. NULL: it may. Static text.
const char *guard_forbids(const struct freshdesk_ticket *t, const struct guard_team *team);

// What a decision was made from, to see before sending whether it still stands.
struct guard_seen {
        size_t messages;      // as guard_customer_messages
        int64_t responder_id; // 0: nobody
};
enum guard_change { GUARD_SAME, GUARD_WROTE_MORE, GUARD_TAKEN };
enum guard_change guard_changed(const struct freshdesk_ticket *t, const struct guard_seen *seen, int64_t me);
