// Jobs, for people: what waits, what failed, and having it tried again or dropped. On the database alone, so that it
// works beside a running server and without one.
#pragma once

#include <jansson.h>

#include "store/store.h"

// As the API and `firstline jobs --json` give it; NULL: no memory.
json_t *job_row_json(const struct job_row *j);
// The same with the steps of its outbox. *ret is the caller's.
_warn_unused_ int job_whole_json(struct store *s, int64_t id, json_t **ret, struct error *e);

enum job_order {
        JOB_RETRY, // now: one that failed from the start, one that waits without its pause
        JOB_DROP,
};
// Gives the order, with a row in the audit trail that says by whom ("api", "command"). -ENOENT; -EBUSY with
// ERROR_CONFLICT when the job is over or being worked on. ret (may be NULL): the job as it is then; the caller clears
// it.
_warn_unused_ int job_order(struct store *s, int64_t id, enum job_order order, const char *by, struct job_row *ret,
                            struct error *e);
