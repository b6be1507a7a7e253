// The target of a request line: path segments and query, each decoded once. Hostile input, our own parser.
#pragma once

#include <stddef.h>

#include "base/error.h"

enum {
        TARGET_MAX = 8192,       // bytes of a request target; what browsers and proxies agree to carry
        TARGET_SEGMENTS_MAX = 8, // no route of ours is half as deep
        TARGET_QUERY_MAX = 32,   // parameters; no route of ours has a third of them
};

struct target_parameter {
        const char *name, *value;
};

struct target {
        const char *segments[TARGET_SEGMENTS_MAX]; // of "/a/b": "a", "b"; of "/": ""
        size_t n_segments;
        struct target_parameter query[TARGET_QUERY_MAX];
        size_t n_query;
};

// Cuts and decodes text in place; *ret points into it. Takes "/path?query" and "http://host/path?query". -EINVAL with
// ERROR_INVALID_REQUEST (escapes, control characters, invalid UTF-8, a parameter given twice), -ENOENT with
// ERROR_NOT_FOUND (deeper than any path can be).
_warn_unused_ int target_parse(char *text, struct target *ret, struct error *e);

// Where the path begins in "http://host/path"; 0 for a target without a host.
size_t target_path_at(const char *text);

// The decoded value of a query parameter; NULL: not there.
const char *target_query(const struct target *t, const char *name);
