// The one thread that writes: takes the changes that wait, commits them as one group, synced, then tells each caller.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/group.h"

struct writer;

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

// Copies the log into the file and cuts it to nothing, between two groups. Does not wait for readers: -EAGAIN while one
// of any process needs the log. Not from the writer's thread.
_warn_unused_ int writer_empty_log(struct writer *w, struct error *e);

int writer_health(struct writer *w, struct error *e);
uint64_t writer_recoveries(struct writer *w); // how often a write succeeded after one that had not
// Groups and changes committed since the start, for measurements.
void writer_counts(struct writer *w, uint64_t *ret_groups, uint64_t *ret_changes);
