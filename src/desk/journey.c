#include "desk/journey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/backoff.h"
#include "desk/deliver.h"
#include "desk/outbox.h"
#include "desk/reading.h"
#include "desk/record.h"
#include "desk/review.h"
#include "desk/think.h"
#include "desk/trail.h"

enum {
        CALLER_PATIENCE_MS =
                        3000, // how long somebody who waits for the answer is kept waiting for Freshdesk's second try
        CLAIMS_MAX = 10,      // of a job that gets nowhere: each ended with the process. Power does not fail so often
};

struct journey {
        struct desk *d;
        struct store *s;
        const struct job *job;
        struct reading reading;
        bool answer_waits; // somebody waits for this outcome: POST /process-ticket
        bool may_send;     // the ticket is one of Freshdesk's and can be written to
        int64_t read_ms;   // monotonic clock of the reading through Freshdesk; 0: none
        int64_t started_us;
        enum job_state at; // as far as it was written down
        struct trail trail;
};

static bool local(const struct job *job) {
        return job->ticket_id >= STORE_LOCAL_TICKET;
}

static int change(struct journey *j, enum job_state to, int64_t run_after_ms, const char *error,
                  const struct ticket *ticket, const struct outbox *outbox, struct error *e) {
        struct job_change c = {.job_id = j->job->id,
                               .ticket_id = j->job->ticket_id,
                               .from = j->at,
                               .to = to,
                               .run_after_ms = run_after_ms,
                               .error = error,
                               .ticket = ticket,
                               .audit = j->trail.rows,
                               .n_audit = j->trail.n,
                               .steps = outbox ? outbox->steps : NULL,
                               .n_steps = outbox ? outbox->n : 0};

        int r = store_job_change(j->s, &c, e);
        if (r == 0)
                j->at = to;
        return r;
}

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket's journey");
}

// ---- reading

// Has it not worked out for so long that a person must look?
static bool too_late(const struct journey *j, int64_t wait) {
        int64_t now = clock_now_ms(), since = j->job->trouble_ms ? j->job->trouble_ms : now;

        return now + wait - since > settings_int(j->d->settings, SETTING_FRESHDESK_RETRY_MAX) * 1000;
}

static int read_later(struct journey *j, int64_t wait, const struct freshdesk_result *r, const struct error *why,
                      struct error *e) {
        int64_t at = clock_now_ms() + wait;
        char again[CLOCK_ISO_SIZE];
        struct job_change c = {.job_id = j->job->id,
                               .ticket_id = j->job->ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_QUEUED,
                               .run_after_ms = at,
                               .error = why->message,
                               .trouble = r->outcome == FRESHDESK_DENIED ? JOB_TROUBLE_OVER
                                          : r->in_line                   ? JOB_TROUBLE_KEPT
                                                                         : JOB_TROUBLE_BY_ERROR,
                               .untried = r->held,
                               .audit = j->trail.rows,
                               .n_audit = j->trail.n};

        clock_iso(at, again);
        if (r->held)
                log_debug("not read, next look at %s: %s", again, why->message);
        else
                log_warning("not read, next try at %s: %s", again, why->message);
        return store_job_change(j->s, &c, e);
}

// Freshdesk cannot be read now. Returns 1 when the job was moved and the journey ends here, 0 to go on with the event's
// own text.
static int not_read(struct journey *j, const struct freshdesk_result *r, const struct error *why, struct error *e) {
        int64_t wait = r->held ? backoff_held_ms(r->retry_after_ms)
                               : MAX(backoff_ms(j->job->attempts), r->retry_after_ms);
        bool blameless = r->in_line || r->outcome == FRESHDESK_DENIED; // nothing is wrong with this ticket's calls
        bool late = !blameless && too_late(j, wait);

        // Held back, nothing was tried: that is no step of its journey.
        if (!r->held && trail_add(&j->trail, "read_failed",
                                  json_pack("{s:s, s:i, s:i}", "error", why->message, "status", r->status, "attempt",
                                            (int) j->job->attempts)) < 0)
                return no_memory(e);
        if (j->answer_waits) {
                j->may_send = r->outcome != FRESHDESK_NOT_FOUND && r->outcome != FRESHDESK_REFUSED;
                return 0;
        }
        int k;
        if (r->outcome == FRESHDESK_NOT_FOUND) {
                log_info("dropped: Freshdesk has no such ticket");
                if (trail_add(&j->trail, "withheld", json_pack("{s:s}", "reason", why->message)) < 0)
                        return no_memory(e);
                k = change(j, JOB_DROPPED, 0, why->message, NULL, NULL, e);
        } else if (r->outcome == FRESHDESK_REFUSED || late) {
                log_error("given up: %s", why->message);
                if (trail_add(&j->trail, "failed", json_pack("{s:s}", "error", why->message)) < 0)
                        return no_memory(e);
                k = change(j, JOB_FAILED, 0, why->message, NULL, NULL, e);
        } else {
                k = read_later(j, wait, r, why, e);
        }
        return k < 0 ? k : 1;
}

