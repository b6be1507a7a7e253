// The reconciliation poll: finds the tickets whose webhook never came, on a thread of its own.
//
// It runs every FRESHDESK_POLL seconds, at once after the start, and at once when the database or Freshdesk is back.
// What it finds is accepted like a webhook. It starts from the account's bookmark, so that downtime leaves no gap.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "desk/parts.h"

// Checks FRESHDESK_SINCE and makes a poll that does nothing yet. -EINVAL with ERROR_SETTING_INVALID. *ret stays NULL
// where there is nothing to poll: no Freshdesk, no database, FRESHDESK_POLL 0.
_warn_unused_ int poll_new(struct desk *d, struct poll **ret, struct error *e);
_warn_unused_ int poll_start(struct poll *p, struct error *e);
void poll_stop(struct poll *p); // tells it to end, and does not wait: a call to Freshdesk may be under way
struct poll *poll_free(struct poll *p);

struct poll_state {
        int64_t complete_ms; // wall clock: when the last complete run ended; 0: not yet
        int64_t cursor_ms;   // Freshdesk's clock: all updates before have been taken in; 0: not known yet
        int64_t found;       // since the start of the process
        bool behind;         // the last run stopped at its limit; the next goes on soon
        int failing;         // 0, or the negative errno of the last run, with its words in error
        struct error error;
};
void poll_state(struct poll *p, struct poll_state *ret); // never blocks
