// Tickets in a file, row by row, under our own names for its columns: comma-separated values with a header line (RFC
// 4180; semicolons and tabs are recognised), or a JSON object a line. Everything that reads tickets from a file reads
// them by this.
//
// The format is told by the first character that is no space: a brace or a bracket begins JSON, a header line does not;
// the file's name says nothing. Of several columns with one meaning the first that is not empty counts, in the file's
// order.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

enum {
        COLUMNS_MAX = 16,         // meanings that a reader may ask for
        COLUMNS_DIGEST_SIZE = 17, // hex of the file's bytes, and its NUL
        COLUMNS_LIST_MAX = 8192,  // bytes of a list's values together
};
#define COLUMNS_NONE ((size_t) -1)

struct columns {
        const char *path;
        size_t bytes_max; // of the file
        size_t n;         // meanings, at most COLUMNS_MAX
        // Which one the file means by this name; COLUMNS_NONE: none.
        size_t (*find)(void *arg, const char *name);
        // The names of a header line, before its rows; NULL: nothing to check. Returns as row.
        int (*header)(void *arg, const char *const *names, size_t n, struct error *e);
        // A row: values[n], "" for what it does not have; borrowed. Values of a JSON list are joined by line breaks,
        // numbers are written out. line: of the file, from 1. Returns 0, or negative with e: that ends the reading.
        int (*row)(void *arg, size_t line, const char *const *values, struct error *e);
        void *arg;
        size_t needed;           // a bit for each meaning: a header line must have one of these
        const char *needed_name; // what to call them: "subject\" or \"description"
};

// -EINVAL with file and line when it is malformed (a quote that is never closed, no JSON), is not UTF-8, or has none of
// what is needed; what `row` returns; the errors of file_read. digest may be NULL.
_warn_unused_ int columns_read(const struct columns *c, char digest[COLUMNS_DIGEST_SIZE], struct error *e);
// The same of a text that is here: UTF-8 without NUL, which is changed. c->path is only what errors call it.
_warn_unused_ int columns_take(const struct columns *c, char *text, struct error *e);
