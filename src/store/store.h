// What must survive: events, jobs, tickets, audit, outbox, vectors. One header; today one database, SQLite, behind it.
//
// All writes go through one writer thread that commits what is waiting as one group, synced to disk; a function that
// writes returns (or calls back) only after that. Reads have connections of their own and see the last commit. Every
// function may be called from any thread unless it says otherwise. Failures: -EAGAIN (locked by another program),
// -EROFS, -ENOSPC, -EIO, -EBADMSG (corrupt), -ENOMEM, each with ERROR_STORAGE_UNAVAILABLE; the next call tries again.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/state_table.h"

struct store;

// url: "sqlite:PATH". Creates the file (mode 0600) and its schema, or brings an older schema up to date. A file from a
// newer version is -EPROTONOSUPPORT, one that is not a database of ours -EBADMSG: nothing is written to it. A path that
// cannot be is -EINVAL.
_warn_unused_ int store_open(const char *url, struct store **ret, struct error *e);
struct store *store_close(struct store *s); // finishes what waits
DEFINE_CLEANUP(struct store, store_close);
// Did the last write succeed? 0, or the negative errno of the last failure with its words in e. Never blocks. After a
// failure the store tries by itself every second, so that this recovers without a caller.
int store_health(struct store *s, struct error *e);
uint64_t store_recoveries(struct store *s); // how often it recovered so; for those who must catch up then
const char *store_path(const struct store *s);

// ---- events and jobs
enum job_state {
#define JOB_STATE(id, name, final, help) JOB_##id,
        JOB_STATE_TABLE(JOB_STATE)
#undef JOB_STATE
                        JOB_STATE_COUNT_
};
const char *job_state_name(enum job_state state);
int job_state_parse(const char *name, enum job_state *ret); // 0 or -EINVAL
bool job_state_final(enum job_state state);
bool job_move_allowed(enum job_state from, enum job_state to); // by JOB_MOVE_TABLE

// Ids of tickets that came without one of Freshdesk's start here: no account gets this far.
#define STORE_LOCAL_TICKET 1000000000000LL

struct event {
        int64_t ticket_id; // 0: a local ticket, gets the next id from STORE_LOCAL_TICKET on
        const char *key; // 64 hex characters: equal keys with equal ticket_id are the same event. NULL: never a repeat
        int64_t window_ms;       // how long the key counts; 0: for ever
        bool while_queued;       // the key counts only while the first one's job has not been taken
        const char *also_key;    // an event that was stored under this key makes it a repeat as well; may be NULL
        int64_t unless_since_ms; // a repeat when any event of the ticket was received at this time or later; 0: not so
        const char *kind; // lower-case letters and "_", at most 15: "created", "replied", "updated", "api", "reprocess"
        const char *body; // what arrived, as JSON text
        const char *subject, *description, *requester; // hints for the list until the ticket is read; may be NULL
        // Not due before it has been quiet for settle_ms, and at most settle_max_ms after the first: an event of the
        // ticket that waits so takes the place of the one before it, whose job is dropped. 0: due at once.
        int64_t settle_ms, settle_max_ms;
        bool claim;       // the caller works on the job itself: it is born running, with a lease
        int64_t lease_ms; // when claim
};

struct accepted {
        int64_t event_id, job_id, ticket_id;
        bool duplicate; // event_id and job_id are those of the first one
        bool claimed; // as asked for with `claim`; false when another job of the ticket is being worked on: then it is
                      // queued
};

// Stores event, job, ticket (state queued) and the audit row "received" in one transaction. `done` is called once, from
// the writer's thread, after the sync: r is 0 or negative with e set. The event is copied. Returns 0, or -EBUSY when
// the writer's queue is full, -ENOMEM, and -EINVAL when kind or body is missing or malformed: then done is not called.
_warn_unused_ int store_accept(struct store *s, const struct event *ev,
                               void (*done)(void *arg, int r, const struct accepted *a, const struct error *e),
                               void *arg);
