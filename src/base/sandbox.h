// What the process gives up, so that a fault in it is worth less to whoever finds one.
//
// For the start of the program, before there is a second thread: what is given up is given up for good, and by all that
// comes after.
#pragma once

#include <sys/types.h>

#include "base/error.h"

// No core dump, no debugger of the same user at its memory, no file that others may read, no program that would run
// with more rights than this one. Never fails: what the kernel will not do is done without.
void sandbox_private(void);
// The umask that the program was started with, for the few files that are meant for others; 022 before sandbox_private.
mode_t sandbox_umask(void);

// Where the process is root: becomes the user for good. user: a name, "1000" or "1000:1000" (the group); empty: nobody
// else. -EPERM: not root and another user, -ENOENT: no such user.
_warn_unused_ int sandbox_become(const char *user, struct error *e);

enum sandbox_result {
        SANDBOX_NONE, // the kernel has no Landlock, or it is turned off
        SANDBOX_FULL,
};

// From now on nothing can be written, made, renamed or removed outside the folder, and no program started (Landlock,
// Linux 5.13). Reading stays free, and so does what is open already. A result, or negative: nothing was given up.
_warn_unused_ int sandbox_write_only_below(const char *folder, struct error *e);
