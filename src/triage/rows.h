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

// The file of this name in the folder; where there is none, because the folder is of an earlier version, the one that
// is shipped as config/NAME. NULL: no memory. The caller frees.
_warn_unused_ char *rows_path(const char *config_dir, const char *name);

// Reads the file: not over ROWS_FILE_MAX bytes, UTF-8 without NUL, else -EINVAL naming file and line; a byte order mark
// at its beginning is skipped. path must outlive r. The errors of file_read.
_warn_unused_ int rows_open(const char *path, struct rows *r, struct error *e);
void rows_close(struct rows *r);
#define _cleanup_rows_ _cleanup_(rows_close)

// The next row's fields, trimmed, as borrowed texts: 1, 0 at the end, -EINVAL when it does not have exactly n fields (n
// of at most ROWS_FIELDS_MAX) or one is empty.
_warn_unused_ int rows_next(struct rows *r, size_t n, const char **fields, struct error *e);

// Fails with -EINVAL and "path, line N: ..." for the row that was read last.
int rows_error(const struct rows *r, struct error *e, const char *fmt, ...) _printf_(3, 4);