_warn_unused_ int store_accept_wait(struct store *s, const struct event *ev, struct accepted *ret, struct error *e);

// The newest event of a ticket.
struct newest_event {
        int64_t id, received_ms;
        char kind[16];
        enum job_state state; // of its job
};
_warn_unused_ int store_newest_event(struct store *s, int64_t ticket_id, struct newest_event *ret,
                                     struct error *e); // 1, 0: no such ticket, or negative

struct job {
        int64_t id, ticket_id, event_id; // event_id 0: none
        enum job_state state;
        unsigned attempts; // claims so far, this one included
        unsigned claims;   // of them since it last moved or got on with a step: the others ended in a crash
        int64_t created_ms;
        int64_t trouble_ms; // since when nothing works out for it (wall clock); 0: all is well
        char kind[16];      // of its event
        char *body;         // of its event; NULL when none
};
void job_clear(struct job *j);
#define _cleanup_job_ _cleanup_(job_clear)

// Takes the oldest job that is due, queued or delivering, of a ticket that no other job works on now; a job whose lease
// ran out counts as queued (or delivering) again. A queued job becomes running. 1 with *ret filled, 0 when there is
// none, or negative. The lease is the calling thread's: it makes the job's next moves and attempts. A thread works on
// one job at a time: when it claims the next, the lease of one that it left behind is no longer renewed and runs out.
_warn_unused_ int store_job_claim(struct store *s, int64_t lease_ms, struct job *ret, struct error *e);
// Extends the leases of the jobs that this store's threads work on (claimed, or accepted with `claim`, and not moved on
// since): for a keeper that calls it every few seconds; not beyond an hour. A lease given by a process of this machine
// that no longer lives counts as run out at once, and so do those of a store that is closed.
_warn_unused_ int store_leases_renew(struct store *s, int64_t lease_ms, struct error *e);
// Gives a job up without a move, for when none can be written: its lease is no longer renewed and runs out.
void store_job_leave(struct store *s, int64_t job_id);
// Blocks until a job may be due or the time is over. Wakes when a job is accepted or moved in this process.
void store_job_wait(struct store *s, int64_t timeout_ms);
// Ends every store_job_wait, those under way and those to come: for the end, when nobody is to sleep any more.
void store_job_wake(struct store *s);
_warn_unused_ int store_job_counts(struct store *s, int64_t counts[JOB_STATE_COUNT_],
                                   struct error *e); // cheap: kept, not counted

// Are events coming in so fast just now that many share a commit? Then who works on tickets does well to wait a moment:
// each webhook wants its answer within seconds. Any thread; costs nothing.
bool store_rushed(const struct store *s);

// Blocks until this process has committed something since *seen (0 at first), or the time is over; another process's
// commits end no wait. *seen is brought up to date.
void store_change_wait(struct store *s, uint64_t *seen, int64_t timeout_ms);

// ---- jobs, to look at
struct job_row {
        int64_t id, ticket_id;
        enum job_state state;
        unsigned attempts;
        bool leased; // somebody works on it now
        char kind[16];
        int64_t created_ms, due_ms, trouble_ms; // due_ms: when it is tried next; 0: it is over, or worked on
        char *subject, *error;                  // NULL where not known
};
void job_row_clear(struct job_row *j);
struct job_filter {
        const char *state; // NULL: any
        bool open;         // only what is not over, or failed
        int64_t ticket_id; // 0: any
        int64_t before;    // cursor: id of the last one seen; 0: from the newest
        size_t limit;
};
// Newest first. The caller clears each and frees the array.
_warn_unused_ int store_jobs(struct store *s, const struct job_filter *f, struct job_row **ret, size_t *ret_n,
                             struct error *e);
_warn_unused_ int store_job(struct store *s, int64_t id, struct job_row *ret, struct error *e); // 1, 0 or negative

// ---- audit
struct audit_row {
        int64_t id, ticket_id, job_id, at_ms; // id and at_ms are given by the store
        const char *step;   // "received", "read", "classified", "found", "decided", "sent", "failed", ...
        const char *detail; // JSON object as text
};

