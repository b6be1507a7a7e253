// One request inside the server: made when its first line is there, gone when its answer has left.
//
// Its network thread owns it, except that anybody may answer: `state` decides who goes on from there.
#pragma once

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/connection.h"
#include "net/route.h"
#include "net/server.h"
#include "net/target.h"

enum {
        REQUEST_ID_SIZE = 20,    // 16 hexadecimal digits
        REQUEST_HEADERS_MAX = 8, // that a handler may set; the busiest sets four
};

enum request_state {
        REQUEST_OPEN,      // not answered; the network thread has it, or will look again before it lets go
        REQUEST_SUSPENDED, // not answered; whoever answers must resume the connection
        REQUEST_ANSWERED,
        REQUEST_ABANDONED, // the server stops: it has answered in the handler's place, whose own answer goes nowhere
};

enum request_stage { STAGE_HEADERS, STAGE_BODY, STAGE_REFUSED, STAGE_HANDLED };

struct request_header {
        char *name, *value;
};

struct request_answer {
        const char *type; // of the content; a literal; NULL: none is named
        void *data;
        size_t n;
        bool owned;                // data is the request's, to be freed
        bool lost;                 // no memory for it: the connection is closed
        struct MHD_Response *made; // already, by request_reply_made
};

struct http_request {
        struct http_server *server;
        struct MHD_Connection *mhd;
        struct connection *connection;
        struct http_request *previous, *next; // among the suspended ones
        _Atomic int state;
        atomic_bool released; // one of the two owners of an abandoned request is done with it

        char id[REQUEST_ID_SIZE];
        int64_t started_us;
        enum request_stage stage;
        bool close; // the connection must not be used again

        char *path;      // as sent, without the query
        const char *raw; // where libmicrohttpd has the target, only to be compared
        size_t raw_len;
        struct target target;
        int target_result; // of target_parse, with its words in refusal
        struct error refusal;
        const struct http_route *route;
        const char *method;
        uint64_t body_left; // announced or assumed bytes of body that a refused request may still send
        struct buffer body;

        struct request_header headers[REQUEST_HEADERS_MAX];
        size_t n_headers;
        int status;
        struct request_answer answer; // once it is answered

        char text[]; // two copies of the target: path, and what target_parse cuts up
};

struct http_request *request_new(struct http_server *s, struct MHD_Connection *mhd, const char *raw_target);
void request_free(struct http_request *r);

// Says that the answer is there, and lets the connection go on when it waits. r may be gone afterwards. (server.c)
void request_answered(struct http_request *r);

// The answer as libmicrohttpd takes it, for the network thread, once. NULL: no memory. The caller destroys it.
struct MHD_Response *request_response(struct http_request *r);

// An answer whose response is made already, and is taken over. (reply.c)
void request_reply_made(struct http_request *r, int status, const char *type, struct MHD_Response *response);

// An answer with another status than the code's own; `allow` (may be NULL) goes into Allow.
void request_refuse(struct http_request *r, int status, const struct error *e);
