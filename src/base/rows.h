// A file of tab-separated rows that people edit: blank lines and lines that begin with "#" are remarks.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

enum {
        ROWS_FILE_MAX = 4 * 1024 * 1024, // bytes: tens of thousands of lines, far over what people write by hand
        ROWS_FIELDS_MAX = 8,
};

struct rows {
        const char *path; // borrowed, for messages
        char *text;
        size_t n, at;
        int line; // of the row that was read last, from 1
};

// Calls fn with each row of the file: its n fields (at most ROWS_FIELDS_MAX), trimmed and none of them empty, borrowed
// until fn returns. 0, or what went wrong first: the errors of rows_open and rows_next, what fn returned below 0, and
// for each -ENOMEM of these "not enough memory for WHAT".
_warn_unused_ int rows_read(const char *path, size_t n, const char *what,
                            int (*fn)(void *arg, const struct rows *r, const char **fields, struct error *e), void *arg,
                            struct error *e);
// The same with the file of this name in config_dir; where there is none, because the folder is of an earlier version,
// with the one that is shipped as config/NAME.
_warn_unused_ int rows_read_config(const char *config_dir, const char *name, size_t n,
                                   int (*fn)(void *arg, const struct rows *r, const char **fields, struct error *e),
                                   void *arg, struct error *e);

// For the readers: fails with -EINVAL and "path, line N: ..." for the row that was read last.
int rows_error(const struct rows *r, struct error *e, const char *fmt, ...) _printf_(3, 4);
// A field that is a weight, from min to max, else -EINVAL naming file and line.
_warn_unused_ int rows_weight(const struct rows *r, const char *field, double min, double max, double *ret,
                              struct error *e);

// Row by row, for who has more to say of the file than of its rows. Reads the file: not over ROWS_FILE_MAX bytes, UTF-8
// without NUL, else -EINVAL naming file and line; a byte order mark at its beginning is skipped. path must outlive r.
// The errors of file_read.
_warn_unused_ int rows_open(const char *path, struct rows *r, struct error *e);
void rows_close(struct rows *r);
#define _cleanup_rows_ _cleanup_(rows_close)
// The next row's fields, valid until rows_close: 1, 0 at the end, -EINVAL when it does not have exactly n fields or one
// is empty.
_warn_unused_ int rows_next(struct rows *r, size_t n, const char **fields, struct error *e);
