// The desk's parts, for the files of this folder only.
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "desk/desk.h"
#include "freshdesk/freshdesk.h"
#include "model/cross.h"
#include "model/encoder.h"
#include "net/client.h"
#include "store/erase.h"

struct limits;
struct questions;
struct poll;
struct authors;
struct followups;
struct automatic;
struct replies;
struct workers;

// The kinds of events, as stored: those of the webhook, and our own.
#define EVENT_KIND_CREATED "created"
#define EVENT_KIND_REPLIED "replied"
#define EVENT_KIND_UPDATED "updated"
#define EVENT_KIND_API "api"             // POST /process-ticket, `firstline process`
#define EVENT_KIND_REPROCESS "reprocess" // somebody asked for another journey
#define EVENT_KIND_APPROVE "approve"     // a person approved the draft
#define EVENT_KIND_DISCARD "discard"     // or discarded it
#define EVENT_KIND_HAND_OVER "hand_over" // a person wants a person to answer
#define EVENT_KIND_POLLED "polled"       // found by the poll: no webhook told of it

// Every polled event is stored under this key, so that a webhook which comes late is told from a new one.
#define EVENT_KEY_POLLED "polled"

struct desk {
        const struct settings *settings;
        unsigned flags;
        _Atomic(struct store *)
                        store;       // set once, when the database can be opened; never taken away while the desk lives
        struct error store_error;    // why it is not there; under lock
        struct encoder *encoder;     // NULL: without
        struct error encoder_error;  // why not; written only while opening
        atomic_bool encoder_failing; // the last text could not be embedded
        struct cross *zero_shot;     // NULL: without
        struct error zero_shot_error; // why not; written only while opening
        struct triage *triage;
        struct signal_table *signals;
        language_set languages;      // that the model can read
        struct limits *limits;       // of MAX_WRONG
        struct questions *questions; // what no article answers
        char rules[17];              // hash of what decides beside model and knowledge: desk/identity.h
        int64_t classifier_id; // the desk's own that triage follows; 0: none. Of the opening thread, then the keeper's
        struct automatic *automatic; // what machines write
        struct followups *followups; // what customers write back
        struct knowledge *knowledge;
        struct http_client *client;
        struct freshdesk *freshdesk;   // NULL: not configured
        _Atomic(int64_t) freshdesk_me; // our agent's id, once known
        struct authors *authors;
        struct replies *replies;
        struct workers *workers;
        atomic_uint workers_missing;      // that the system would not start
        struct poll *poll;                // NULL: without Freshdesk, without a database, or not wanted
        pthread_mutex_t lock;             // guards what follows
        int64_t counts[JOB_STATE_COUNT_]; // as of the keeper's last look
        int64_t failed_tickets;           // whose newest job failed; the same age
        struct store_size size;           // of the database
        int64_t opened_ms;
};

// Tries to open the database again when it is not there. Returns it, or NULL.
struct store *desk_reopen_store(struct desk *d);
