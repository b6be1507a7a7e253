// What the customer wrote: the ticket read back through Freshdesk, or what came with the event where there is no
// Freshdesk.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "desk/guard.h"
#include "desk/parts.h"
#include "store/store.h"

struct reading {
        char *subject;    // never NULL once read
        char *body;       // plain text of what is to be answered now, quoted history and signature cut away; never NULL
        char *requester;  // e-mail address, else name; NULL: not known
        char *first_name; // for the greeting; NULL: not known
        int priority;     // 0: not known
        bool from_freshdesk;
        size_t messages;                  // of the conversation
        struct guard_seen seen;           // what is looked at again before sending
        json_t *tags;                     // that the ticket has; NULL: not known
        bool follow_up;                   // the customer wrote again after an automatic answer
        char *to_person;                  // why a person must answer, whatever is understood and found; NULL: no reason
        char *last_document, *last_title; // of the passage that the customer was answered with before; NULL: none
        bool quiet;                       // and the customer hears nothing of that, not even an acknowledgement
        char *nothing_to_answer;          // why this ticket wants no answer now; NULL: it wants one
};
void reading_clear(struct reading *r);
#define _cleanup_reading_ _cleanup_(reading_clear)

// Somebody asked for this journey; what Freshdesk tells of happens by itself.
bool reading_asked_for(const struct job *job);

// From the event's own text; a: what machines write, NULL: not asked. -EINVAL when it holds none, -ENOMEM.
_warn_unused_ int reading_from_event(const struct automatic *a, const struct job *job, struct reading *ret,
                                     struct error *e);

// From Freshdesk, with the conversation. Failures as freshdesk_ticket; r is always filled.
_warn_unused_ int reading_from_freshdesk(struct desk *d, const struct job *job, struct reading *ret,
                                         struct freshdesk_result *r, struct error *e);
