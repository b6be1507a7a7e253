// One run of the reconciliation poll: the tickets that were updated since the bookmark, page by page, each looked at
// for what never arrived.
//
// Pages are turned by time, not by number: the next list begins where the last page ended, because a ticket that is
// updated meanwhile moves to the end and would pull another one over the edge between two numbered pages. Only tickets
// updated in the same second are turned by number; such a block is read again until a pass brings nothing new. So the
// service's limit of 300 pages is met by such a block alone.
#pragma once

#include <stdatomic.h>

#include "desk/missing.h"

struct sweep {
        struct missing missing;
        struct bookmark bookmark;
        const char *account; // borrowed
        const char *since;   // FRESHDESK_SINCE, borrowed
        int64_t started_ms;  // wall clock: what "from now on" means for an account that is new

        bool going_on;    // the last run stopped in the middle, at its limit: the next goes on there
        int64_t since_ms; // the list that is being read
        unsigned page, passes;
        int64_t newest_ms;      // update seen since the start of the window
        uint64_t fresh_in_pass; // tickets of this second that were not known before
};

enum sweep_end {
        SWEEP_COMPLETE, // everything up to now has been taken in
        SWEEP_PARTIAL,  // the limit of one run is reached: there is more
        SWEEP_FAILED,   // Freshdesk or the database failed; what was taken in is kept
};

struct sweep_result {
        enum sweep_end end;
        unsigned pages, seen, looked, found, read_back;
        int64_t from_ms;                   // where the run began
        struct freshdesk_result freshdesk; // of the call that failed; outcome FRESHDESK_OK: the database did
};

// Runs until the end, the run's limits, or *stopping. The bookmark is saved whatever the end. Negative with e when it
// is SWEEP_FAILED.
int sweep_run(struct sweep *w, struct store *s, const atomic_bool *stopping, struct sweep_result *ret, struct error *e);
