// When may a call go out? Held back by the quota of its family, by the circuit breaker, and by a key that Freshdesk
// does not accept.
#pragma once

#include "freshdesk/call.h"

struct turn {
        struct quota_call counted;
        bool breaker_trial, key_trial;
};

void turns_init(struct freshdesk *f, double share);
void turns_clear(struct freshdesk *f);

// Waits for the turn, at most the timeout of a call, or two seconds for one
// that changes something; 0 when the call is to go out now: then turn_end must follow. Else
// negative, and nothing was sent: r->held says so, r->retry_after_ms when to come again. Makes the trial (/agents/me)
// that shows whether a refused key works again when that is due.
_warn_unused_ int turn_take(struct freshdesk *f, const struct call *c, struct turn *ret, struct freshdesk_result *r,
                            struct error *e);

// What became of the call.
struct turn_end {
        const struct http_answer *answer;
        int failure; // of the exchange; 0: answered
};
void turn_end(struct freshdesk *f, const struct turn *t, const struct turn_end *end, struct freshdesk_result *r);