static int read_from_event(struct journey *j, struct error *e) {
        struct error why = ERROR_INIT;
        int r = reading_from_event(j->d->automatic, j->job, &j->reading, &why);

        if (r == -EINVAL) { // it will not get better
                log_error("given up: %s", why.message);
                if (trail_add(&j->trail, "failed", json_pack("{s:s}", "error", why.message)) < 0)
                        return no_memory(e);
                r = change(j, JOB_FAILED, 0, why.message, NULL, NULL, e);
                if (r == 0 && j->answer_waits)
                        return error_set(e, -EINVAL, why.code, "%s", why.message);
                return r < 0 ? r : 1;
        }
        return r < 0 ? error_set(e, r, why.code, "%s", why.message) : 0;
}

// 0 with the reading filled, 1 when the job was moved and the journey ends here, or negative.
static int read_ticket(struct journey *j, struct error *e) {
        struct freshdesk_result result = {0};
        struct error why = ERROR_INIT;
        int64_t start = clock_monotonic_us();
        int r = -ENOTCONN;

        if (j->d->freshdesk && !local(j->job)) {
                j->may_send = true;
                r = reading_from_freshdesk(j->d, j->job, &j->reading, &result, &why);
                metric_observe_us(METRIC_STEP_SECONDS, "read_back", clock_monotonic_us() - start);
                if (r == -ENOMEM)
                        return no_memory(e);
                if (r < 0 && (r = not_read(j, &result, &why, e)) != 0)
                        return r;
                j->read_ms = j->reading.from_freshdesk ? clock_monotonic_ms() : 0;
        }
        if (!j->reading.from_freshdesk && (r = read_from_event(j, e)) != 0)
                return r;

        const struct reading *g = &j->reading;
        r = trail_add(&j->trail, "read",
                      json_pack("{s:s, s:i, s:i, s:b}", "from", g->from_freshdesk ? "freshdesk" : "event", "characters",
                                (int) strlen(g->body), "messages", (int) g->messages, "follow_up", g->follow_up));
        return r < 0 ? no_memory(e) : 0;
}

// Nothing to answer: for somebody who waits it is decided all the same, and not sent.
static int nothing_to_answer(struct journey *j, struct error *e) {
        const char *why = j->reading.nothing_to_answer;

        log_info("not answered: %s", why);
        if (trail_add(&j->trail, "withheld", json_pack("{s:s}", "reason", why)) < 0)
                return no_memory(e);
        if (j->answer_waits || str_eq(j->job->kind, EVENT_KIND_REPROCESS)) {
                j->may_send = false;
                return 0;
        }
        int r = change(j, JOB_DROPPED, 0, why, NULL, NULL, e);
        return r < 0 ? r : 1;
}

// ---- writing down

static int write_down(struct journey *j, const struct outcome *o, const char *html, enum job_state *ret_state,
                      struct error *e) {
        const char *mode = think_mode(j->d, o);
        struct outbox outbox _cleanup_outbox_ = {0};
        struct reply_facts facts = {.ticket_id = j->job->ticket_id,
                                    .reading = &j->reading,
                                    .verdict = &o->verdict,
                                    .findings = &o->findings,
                                    .language = &o->language,
                                    .signals = &o->signals,
                                    .action = o->action,
                                    .draft = o->draft,
                                    .reason = o->reason};

        if (j->may_send) {
                int r = outbox_fill(j->d->settings, j->d->replies, &facts, html, o->response, &outbox, e);
                if (r < 0)
                        return r;
        }
        struct record record _cleanup_record_ = {0};
        int64_t duration_ms = (clock_monotonic_us() - j->started_us + 500) / 1000;
        if (record_trail(j->d, &j->reading, o, mode, &j->trail) < 0 ||
            record_fill(j->d, j->job->ticket_id, &j->reading, o, mode, duration_ms, &record) < 0)
                return no_memory(e);
        enum job_state to = outbox.n ? JOB_DELIVERING : JOB_RECORDED;
        int r = change(j, to, 0, NULL, &record.ticket, &outbox, e);
        if (r < 0)
                return r;
        *ret_state = to;
        return 0;
}

static int decide_and_deliver(struct journey *j, struct outcome *ret, struct error *e) {
        struct outcome o _cleanup_outcome_ = {0};
        char *html _cleanup_free_ = NULL;
        int r = think(j->d, &j->reading, j->job->ticket_id, &o, &html, e);

        if (r < 0)
                return r;
        r = write_down(j, &o, html, &o.state, e);
        if (r < 0)
                return r;
        metric_inc(METRIC_TICKETS, action_name(o.action));
        metric_inc(METRIC_TIERS, tier_name(o.verdict.tier));
        log_info("%s: %.*s", action_name(o.action), (int) (o.said_at ? o.said_at : strlen(o.reason)), o.reason);

        if (o.state == JOB_DELIVERING) {
                r = deliver(j->d, j->s, j->job, j->answer_waits ? CALLER_PATIENCE_MS : 0, j->read_ms, &o.state, e);
                if (r < 0)
                        return r;
        }
        o.delivered = o.state == JOB_DELIVERED;
        if (ret) {
                *ret = o;
                o = (struct outcome){0};
        }
        return 0;
}

