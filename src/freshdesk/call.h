// One call to Freshdesk: its turn, the exchange itself, what its outcome means, and what health and metrics keep of it.
#pragma once

#include <jansson.h>
#include <pthread.h>

#include "freshdesk/address.h"
#include "freshdesk/breaker.h"
#include "freshdesk/freshdesk.h"
#include "freshdesk/quota.h"

enum {
        // A page of 100 conversations with long HTML mails; nothing that Freshdesk sends is larger.
        CALL_ANSWER_MAX = 16 * 1024 * 1024,
        CALL_PATH_MAX = 160, // ours are short: two ids and a few words
                             // What follows in a ticket's family, in Freshdesk's credits: a ticket that was begun is
                             // looked at once more, with the requester and the conversation, and then answered.
        CALL_THEN_ANSWER = 1,
        CALL_THEN_CONVERSATION = 2,
        CALL_THEN_LAST_LOOK = 4,
};

struct freshdesk {
        struct address address;
        char *api_key;
        unsigned timeout_ms;
        struct http_client *client; // borrowed
        bool include_refused;       // GET /tickets/{id}?include=requester was refused: not asked for again. Under lock.

        pthread_mutex_t lock;     // guards what follows
        pthread_cond_t turn_over; // a call has ended, or we are stopping
        bool stopping;
        struct quota quota;
        struct breaker reach; // opened by calls that are not answered, or with 5xx
        struct breaker key;   // opened by a 401
        bool answered_well;   // ever: this is the right address
        int health;           // of the last call
        uint64_t recoveries;  // how often one was answered well after one that was not
        struct error health_error;
};

struct call {
        const char *method;
        const char *path;   // below /api/v2, with its query
        const json_t *body; // NULL: none
        bool array;         // the answer must be an array; else an object with an id
        bool any;           // it may be any JSON: the caller looks
        unsigned then;      // credits of the calls that follow, without which it is in vain: turn.h
        int64_t id;         // which that id must be; 0: any
};

// Sends once, when it is its turn (turn.h). 0 with the answer's JSON in *ret (the caller's reference) when
// the status is 2xx and the body is what c asks for; else negative with e in words. r is always filled. A GET whose
// outcome is not known is FRESHDESK_RETRY, for it changes nothing. headers (may be NULL) gets the answer on success:
// the caller frees it.
_warn_unused_ int call_make(struct freshdesk *f, const struct call *c, json_t **ret, struct http_answer *headers,
                            struct freshdesk_result *r, struct error *e);
