// The `.env` file: lines KEY=VALUE, with quotes, comments and an optional `export`.
#pragma once

#include "base/error.h"

// Calls fn for each line that sets something, in order, with the line's number. Stops when fn returns a negative errno,
// which it returns. A file that is not there is empty. Malformed lines are refused by their number, never by their
// content: it may be a secret.
_warn_unused_ int settings_file_read(const char *path,
                                     int (*fn)(void *arg, unsigned line, const char *name, const char *value,
                                               struct error *e),
                                     void *arg, struct error *e);
