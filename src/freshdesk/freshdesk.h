// Freshdesk's API v2: the few calls that a ticket's journey needs, each one attempt, with what is known of its outcome.
//
// Every answer is hostile: both error shapes, nulls in any field, unknown fields and statuses, bodies that are not
// JSON. The account's allowance is shared with people and other tools: a call waits for its turn (quota.h) at most as
// long as the timeout, or returns FRESHDESK_RETRY without sending; Retry-After is honoured, and after a run of failures
// nothing is sent but one trial at a time (breaker.h). Any thread. Blocks for at most twice the timeout.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "freshdesk/breaker.h"
#include "freshdesk/quota.h"
#include "net/client.h"

struct freshdesk;

struct freshdesk_options {
        const char *domain; // "acme" or "acme.freshdesk.com"; ignored when url is given
        const char *url;    // "http://127.0.0.1:9999"; NULL or "": from the domain
        const char *api_key;
        unsigned timeout_ms;
        double share;               // of the allowance that is ours; 0: all of it
        struct http_client *client; // borrowed
};

_warn_unused_ int freshdesk_open(const struct freshdesk_options *o, struct freshdesk **ret, struct error *e);
struct freshdesk *freshdesk_free(struct freshdesk *f);
DEFINE_CLEANUP(struct freshdesk, freshdesk_free);

enum freshdesk_outcome {
        FRESHDESK_OK,        // confirmed
        FRESHDESK_RETRY,     // did not happen, may work later: unreachable before sending, 429
        FRESHDESK_UNKNOWN,   // may have happened: time-out, cut connection, 5xx, or a success whose body is garbage
        FRESHDESK_DENIED,    // 401: the key. Nothing is sent until a trial shows that it works; it did not happen
        FRESHDESK_NOT_FOUND, // 404, by Freshdesk itself; an address that never answered well may be wrong:
                             // FRESHDESK_RETRY
        FRESHDESK_REFUSED,   // 400, 403, 405, 409, 422, other 4xx: will not get better
};
struct freshdesk_result {
        enum freshdesk_outcome outcome;
        int status;             // HTTP status; 0: none
        int64_t retry_after_ms; // when the server, the quota, the breaker or the key named a time; else 0
        bool held;              // nothing was sent: it was not its turn
        bool in_line; // held only because our part of the allowance is used, or not known yet: nothing is wrong
};

struct freshdesk_message {
        int64_t id, user_id, created_ms;
        bool private_note, incoming;
        bool auto_response; // Freshdesk says that a machine wrote it
        bool participant;   // of somebody else on the customer's side, not of an agent: for the caller to find out
        int source;         // 0 reply, 2 note, 6 survey feedback, 8 forwarded mail; -1: not known
        char *text;         // never NULL: the HTML as text, else body_text
};
struct freshdesk_ticket {
        int64_t id, requester_id, responder_id, group_id; // 0 where null
        int status, priority, source;                     // 0 where unknown; source 10: an agent wrote to a customer
        bool spam, deleted;
        bool last_look;              // read for what is about to be sent
        char *subject, *description; // never NULL; description is plain text: the HTML as text, else description_text
        char *requester_name, *requester_email, *type; // NULL where unknown
        char **tags;
        size_t n_tags;
        int64_t created_ms, updated_ms;
        struct freshdesk_message *messages; // oldest first; NULL unless asked for
        size_t n_messages;
};
void freshdesk_ticket_clear(struct freshdesk_ticket *t);
#define _cleanup_freshdesk_ticket_ _cleanup_(freshdesk_ticket_clear)

// All return 0 when the outcome is FRESHDESK_OK, else negative with e in words; r is always filled. A call that only
// reads is never FRESHDESK_UNKNOWN but FRESHDESK_RETRY: it has no effect that could have happened.
_warn_unused_ int freshdesk_ticket(struct freshdesk *f, int64_t id, struct freshdesk_ticket *ret,
                                   struct freshdesk_result *r, struct error *e);
// The same, for what is about to be sent: what is left of a short allowance is kept for it, and for its conversation,
// by those that begin a ticket.
_warn_unused_ int freshdesk_ticket_last_look(struct freshdesk *f, int64_t id, struct freshdesk_ticket *ret,
                                             struct freshdesk_result *r, struct error *e);
// Adds the conversation to a ticket read before, oldest first: all of it, or its newest 1000 messages (of at most
// 50,000). On failure the ticket is untouched.
_warn_unused_ int freshdesk_conversations(struct freshdesk *f, struct freshdesk_ticket *t, struct freshdesk_result *r,
                                          struct error *e);
_warn_unused_ int freshdesk_reply(struct freshdesk *f, int64_t ticket_id, const char *html, int64_t *ret_id,
                                  struct freshdesk_result *r, struct error *e);
_warn_unused_ int freshdesk_note(struct freshdesk *f, int64_t ticket_id, const char *html, int64_t *ret_id,
                                 struct freshdesk_result *r, struct error *e);

// The answer must show the status and priority that were set: another value is FRESHDESK_REFUSED.
struct freshdesk_update {
        int status, priority;    // 0: as it is
        const char *const *tags; // the whole new list, NULL: as it is
        size_t n_tags;
};
_warn_unused_ int freshdesk_update(struct freshdesk *f, int64_t ticket_id, const struct freshdesk_update *u,
                                   struct freshdesk_result *r, struct error *e);
// Who we are: the id of the agent whose key this is.
_warn_unused_ int freshdesk_me(struct freshdesk *f, int64_t *ret_user_id, struct freshdesk_result *r, struct error *e);

// Whose user id is this? Agents and contacts have ids of one kind.
struct freshdesk_user {
        char *name, *type; // NULL where not told
};
void freshdesk_user_clear(struct freshdesk_user *a);
// FRESHDESK_NOT_FOUND: the id is no agent's.
_warn_unused_ int freshdesk_user_agent(struct freshdesk *f, int64_t id, struct freshdesk_user *ret,
                                       struct freshdesk_result *r, struct error *e);
// 0 when the id is a contact's; FRESHDESK_NOT_FOUND: it is not.
_warn_unused_ int freshdesk_user_contact(struct freshdesk *f, int64_t id, struct freshdesk_result *r, struct error *e);

// For health: 0 when the last call was answered well (or none was made yet), else negative with the last failure in e.
// Answers that say something of one ticket only (404 by Freshdesk itself, 405, 409) are answered well.
int freshdesk_health(struct freshdesk *f, struct error *e);
uint64_t freshdesk_recoveries(struct freshdesk *f); // how often that became well again

// Ends every wait for a turn, and every later call, with -ECANCELED.
void freshdesk_stop(struct freshdesk *f);
// Makes the trial call that is due after a refused key or a run of failures; else does nothing. For a thread that has
// nothing else to do: so health recovers without a ticket.
void freshdesk_tend(struct freshdesk *f);
// For how long no ticket can be read or answered, as far as is known: a refused key, the breaker, a 429. 0: now.
int64_t freshdesk_closed_ms(struct freshdesk *f);

struct freshdesk_view {
        struct quota_view families[QUOTA_FAMILY_COUNT_];
        enum breaker_state breaker;
        unsigned breaker_failures; // in a row
        int64_t breaker_ms;        // until the next trial
        bool key_refused;
        int64_t key_ms; // until the next trial
};
void freshdesk_view(struct freshdesk *f, struct freshdesk_view *ret); // never blocks on a call

const char *freshdesk_host(const struct freshdesk *f); // for people: host and port, no credentials
