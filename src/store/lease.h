// Who works on which job. A lease in the database keeps other workers away until it runs out; what this process works
// on is remembered here, to be renewed; a process that died is recognised, so that its jobs need not wait for the end
// of their leases.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/writer.h"

struct leases;

_warn_unused_ int leases_new(struct leases **ret, struct error *e);
struct leases *leases_free(struct leases *l);
DEFINE_CLEANUP(struct leases, leases_free);

int64_t leases_owner(const struct leases *l); // this store's token in the database
int64_t lease_thread(void);                   // the calling thread's token, never 0; differs in a forked child

// Before a job is looked for: frees the jobs of processes that are dead, and the leases that a clock set back has put
// into the far future.
_warn_unused_ int leases_tidy(struct leases *l, struct transaction *t, struct error *e);
// In a transaction that gives a lease: makes sure that others can look up who we are.
_warn_unused_ int leases_register(struct leases *l, struct transaction *t, struct error *e);
// Gives back every job of this store: when it closes.
_warn_unused_ int leases_release_all(struct leases *l, struct transaction *t, struct error *e);

// This thread works on that job now, and no longer on the one before it. Without memory it is not renewed, no more.
void leases_hold(struct leases *l, int64_t thread, int64_t job_id);
void leases_drop(struct leases *l, int64_t job_id);
bool leases_any(struct leases *l); // was any lease given to this store?
