// A fixed number of threads that run what is submitted, behind a queue with a limit.
#pragma once

#include <stddef.h>

#include "base/memory.h"

struct pool;

enum { POOL_THREADS_MAX = 256 }; // more than any machine could use

// name: at most 10 bytes, shown as the threads' name. Returns 0, -EINVAL, -ENOMEM or -EAGAIN (no threads to be had).
_warn_unused_ int pool_new(const char *name, unsigned threads, size_t queue_max, struct pool **ret);
// Runs fn(arg) on one of the threads, in order of submission. -EBUSY when the queue is full, -ESHUTDOWN when closing.
_warn_unused_ int pool_submit(struct pool *p, void (*fn)(void *arg), void *arg);
size_t pool_waiting(struct pool *p);
// Runs what is queued, joins the threads, frees. Not from one of its own threads.
struct pool *pool_free(struct pool *p);
DEFINE_CLEANUP(struct pool, pool_free);
