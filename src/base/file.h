// Files: read whole with a limit, write so that a crash leaves the old or the new one, join paths.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

// Reads a regular file of at most max bytes. *ret is NUL-terminated, the caller frees it; *ret_len without the NUL.
// -ENOENT, -EACCES, -EISDIR, -EFBIG, -ENOMEM ...: e names the path and what to do.
_warn_unused_ int file_read(const char *path, size_t max, char **ret, size_t *ret_len, struct error *e);

// Writes path.tmp, syncs it, renames it over path. Mode 0600 when `secret`, else 0644 less sandbox_umask.
_warn_unused_ int file_write(const char *path, const void *data, size_t n, bool secret, struct error *e);

// Syncs the folder that a name is in: a new name is durable only then. 0 or negative errno, without words.
_warn_unused_ int file_sync_folder(const char *path);

_warn_unused_ char *file_join(const char *dir, const char *name); // NULL: no memory
bool file_exists(const char *path);
bool file_is_dir(const char *path);

// The first of `name` as given (when absolute or existing from the working folder), beside the installed data folder,
// and beside the binary's own build tree; so that default paths work from any folder. NULL when nothing is there or no
// memory.
_warn_unused_ char *file_find_data(const char *name);
