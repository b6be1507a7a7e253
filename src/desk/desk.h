// The desk: a ticket's journey from intake to delivery, and all the parts it needs. The only folder that knows the
// whole story.
//
//   intake   webhook or call → event on disk
//   work     workers take jobs; read the ticket back; triage; knowledge; decide; write decision and outbox; deliver
//   decide   verdict + findings + settings → action
//   reply    action → words, from templates
//   deliver  outbox → Freshdesk, step by step
//   guard    may we write to this customer now?
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/settings.h"
#include "knowledge/knowledge.h"
#include "store/store.h"
#include "text/language.h"
#include "triage/alone.h"
#include "triage/risk.h"
#include "triage/signal_table.h"
#include "triage/triage.h"

struct desk;

enum desk_flags {
        DESK_STORE = 1 << 0, // with the database; one that cannot be opened for now only degrades (a newer one refuses)
        DESK_FRESHDESK = 1 << 1, // with Freshdesk, where it is set
        DESK_WATCH = 1 << 2,     // watch the knowledge folder
        // With DESK_STORE: one that cannot be opened refuses, for commands, whose result would be another without it.
        DESK_STORE_NEEDED = 1 << 3,
};

// Opens every part the flags name; a part that fails is done without, logged and shown in desk_health. Refuses only
// what would be unsafe: malformed settings, config files or templates, a database from a newer version.
_warn_unused_ int desk_open(const struct settings *settings, unsigned flags, struct desk **ret, struct error *e);
struct desk *desk_free(struct desk *d); // stops the workers first
DEFINE_CLEANUP(struct desk, desk_free);

// Workers that the system will not start now are tried again.
_warn_unused_ int desk_start_workers(struct desk *d, struct error *e);

struct ticket_input {                                  // borrowed
        int64_t id;                                    // Freshdesk's; 0: none
        const char *subject, *description, *requester; // description may be HTML; NULL counts as empty
        int priority;
};

// {"subject", "description", "id"?, "priority"?, "requester"?}: id and priority as numbers or texts, other fields
// ignored. Borrows from o. -EINVAL with ERROR_INVALID_REQUEST or ERROR_MISSING_FIELD naming the field.
_warn_unused_ int ticket_input_from_json(const json_t *o, struct ticket_input *ret, struct error *e);

enum action { ACTION_AUTO_RESOLVE, ACTION_ANSWER, ACTION_ESCALATE };
const char *action_name(enum action a); // "auto_resolve", "answer", "escalate"

// What MAX_WRONG says of one ticket's category.
struct limit {
        bool on;                   // MAX_WRONG is set
        struct risk_choice choice; // and its evidence; automatic: it may be answered from the threshold on
        double max_wrong;
        char date[11];                  // of the evidence; "": none
        char why[224];                  // why it is not automatic
        bool fallen_back;               // because too many answers did not hold: desk/watch.h
        size_t answers, wrong, waiting; // that were counted for that
};

struct spoken { // what a ticket is written in
        struct language_guess guess;
        bool served; // model and knowledge base know that language, or it cannot be told
};

struct outcome {
        int64_t ticket_id; // 0 when only classified
        struct verdict verdict;
        struct findings findings;
        struct spoken language;
        struct signals_found signals;
        enum action action;
        bool draft; // the answer is left to an agent as a draft, because MAX_WRONG wants more evidence
        struct limit limit;
        struct alone alone; // where an answer would have gone out: its sentences, judged one by one
        char reason[256];
        size_t said_at; // where in it the customer's own words begin, which no log has; 0: nowhere
        char *response; // what the customer reads, as plain text
        bool delivered; // confirmed by Freshdesk
        enum job_state state;
        double duration_ms;
};
void outcome_clear(struct outcome *o);
#define _cleanup_outcome_ _cleanup_(outcome_clear)
json_t *outcome_json(const struct outcome *o); // as the API gives it; NULL: no memory
// [{"signal", "words", "effect"}]; NULL: no memory.
json_t *signals_json(const struct signals_found *f);

// ---- webhook: authenticated and parsed by the caller (api/webhook.c)
// Stores the event; done is called from the writer's thread. As store_accept.
struct webhook_event;
_warn_unused_ int desk_accept(struct desk *d, const struct webhook_event *ev, const char *body,
                              void (*done)(void *arg, int r, const struct accepted *a, const struct error *e),
                              void *arg, struct error *e);

// ---- the whole journey, now, on the calling thread
_warn_unused_ int desk_process(struct desk *d, const struct ticket_input *in, struct outcome *ret, struct error *e);
// The same without storing or sending anything.
_warn_unused_ int desk_classify(struct desk *d, const struct ticket_input *in, struct outcome *ret, struct error *e);
// And says why it came out so, for the API; *ret_explain is NULL where memory was short for it.
_warn_unused_ int desk_classify_explained(struct desk *d, const struct ticket_input *in, struct outcome *ret,
                                          json_t **ret_explain, struct error *e);

struct answer {
        bool found; // something above the floor, in a language that is served
        char *text; // the passage word for word, or a plain message
        struct spoken language;
        struct findings findings; // not to be answered with unless found
};
void answer_clear(struct answer *a);
#define _cleanup_answer_text_ _cleanup_(answer_clear)
// Searched as a ticket's documents are: in those of the question's language.
_warn_unused_ int desk_ask(struct desk *d, const char *question, struct answer *ret, struct error *e);
_warn_unused_ int desk_ask_explained(struct desk *d, const char *question, struct answer *ret, json_t **ret_explain,
                                     struct error *e);
json_t *findings_json(const struct findings *f); // the array "sources": what is above the floor
json_t *answer_json(const struct answer *a);     // as the API gives it; NULL: no memory

// Queues the ticket for another journey; -ENOENT: no such ticket.
_warn_unused_ int desk_reprocess(struct desk *d, int64_t ticket_id, struct accepted *ret, struct error *e);

// A person decides; it happens as soon as a worker is free. response: the reply as edited, plain text; NULL: as
// drafted. by: who; may be NULL. -EALREADY with ERROR_CONFLICT when the ticket's state does not allow it, or somebody
// was faster.
enum review { REVIEW_APPROVE, REVIEW_DISCARD, REVIEW_HAND_OVER };
_warn_unused_ int desk_review(struct desk *d, int64_t ticket_id, enum review what, const char *response, const char *by,
                              struct accepted *ret, struct error *e);

// ---- what agents say of it
enum { FEEDBACK_BY_MAX = 255 }; // bytes
// Kept with an audit row "feedback". -EINVAL: nothing is said, or a tier, category or answer that there is not;
// -ENOENT: no such ticket.
_warn_unused_ int desk_feedback(struct desk *d, const struct feedback *f, int64_t *ret_id, struct error *e);

// Answers of a category that has fallen back to drafts (desk/watch.h) go out by themselves again; what did not hold
// until now no longer counts against it. by: who says so; may be NULL. -ENOENT: no such category; -EALREADY: it has
// not.
_warn_unused_ int desk_resume(struct desk *d, const char *category, const char *by, struct error *e);

// ---- looking at it
struct store *desk_store(struct desk *d); // NULL while the database is not there
struct knowledge *desk_knowledge(struct desk *d);
const struct settings *desk_settings(struct desk *d);
const struct triage *desk_triage(struct desk *d);
struct limits *desk_limits(struct desk *d);
bool desk_has_freshdesk(const struct desk *d);
// {"status": "ok"|"degraded", "database": {...}, "model": ..., "knowledge": ..., "freshdesk": ..., "queue": ...}. Never
// blocks.
json_t *desk_health(struct desk *d);
