// One group of changes: one transaction, one sync, then each caller is told.
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite.h"
#include "store/store.h"

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

struct group {
        struct database *d;
        // What became of each transaction, before the callbacks of its `n` changes: who is told of a success finds it
        // true everywhere.
        void (*over)(void *arg, int r, const struct error *e, const struct transaction *t, size_t n);
        void *arg;
};

// Writes the list and completes each of it. Returns what became of the last transaction: 0, or negative with e set.
int group_run(const struct group *g, struct change *first, struct error *e);
// Completes each of the list with this failure.
void group_refuse(struct change *first, int r, const struct error *e);