// ---- tickets
struct ticket {                                         // texts are owned; NULL where not known
        int64_t id, seq;                                // seq: order of arrival, unique; the cursor of lists
        char *subject, *description, *requester;        // plain text as read; requester: e-mail address or name
        int priority;                                   // 1 to 4; 0 not known
        enum job_state state;                           // of its newest job
        char *tier, *category, *method, *action, *mode; // as named in the API; NULL until decided
        double confidence;
        char *reason, *response;
        char *sources;  // JSON array as text
        bool delivered; // confirmed by Freshdesk
        int64_t duration_ms, created_ms, updated_ms;
        char *model, *knowledge;  // versions used
        char *language, *signals; // JSON as text: spoken_json, signals_json
        char *error;              // of the newest job, when it failed
        int64_t erased_ms;        // its words were erased then, and nothing has come since; 0: they were not
};
void ticket_clear(struct ticket *t);
#define _cleanup_ticket_ _cleanup_(ticket_clear)

// ---- outbox: what is to be sent, decided in the same transaction, step by step
enum step_state {
#define STEP_STATE(id, name, help) STEP_##id,
        STEP_STATE_TABLE(STEP_STATE)
#undef STEP_STATE
                        STEP_STATE_COUNT_
};
const char *step_state_name(enum step_state state);

struct step {
        int64_t id, job_id, ticket_id;
        char kind[16]; // "reply", "update", "note"
        char *payload; // JSON text
        enum step_state state;
        unsigned attempts;
        int64_t first_ms;     // wall clock of the first attempt; 0: none yet
        int64_t last_ms;      // and of the newest; where its outcome is not known, of its end
        int64_t freshdesk_id; // of what was made; 0: none
        char *error;
};
void step_clear(struct step *st);
#define _cleanup_step_ _cleanup_(step_clear)

// One transaction on a job: its move, and all that is true because of it. -EINVAL when the move is not in the table,
// -ESTALE when the job is no longer in `from` or is leased to somebody else (another process or thread took it),
// -ENOENT when there is none. The lease ends with the move, except to `delivering` with run_after_ms 0: then the caller
// keeps the job, with a new lease as long as the first, and goes on to deliver it. A move to `delivered` while steps
// are waiting or sending is -EINVAL.
enum job_trouble {
        JOB_TROUBLE_BY_ERROR, // begins with an error, ends without one
        JOB_TROUBLE_KEPT,     // nothing was tried
        JOB_TROUBLE_OVER,     // what went wrong is not this job's
};
struct job_change {
        int64_t job_id, ticket_id;
        enum job_state from, to;
        int64_t run_after_ms;        // wall clock, when it is due again; 0: now
        const char *error;           // the job's, and with `failed` the ticket's; NULL: clears it
        enum job_trouble trouble;    // what becomes of trouble_ms
        bool untried;                // it was only held back: this claim is not counted among the attempts
        const struct ticket *ticket; // NULL: only its state changes. All decided fields are written; created_ms and seq
                                     // are not. Of subject, description, requester and priority one that is not known
                                     // (NULL, 0) keeps what is there.
        const struct audit_row *audit; // ticket_id and job_id 0: this job's
        size_t n_audit;
        const struct step *steps; // new rows of the outbox: kind and payload are read. They replace the ticket's unsent
                                  // ones (state waiting), which become withheld; an older job that waits to deliver
                                  // nothing else is dropped then.
        size_t n_steps;
        int64_t step_id; // 0: none. Else this step is over with this move, which is because of it: its state, and why.
                         // In
        enum step_state step_state; // one with the move, so that whoever takes the job next knows of it
        const char *step_error;
};
_warn_unused_ int store_job_change(struct store *s, const struct job_change *c, struct error *e);

