// A backup is one file that is a whole database. It is written while others use the database, and put back when nobody
// does. Both work on files alone: no store of this process may be open on them. Any thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/erase.h"

struct backup_facts {
        int schema;    // its version
        int64_t bytes; // of the file
        int64_t tickets, events, jobs, audit_rows;
};

struct backup_progress {
        void (*fn)(void *arg, size_t done, size_t all); // NULL: nobody looks
        void *arg;
};

// Writes the database that url names to the file `to`, mode 0600: into to.part first, which is synced, checked (whole,
// ours, the same counts as at the moment it shows) and then renamed. `replace`: over a file that is there, a regular
// one. A crash leaves to.part, which the next backup of that name takes over. The log of the database cannot be reset
// meanwhile: it grows by what is written during the copying. -EEXIST, -EINVAL (`to` is the database itself or no
// regular file), -EBUSY (somebody writes to.part now), -ENOSPC, -ENOENT, and what store_open says of a file.
_warn_unused_ int backup_write(const char *url, const char *to, bool replace, const struct backup_progress *progress,
                               struct backup_facts *ret, struct error *e);

// The same into a folder, as firstline-20260131T120000Z.db, the time being `now_ms`. Then only the `keep` newest of
// these names stay (0: all). The caller frees *ret_path.
_warn_unused_ int backup_write_in(const char *url, const char *folder, int64_t now_ms, unsigned keep,
                                  const struct backup_progress *progress, char **ret_path, struct backup_facts *ret,
                                  struct error *e);

struct restored {
        struct backup_facts facts;
        char *aside;    // where the database that was there is now; NULL: there was none
        int64_t unsent; // steps of the outbox that will be looked up in Freshdesk before they are sent
        // What the database that was there had erased is erased in the backup as well. Not known: there was none, or it
        // is damaged.
        bool erasures_known;
        int64_t erasures;    // requests that the backup did not know of
        struct erased again; // what was erased for them, and for what was forgotten by its age
};
void restored_clear(struct restored *r);
#define _cleanup_restored_ _cleanup_(restored_clear)

// Puts the backup `from` in the place of the database that url names. All is checked on a copy beside it before
// anything is touched: ours, no newer version, complete, sound. The old file is kept under another name and the new one
// appears in one instant. What waits in the outbox of a backup may have been sent since: it is marked as perhaps sent,
// so that delivery looks for it first. -EBUSY (a process uses the database), -EBADMSG (not ours, damaged, incomplete),
// -EPROTONOSUPPORT (newer), -EINVAL (the database itself), -ENOENT, -ENOSPC ...
_warn_unused_ int backup_restore(const char *url, const char *from, const struct backup_progress *progress,
                                 struct restored *ret, struct error *e);
