// Forgetting one ticket, within a transaction: see store/erase.h for what stays.
#pragma once

#include "store/inside.h"

struct forgetting {
        const char *by;   // "command", "api", "retention", "restore"
        const char *hash; // of the requester's address, keyed; NULL: not by requester
};
// Adds the unfinished jobs that were dropped to *jobs.
_warn_unused_ int forget_ticket(struct transaction *t, int64_t ticket_id, const struct forgetting *how, int64_t *jobs,
                                struct error *e);
// Forgets the keys by which repeats were recognised, of emptied events that no repeat can come of any more.
_warn_unused_ int forget_keys(struct transaction *t, struct error *e);