// The first step of the job that is waiting or sending: 1, 0 when there is none, or negative.
_warn_unused_ int store_step_next(struct store *s, int64_t job_id, struct step *ret, struct error *e);
// Marks the attempt before it is made (state sending, attempts + 1, first_ms), durably. -ESTALE when the step is over,
// or when its job is not being delivered under a lease of the calling thread: then nothing may be sent.
_warn_unused_ int store_step_begin(struct store *s, int64_t step_id, struct error *e);
// After the attempt (sending: nobody knows what came of it): its state, what Freshdesk called it, the error; and audit
// rows. -ESTALE when the step was over already.
_warn_unused_ int store_step_end(struct store *s, int64_t step_id, enum step_state state, int64_t freshdesk_id,
                                 const char *error, const struct audit_row *audit, size_t n_audit, struct error *e);
// Steps of a ticket, oldest first, at most `max`: the caller clears each and frees the array.
_warn_unused_ int store_steps(struct store *s, int64_t ticket_id, size_t max, struct step **ret, size_t *ret_n,
                              struct error *e);
// When was the newest public reply of this ticket confirmed (wall clock ms, by step kind "reply")? 0: never.
_warn_unused_ int store_last_reply(struct store *s, int64_t ticket_id, int64_t *ret_ms, struct error *e);

// How many public replies went to this requester since then (wall clock ms), over all tickets: confirmed ones, and
// those of which it is not known. Case is ignored. `but`: a step that does not count; 0: none.
_warn_unused_ int store_replies_to(struct store *s, const char *requester, int64_t since_ms, int64_t but, int64_t *ret,
                                   struct error *e);

// ---- reading
_warn_unused_ int store_ticket(struct store *s, int64_t id, struct ticket *ret,
                               struct error *e); // 1, 0: no such ticket, or negative
struct ticket_filter {
        const char *state, *tier, *category, *action, *search; // NULL: any; search: words, each in subject or requester
        bool review;                                           // only drafts that wait for a person's word
        int64_t before;                                        // cursor: seq of the last one seen; 0: from the newest
        size_t limit;
};
// Newest first. The caller clears each and frees the array. Descriptions, responses and sources are left out (NULL).
_warn_unused_ int store_tickets(struct store *s, const struct ticket_filter *f, struct ticket **ret, size_t *ret_n,
                                struct error *e);
// In order, from the row after `after` on, at most `max`; ticket_id 0: of all tickets.
_warn_unused_ int store_audit(struct store *s, int64_t ticket_id, int64_t after, size_t max,
                              void (*fn)(void *arg, const struct audit_row *row), void *arg, struct error *e);

_warn_unused_ int store_audit_last(struct store *s, int64_t *ret, struct error *e); // the newest row's id; 0: none

struct store_stats {
        // By its state each ticket counts once: total = pending + failed + dropped + recorded + delivered ones. A
        // ticket that was answered and has a new event is pending; when there is nothing to answer in that, it is
        // delivered as before.
        int64_t total, pending, failed, dropped;
        int64_t auto_resolved, answered, escalated; // delivered, in auto mode, confirmed by Freshdesk
        int64_t drafted;                            // delivered as a private note in draft mode
        int64_t to_review;                          // of these, replies that wait for a person's word
        int64_t approved;                           // a draft that a person let go out, confirmed by Freshdesk
        int64_t recorded;                           // decided, nothing sent: shadow mode, or no Freshdesk
        int64_t decided_auto_resolve, decided_answer, decided_escalate; // by decision, whatever became of it
        double average_ms;                                              // of decided tickets
};
_warn_unused_ int store_stats(struct store *s, struct store_stats *ret, struct error *e);

struct analytics_row {
        char day[11];                                          // "2026-01-31", UTC, of arrival
        const char *tier, *category, *method, *action, *state; // "" when not decided
        int64_t tickets;
        double average_ms, average_confidence;
};
// Whole days: those that [from_ms, to_ms) touches, in order. A day's tickets that differ only in mode come in several
// rows.
_warn_unused_ int store_analytics(struct store *s, int64_t from_ms, int64_t to_ms,
                                  void (*fn)(void *arg, const struct analytics_row *row), void *arg, struct error *e);

