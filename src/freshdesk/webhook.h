// What arrives at /webhook: is it authentic, and which ticket event is it? Pure functions, no network, no state.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"

struct webhook_proof { // header values as they came; NULL where not sent
        const char *freshdesk_signature, *webhook_signature,
                        *hub_signature; // X-Freshdesk-Signature, X-Webhook-Signature, X-Hub-Signature-256
        const char *secret;             // X-Webhook-Secret
        const char *authorization;      // Authorization
        const char *timestamp;          // X-Webhook-Timestamp
};

struct webhook_keys {
        const char *secret; // NULL or empty: nothing is authentic
        const char *old;    // counts just as much, while senders change over; NULL or empty: none
        bool timestamp;     // only what bears a time is authentic
        int64_t window_s;   // how far that time may be from our clock
};

struct webhook_seal { // of a signature that covers a time
        bool timed;
        uint8_t digest[DIGEST_SIZE]; // equal only for the same body at the same time
};

// HMAC-SHA256 of the raw body under a secret (hex or base64, optional "sha256="), or the secret itself in
// X-Webhook-Secret or as the password of Basic authentication. With a timestamp, in seconds since 1970 or as ISO 8601,
// the signature must be of "TIMESTAMP.BODY", and the secret itself proves nothing: what is sent twice would look the
// same. Constant time. A signature that is sent and wrong is wrong, whatever else is right.
//
// 0, -EACCES (no valid proof), -ETIME (a valid one of another time), -ENOMEM, each with words; ret may be NULL.
_warn_unused_ int webhook_prove(const struct webhook_keys *keys, const struct webhook_proof *p, const void *body,
                                size_t n, int64_t now_ms, struct webhook_seal *ret, struct error *e);

enum webhook_kind { WEBHOOK_CREATED, WEBHOOK_REPLIED, WEBHOOK_UPDATED };

enum { WEBHOOK_REASON_SIZE = 160 };

struct webhook_event {
        bool ignored; // well-formed, and nothing to work on: reason says why
        char reason[WEBHOOK_REASON_SIZE];
        int64_t ticket_id;
        enum webhook_kind kind;
        const char *subject, *description; // borrowed from the JSON; NULL where not sent; description may be HTML
        const char *requester_name, *requester_email;
        int priority; // 1 to 4, from number or label; 0: not sent or unknown
        char key[65]; // equal for a repeat of the same event
        // Set by who proved it: signed together with a time; and the very same signature was stored before.
        bool timed, repeated;
};

// Body shapes: {"freshdesk_webhook": {...}} (strings; triggered_event like {ticket_action:created}, {note_type:public},
// {status:{from:4,to:6}}),
// {"ticket": {...}}, {"id", "subject", "description"}. -EINVAL with ERROR_INVALID_REQUEST or ERROR_MISSING_FIELD naming
// the field. Borrows from root.
_warn_unused_ int webhook_parse(const json_t *root, struct webhook_event *ret, struct error *e);