// ---- what a person decided

static int discard(struct journey *j, struct error *e) {
        int r = review_discarded(j->job, &j->trail, e);

        return r < 0 ? r : change(j, JOB_DROPPED, 0, NULL, NULL, NULL, e);
}

// 1 when the approved draft is on its way, 0 when it must be decided anew, or negative.
static int send_approved(struct journey *j, struct error *e) {
        struct approval a _cleanup_approval_ = {0};
        enum job_state state;
        int r = review_approved(j->d, j->s, j->job, &j->reading, &j->trail, &a, e);

        if (r <= 0)
                return r;
        r = change(j, JOB_DELIVERING, 0, NULL, &a.ticket, &a.outbox, e);
        if (r == 0)
                r = deliver(j->d, j->s, j->job, 0, j->read_ms, &state, e);
        return r < 0 ? r : 1;
}

static int from_the_start(struct journey *j, struct outcome *ret, struct error *e) {
        if (review_asks(j->job, EVENT_KIND_DISCARD))
                return discard(j, e);
        int r = read_ticket(j, e);

        if (r == 0 && review_asks(j->job, EVENT_KIND_HAND_OVER))
                r = review_handed_over(j->job, &j->reading, &j->trail, e);
        if (r == 0 && j->reading.nothing_to_answer)
                r = nothing_to_answer(j, e);
        if (r == 0 && review_asks(j->job, EVENT_KIND_APPROVE))
                r = send_approved(j, e);
        return r != 0 ? MIN(r, 0) : decide_and_deliver(j, ret, e);
}

// Memory or the database failed on the way, or no reply could be written. The job waits for another try, or is given up
// where that would be useless or too late. What cannot be written down either ends with the lease.
static void break_off(struct journey *j, int r, const struct error *why) {
        int64_t now = clock_now_ms(), wait = backoff_ms(j->job->attempts);
        bool give_up = r == -EMSGSIZE || too_late(j, wait);
        struct error e = ERROR_INIT;
        struct trail trail _cleanup_trail_;

        trail_init(&trail, j->job->ticket_id, j->job->id);
        int k = trail_add(&trail, give_up ? "failed" : "interrupted", json_pack("{s:s}", "error", why->message));
        struct job_change c = {.job_id = j->job->id,
                               .ticket_id = j->job->ticket_id,
                               .from = j->at,
                               .to = give_up                ? JOB_FAILED
                                     : j->at == JOB_RUNNING ? JOB_QUEUED
                                                            : JOB_DELIVERING,
                               .run_after_ms = now + wait,
                               .error = why->message,
                               .audit = trail.rows,
                               .n_audit = trail.n};
        if (k == 0 && r != -ESTALE)
                k = store_job_change(j->s, &c, &e);
        if (k < 0 || r == -ESTALE)
                store_job_leave(j->s, j->job->id);
}

// Each claim before this one ended without a move: it is this ticket that ends the process, and would again.
static int give_up_crashing(struct journey *j, struct error *e) {
        char why[160];

        snprintf(why, sizeof(why), "given up: the process ended %u time%s while it worked on this ticket",
                 j->job->claims - 1, str_s(j->job->claims - 1));
        log_error("%s", why);
        if (trail_add(&j->trail, "failed", json_pack("{s:s}", "error", why)) < 0)
                return no_memory(e);
        return change(j, JOB_FAILED, 0, why, NULL, NULL, e);
}

int journey(struct desk *d, struct store *s, const struct job *job, struct outcome *ret, struct error *e) {
        struct journey j = {.d = d,
                            .s = s,
                            .job = job,
                            .answer_waits = ret != NULL,
                            .started_us = clock_monotonic_us(),
                            .at = job->state};
        struct error why = ERROR_INIT;
        enum job_state state;
        int r;

        trail_init(&j.trail, job->ticket_id, job->id);
        if (job->claims > CLAIMS_MAX)
                r = give_up_crashing(&j, &why);
        else if (job->state == JOB_DELIVERING)
                r = deliver(d, s, job, 0, 0, &state, &why);
        else
                r = from_the_start(&j, ret, &why);
        if (r < 0 && !job_state_final(j.at))
                break_off(&j, r, &why);
        if (r < 0 && e)
                *e = why;
        metric_observe_us(METRIC_STEP_SECONDS, "ticket", clock_monotonic_us() - j.started_us);
        if (ret && r == 0)
                ret->duration_ms = (double) (clock_monotonic_us() - j.started_us) / 1000;
        trail_clear(&j.trail);
        reading_clear(&j.reading);
        return r;
}
