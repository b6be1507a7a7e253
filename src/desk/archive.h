// Past tickets out of Freshdesk, into a file that the readers of tickets take (triage/columns.h): for rehearsal and
// training on what this desk has had.
//
// Every ticket is a line of JSON: id, updated_at, subject, description, type, group_id, status, priority, source, the
// custom fields by their names, tags, answer (an agent's first), and tier and category where a tag is one's name. What
// Firstline itself wrote is no label and no answer: of a ticket with the tag "firstline" no tag says tier or category.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "desk/desk.h"

struct archive_options {
        int64_t since_ms;        // updated then or later
        size_t max;              // tickets
        bool answers;            // read the conversation of those that are resolved: a call each
        const atomic_bool *stop; // may be NULL
        void (*progress)(void *arg, size_t done, size_t all); // may be NULL
        void *progress_arg;
};

// Writes to `path` (mode 0600); goes on behind what an earlier run has written there. Waits for its turn as long as
// Freshdesk's allowance wants it. *ret_n: tickets in the file. -EINTR when it was stopped: what is written stays, and
// the same call goes on there. -ENOTCONN: no Freshdesk is set up; the errors of Freshdesk's, and of writing.
_warn_unused_ int archive_fetch(struct desk *d, const struct archive_options *o, const char *path, size_t *ret_n,
                                struct error *e);
