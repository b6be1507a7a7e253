// The answer to what is no request: its bytes, and its words for what libmicrohttpd cannot read.
#pragma once

#include <stddef.h>

#include "base/error.h"

enum { REFUSAL_ANSWER_MAX = 512 }; // bytes of an answer

struct refusal {
        int status;
        enum error_code code;
        const char *message; // our own text, which needs no escaping in JSON
};

// The whole answer, which ends the connection; counted as a request. Returns its bytes; 0: too long.
size_t refusal_write(const struct refusal *r, char answer[REFUSAL_ANSWER_MAX]);

// What is said instead of libmicrohttpd's page of this status. There is always one.
struct refusal refusal_instead(unsigned status, const char *page);
