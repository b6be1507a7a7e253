// What the keeper does now and then, a little at a time: forgets what is older than RETENTION_DAYS, throws away vectors
// that nothing needs, gives free pages back.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desk/parts.h"

struct housekeeping {        // zeroed at first
        bool began, pruned;  // the first look was made; vectors were looked through
        bool under_way;      // a look at the tickets goes on at `after`
        int64_t next_ms;     // monotonic: of the next look
        bool spare;          // free pages are left to be given back
        int64_t before_ms;   // wall clock: what came before is old
        int64_t after;       // the ticket looked at last, by its order of arrival
        int64_t skew_ms;     // wall clock less monotonic clock
        int64_t trust_at_ms; // monotonic: from when on the wall clock is believed
        size_t forgotten;    // and not yet out of the log
        int64_t empty_at_ms; // monotonic: when that may be tried again
};
// Some milliseconds at most, but for emptying the log after something was forgotten. The keeper's thread.
void housekeep(struct housekeeping *h, struct desk *d, struct store *s);
// May what a wall clock of `now_ms` makes old be forgotten? newest_ms: what the database has last heard of; 0: nothing.
// A clock that jumped, or that is far ahead of the database at the start, is not believed for a day.
bool housekeeping_trusts(struct housekeeping *h, int64_t now_ms, int64_t monotonic_ms, int64_t newest_ms);
