// A few connections for reading. Each shows the last commit and is used by one thread at a time.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite.h"

struct readers;

_warn_unused_ int readers_new(const char *path, struct readers **ret, struct error *e);
struct readers *readers_free(struct readers *rs); // when all are back
DEFINE_CLEANUP(struct readers, readers_free);

struct reader { // lent; goes back at the end of the scope, after the queries on it
        struct readers *from;
        struct database *d;
};
// Waits while all are lent, not for ever: -EAGAIN.
_warn_unused_ int reader_take(struct readers *rs, struct reader *ret, struct error *e);
void reader_return(struct reader *r);
#define _cleanup_reader_ _cleanup_(reader_return)
