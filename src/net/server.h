// The HTTP server: libmicrohttpd wrapped once. A table of routes, hostile input refused before a handler sees it.
//
// A handler answers each request exactly once, now or later, from any thread: while it has not, the connection is
// suspended and costs no thread. Handlers of routes with HTTP_POOLED run on a thread pool and may block; others run on
// a network thread and must not.
//
// What the server refuses by itself, as {"error": {"code", "message"}}: unknown path 404, method 405 with Allow, body
// over the limit 413, address over the limit 414, headers 431, another type than application/json 415 (HTTP_JSON), an
// empty body 400 (HTTP_JSON), Content-Length with Transfer-Encoding, two of a header that must be one, malformed
// headers, missing Host 400, slow sender 408; and what libmicrohttpd cannot read at all (net/arrival.h): other versions
// 505, request lines, chunks and lengths 400. Over TLS a line that is no request, and a slow sender, is cut off without
// words.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "net/address.h"

struct http_server;
struct http_request;
struct http_feed;

enum http_route_flags {
        HTTP_POOLED = 1 << 0, // may block: runs on the pool; a full pool answers 503 with Retry-After
        HTTP_JSON = 1 << 1,   // the body must be application/json
        // Who is let in; `admit` decides what each of these means. None: a token that may write.
        HTTP_PUBLIC = 1 << 2, // anybody
        HTTP_READ = 1 << 3,   // changes nothing: a token that may only read will do
        HTTP_LISTED = 1 << 4, // with HTTP_PUBLIC: from addresses that may
        // With HTTP_POOLED: may wait for another machine, or compute for long. These have threads of their own, so that
        // however many of them wait, the others are served.
        HTTP_SLOW = 1 << 5,
};

struct http_route {
        const char *method; // "GET" also serves HEAD
        const char *path;   // "/tickets/{id}"; {name} matches one segment
        unsigned flags;
        void (*handle)(struct http_request *r, void *app);
};

struct http_server_options {
        const char *host;
        uint16_t port; // 0: any free one
        unsigned threads;
        unsigned pool_threads; // of each of the two pools
        size_t pool_queue_max;
        size_t body_max;
        unsigned connections_max;
        unsigned connections_per_address;      // of those not on loopback and not `proxies`; 0: no limit
        unsigned timeout_s;                    // for the whole request to arrive, and for an idle kept-alive connection
        const char *tls_certificate, *tls_key; // PEM text, needed only while it starts; NULL: plain HTTP
        const struct http_route *routes;
        size_t n_routes;
        // Called before each handler, and before the body is read, on a network thread: 0 to go on, negative when it
        // has answered. NULL: everyone may.
        int (*admit)(struct http_request *r, void *gate);
        void *gate;
        const struct address_list *proxies; // whose word of where a request comes from is believed; borrowed
        void *app;
        struct http_feed *feed; // net/feed.h, for http_reply_feed; closed by http_server_stop; borrowed. May be NULL
};

_warn_unused_ int http_server_start(const struct http_server_options *o, struct http_server **ret, struct error *e);
uint16_t http_server_port(const struct http_server *s);
// Shows another certificate, in PEM, to who connects from now on. -EINVAL: it cannot be used, or the server speaks no
// TLS; what it showed stays. Any thread.
_warn_unused_ int http_server_certify(struct http_server *s, const char *certificate, const char *key, struct error *e);
// Stops accepting, waits for the answers that are due (at most the timeout), frees.
struct http_server *http_server_stop(struct http_server *s);

// ---- what a handler may ask; all borrowed until the answer is given
const char *http_method(const struct http_request *r);
const char *http_path(const struct http_request *r);                     // as sent, not decoded, without host and query
const char *http_id(const struct http_request *r);                       // the request's own id, also in X-Request-Id
const char *http_param(const struct http_request *r, const char *name);  // {name} of the path, decoded; NULL: not there
const char *http_query(const struct http_request *r, const char *name);  // decoded; NULL: not there
const char *http_header(const struct http_request *r, const char *name); // any case; NULL: not there
const char *http_body(const struct http_request *r, size_t *len);        // NUL-terminated behind len; "" when none
unsigned http_flags(const struct http_request *r);                       // of its route
void *http_gate(const struct http_request *r);                           // of the options
struct http_feed *http_feed(const struct http_request *r);               // of the options
// Who sent it: the peer, or behind trusted proxies whoever they heard it from. False: they do not tell.
bool http_sender(const struct http_request *r, struct address *ret);
bool http_from_loopback(const struct http_request *r); // sender and peer are this machine
// "http" or "https", as the client sees it.
const char *http_scheme(const struct http_request *r);
// Is the body declared to be application/json in UTF-8, not compressed? What HTTP_JSON checks, for handlers that must
// look at something else first.
bool http_is_json(const struct http_request *r);
int64_t http_started_us(const struct http_request *r); // monotonic

// ---- the answer
// Adds a header to the answer to come. Name and value are copied; line breaks are refused (the header is left out).
void http_set_header(struct http_request *r, const char *name, const char *value);
void http_reply_json(struct http_request *r, int status, json_t *body); // takes the reference; NULL: 500
void http_reply_error(struct http_request *r, const struct error *e);   // status and code of e
// Copies the bytes; http_reply_static borrows them for ever.
void http_reply_bytes(struct http_request *r, int status, const char *type, const void *data, size_t n);
void http_reply_static(struct http_request *r, int status, const char *type, const void *data, size_t n);
