// The one thread that writes: takes the changes that wait, commits them as one group, synced, then tells each caller.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite.h"
#include "store/state_table.h"
#include "store/store.h"

struct writer;

// What the changes of one group have in common.
struct transaction {
        struct database *d;
        int64_t now_ms;                 // wall clock, the same for all
        int64_t jobs[JOB_STATE_COUNT_]; // what is to be added to the kept counts
        int64_t fresh_tickets;          // that came today, are queued and not decided
        unsigned due;                   // jobs that a worker may take now
        int64_t changes_before;         // rows that the connection had changed when it began
};

// A change is run on the writer's thread, inside a transaction. It must be able to run twice: when a change fails
// halfway, the group is rolled back and each is run by itself. (A savepoint around each was measured: a tenth of an
// accept's time, for what never happens.) Failing before its first write costs the others nothing.
struct change {
        int (*run)(struct transaction *t, void *arg, struct error *e);
        void (*done)(void *arg, int r, const struct error *e); // after the sync; may free the change
        void *arg;
        size_t bytes; // of memory that waits with it

        struct change *next; // the writer's from here
        int r;
        struct error error;
};

// d stays the caller's and is used by nobody else until writer_free. committed: before the callbacks of each group that
// was written.
_warn_unused_ int writer_new(struct database *d, void (*committed)(void *arg, const struct transaction *t), void *arg,
                             struct writer **ret, struct error *e);
struct writer *writer_free(struct writer *w); // finishes what waits
DEFINE_CLEANUP(struct writer, writer_free);

// 0, or -EBUSY when too much waits already: then done is not called. Any thread.
_warn_unused_ int writer_submit(struct writer *w, struct change *c);
// Waits for the result of `run`: negative, or what it returned. Not from the writer's thread.
_warn_unused_ int writer_run(struct writer *w, int (*run)(struct transaction *t, void *arg, struct error *e), void *arg,
                             struct error *e);

int writer_health(struct writer *w, struct error *e);
// Groups and changes committed since the start, for measurements.
void writer_counts(struct writer *w, uint64_t *ret_groups, uint64_t *ret_changes);
