// What is written down of a decision: the ticket's row, and the rows of the audit trail that it can be explained and
// made again from.
#pragma once

#include "desk/parts.h"
#include "desk/reading.h"
#include "desk/trail.h"
#include "store/store.h"

struct record {
        struct ticket ticket; // borrows its texts: of the record, and of what it was made from
        char *sources, *language, *signals;
};

// mode: think_mode's. *ret is zeroed before; record_clear is due whatever is returned. 0 or -ENOMEM.
_warn_unused_ int record_fill(const struct desk *d, int64_t ticket_id, const struct reading *r, const struct outcome *o,
                              const char *mode, int64_t duration_ms, struct record *ret);
void record_clear(struct record *r);
#define _cleanup_record_ _cleanup_(record_clear)

// Adds "classified", "found" and "decided". 0 or -ENOMEM.
_warn_unused_ int record_trail(const struct desk *d, const struct reading *r, const struct outcome *o, const char *mode,
                               struct trail *trail);
