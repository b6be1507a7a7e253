// The HTTP client: libcurl wrapped once. One network thread drives all calls; callers wait for theirs.
//
// TLS certificates are checked against the system's list, redirects are not followed, answers have a largest size, only
// http and https are spoken, and no proxy is taken from the environment: a proxy is an address like any other. A call
// that changes something (any but GET) has a connection of its own, so that it is never sent twice unasked.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

struct http_client;

struct http_call {
        const char *method; // "GET", "POST", "PUT", "DELETE"
        const char *url;
        const char *user, *password; // Basic authentication; user NULL: none. Never logged, never in an error.
        const char *body;            // JSON text, or NULL
        unsigned timeout_ms;         // for the whole call
        size_t answer_max;           // bytes of body
};

// What is known of an exchange. When it is not ANSWERED, may the server have acted on it?
enum http_outcome {
        HTTP_ANSWERED, // a whole answer, whatever its status
        HTTP_NOT_SENT, // no byte of the request left: it did not happen
        HTTP_UNKNOWN,  // it left, and no whole answer came back: it may have happened
};

struct http_header {
        char name[64]; // lower case
        char value[192];
};

enum { HTTP_ANSWER_HEADERS_MAX = 48 };

struct http_answer {
        enum http_outcome outcome;
        int status; // when ANSWERED
        struct buffer body;
        struct http_header headers[HTTP_ANSWER_HEADERS_MAX]; // the first ones; longer values are cut
        size_t n_headers;
};

_warn_unused_ int http_client_new(unsigned calls_max, struct http_client **ret, struct error *e);
// Ends the calls in flight, and every later one, with -ECANCELED. Any thread; before the callers are joined and the
// client is freed.
void http_client_stop(struct http_client *c);
struct http_client *http_client_free(struct http_client *c); // calls in flight end with -ECANCELED
DEFINE_CLEANUP(struct http_client, http_client_free);

// Blocks until the call ended. 0 when ANSWERED; else negative (-ECONNREFUSED, -EHOSTUNREACH no such name, -ECONNRESET
// cut off, -EACCES certificate not trusted, -ETIMEDOUT, -EMSGSIZE answer too large, -EPROTO not HTTP or no TLS, -EINVAL
// not an address, -ENOMEM, -ECANCELED shutting down) with e naming host and reason; a is filled from scratch, its
// outcome is set either way. Any thread.
int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *a, struct error *e);
void http_answer_free(struct http_answer *a);
#define _cleanup_answer_ _cleanup_(http_answer_free)
const char *http_answer_header(const struct http_answer *a, const char *name); // name in lower case; NULL: not there
