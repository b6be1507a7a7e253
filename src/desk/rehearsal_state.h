// What a rehearsal has done so far, in a file of lines, so that one that was stopped or killed goes on where it was.
#pragma once

#include "desk/rehearsal.h"

struct rehearsal_state;

// Opens or makes the file. What it has of the same rehearsal (r->identity) is filled into r->items and counted in
// r->resumed; one of another rehearsal is begun anew. -EEXIST: the file is no state of a rehearsal; -errno
// with e.
_warn_unused_ int rehearsal_state_open(const char *path, struct rehearsal *r, struct rehearsal_state **ret,
                                       struct error *e);
// Adds the ticket with this index. A disk that is full costs only the going on. Any thread.
void rehearsal_state_add(struct rehearsal_state *s, size_t i, const struct rehearsed *x);
void rehearsal_state_close(struct rehearsal_state *s); // s may be NULL; the file stays
