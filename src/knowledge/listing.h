// The files of a knowledge folder and the folders in it, without opening any.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/memory.h"

enum document_format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_HTML };

struct file {
        char *path; // within the folder, "/" between its parts
        char *full_path;
        enum document_format format;
        int64_t size, mtime_ns, ctime_ns;
        uint64_t device, inode;
        bool fresh;    // changed just before the scan: a further change may not show in its times
        char *problem; // why it cannot be read; NULL when it may be
};

struct listing {
        struct file *files; // sorted by path
        size_t n, cap;
        bool unseen;   // a folder could not be looked at for a reason of this process or machine, not of the folder
        char *problem; // of the folder itself: missing, no folder, too many files; NULL when well
};

// Hidden files and folders, and files of other formats, are passed over. A link may lead to another place in the
// folder, not out of it. 0 or -ENOMEM: everything else is a problem in *ret.
_warn_unused_ int listing_scan(const char *path, struct listing *ret);
void listing_clear(struct listing *f);
#define _cleanup_listing_ _cleanup_(listing_clear)

// The same files, as far as can be told without opening them, and none of them fresh in `a`? Of single files only what
// they are is compared, not their paths.
bool listing_equal(const struct listing *a, const struct listing *b);
bool listing_same_file(const struct file *a, const struct file *b);
