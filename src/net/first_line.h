// The first line of a connection, byte by byte as it arrives: is it a request of HTTP/1 at all?
//
// libmicrohttpd closes the connection without a word over many a line that is none, and who sent it never learns why.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum {
        FIRST_LINE_METHOD_MAX = 32, // bytes; the longest that is registered has 17 (RFC 4437)
        FIRST_LINE_TAIL = 9,        // " HTTP/1.1"
};

struct first_line {
        int state;
        size_t method_len, tail_len;
        char tail[FIRST_LINE_TAIL]; // the last bytes of the line, without blanks behind them
        bool blank;                 // blanks came behind them
};

// The bytes that came next. 1: it is one, and no more bytes are wanted; 0: the line goes on; -EINVAL: it is none, and e
// says why; -EPROTONOSUPPORT: of a version that is not spoken here. A line that is too long is not judged here.
int first_line_read(struct first_line *l, const char *bytes, size_t n, struct error *e);