// ---- what was learned from this desk's tickets
struct classifier_row {
        int64_t id, created_ms;
        bool adopted;          // it is in use, or was before the one that is
        char *version, *model; // of its content; of the encoder
        char *evidence;        // JSON object as text: what it was learned from and how good it is
        char *content;         // its file
        char *seen;            // hashes of the tickets it was learned from, a line each
};
void classifier_row_clear(struct classifier_row *row);
#define _cleanup_classifier_row_ _cleanup_(classifier_row_clear)
// Keeps one (all but id and created_ms is read), and with `adopt` takes it into use.
_warn_unused_ int store_classifier_put(struct store *s, const struct classifier_row *row, bool adopt, int64_t *ret_id,
                                       struct error *e);
_warn_unused_ int store_classifier_in_use(struct store *s, int64_t *ret_id, struct error *e); // 0: none
_warn_unused_ int store_classifier(struct store *s, int64_t id, struct classifier_row *ret,
                                   struct error *e); // 1, 0: no such one, or negative
// The newest first, without content and seen.
_warn_unused_ int store_classifiers(struct store *s, size_t max,
                                    void (*fn)(void *arg, const struct classifier_row *row), void *arg,
                                    struct error *e);
// Takes one that was kept into use. -ENOENT: there is no such one. Whether it can be used is for triage/own.h to say.
_warn_unused_ int store_classifier_use(struct store *s, int64_t id, struct error *e);
// Takes the one that was in use and has the next smaller id into use, or none where there is none; the one that was in
// use is come back to by store_classifier_use only. -ENOENT: none is in use.
_warn_unused_ int store_classifier_rollback(struct store *s, int64_t *ret_id, struct error *e);
// Removes all but the one in use: each holds vectors, and hashes of words, of tickets that may have been erased since.
// *ret: how many.
_warn_unused_ int store_classifier_forget(struct store *s, int64_t *ret, struct error *e);

// ---- feedback
struct feedback {
        int64_t ticket_id;
        const char *tier, *category; // what is right; NULL: not said
        const char *answer;          // "right", "wrong", "incomplete"; NULL: not said
        const char *by;              // who says so; NULL: not said
        int64_t at_ms;               // when it came about; 0: now
        const char *fate;            // what it makes of the ticket's automatic answer (answers.h); NULL: corrected
        int64_t once_since_ms;       // not 0: nothing is written when `by` said the same last, since then
};
// With its audit row and what it says of the ticket's automatic answer, in one transaction. *ret_id 0: it was said
// before. -ENOENT: no such ticket.
_warn_unused_ int store_feedback_put(struct store *s, const struct feedback *f, const struct audit_row *audit,
                                     int64_t *ret_id, struct error *e);
struct feedback_label { // borrowed; texts that were erased are NULL
        int64_t ticket_id;
        const char *tier, *category, *subject, *description;
};
// Every ticket whose tier or category agents have confirmed or corrected, as they say it is now.
_warn_unused_ int store_feedback_labels(struct store *s, void (*fn)(void *arg, const struct feedback_label *row),
                                        void *arg, struct error *e);

// ---- vectors, by the model's version and the text's hash
struct vector_row {
        char hash[65];
        const float *values;
};
_warn_unused_ int store_vectors_get(struct store *s, const char *model, size_t dimensions,
                                    void (*fn)(void *arg, const struct vector_row *row), void *arg, struct error *e);
_warn_unused_ int store_vectors_put(struct store *s, const char *model, size_t dimensions,
                                    const struct vector_row *rows, size_t n, struct error *e);

// Marks these vectors (only `hash` is read) as in use today, so that they are kept.
_warn_unused_ int store_vectors_used(struct store *s, const char *model, const struct vector_row *rows, size_t n,
                                     struct error *e);

// A name and a text that outlive the process (cursors, versions). 1 found, 0 not.
_warn_unused_ int store_meta_get(struct store *s, const char *name, char **ret, struct error *e);
_warn_unused_ int store_meta_put(struct store *s, const char *name, const char *value, struct error *e);
