// What the headers of a request must be like before anybody acts on them.
//
// libmicrohttpd reads headers kindly. Kindness is how two programs come to disagree on where a request ends, and how
// one request is smuggled inside another; so whatever can be read in two ways is refused.
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum {
        GUARD_HEADERS_MAX = 100,        // browsers send 20
        GUARD_HEADER_BYTES_MAX = 16384, // what other servers allow, too
};

struct guard {
        bool chunked, has_length, has_type; // Transfer-Encoding, Content-Length, Content-Type
        bool expects;                       // Expect: 100-continue
        uint64_t length;                    // of the body, when has_length
};

// Reads the headers of the connection. target, method and version are libmicrohttpd's own pointers. 0, -EINVAL (400) or
// -E2BIG (431).
_warn_unused_ int guard_check(struct MHD_Connection *mhd, const char *target, const char *method, const char *version,
                              struct guard *ret, struct error *e);

// Is the media type application/json, in UTF-8 if it says? type may be NULL.
bool guard_is_json(const char *type);
