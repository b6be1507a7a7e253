// A file that is being written beside its later place: made, held against a second writer, and put in place.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/memory.h"

struct part {
        char *path;
        int fd; // open as long as the file is held: nothing else of this process may lock it meanwhile
};
#define PART_NONE                                                                                                      \
        (struct part) {                                                                                                \
                .fd = -1                                                                                               \
        }
// An empty file of mode 0600, our own. Takes over what a crash left. -EBUSY: another process writes it now. -EINVAL: it
// is a link, or somebody else's.
_warn_unused_ int part_open(const char *path, struct part *ret, struct error *e);
_warn_unused_ int part_sync(const struct part *p, struct error *e);
// Renames it to `to` and syncs the folder. Not `replace`: -EEXIST when there is something. The part is gone then.
_warn_unused_ int part_place(struct part *p, const char *to, bool replace, struct error *e);
void part_drop(struct part *p); // removes what was not put in place
#define _cleanup_part_ _cleanup_(part_drop)
