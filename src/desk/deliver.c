#include "desk/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/backoff.h"
#include "desk/budget.h"
#include "desk/guard.h"
#include "desk/outbox.h"
#include "desk/send.h"
#include "desk/trail.h"

enum {
        DELIVER_TRIES_MAX = 1000, // rounds of one call: over any outbox times any patience
        FRESH_MS = 2000,          // a reading this young need not be repeated before sending
        WAIT_SLICE_MS = 3000,     // longest single wait with the caller's thread
};

struct delivery {
        struct desk *d;
        struct store *s;
        const struct job *job;
        int64_t patience_until; // monotonic
        int64_t fresh_until;    // monotonic; 0: no fresh reading
        int64_t trouble_ms;     // wall clock: since when it does not work out; 0: it does
        unsigned looks;         // that failed here
        enum job_state state;
        bool over; // the job has moved on
};

static int change(struct delivery *v, struct job_change *c, struct error *e) {
        c->job_id = v->job->id;
        c->ticket_id = v->job->ticket_id;
        c->from = JOB_DELIVERING;
        int r = store_job_change(v->s, c, e);
        if (r == 0) {
                v->state = c->to;
                v->over = true;
        }
        return r;
}

// A step that is over with the job's move.
struct over {
        int64_t id;
        enum step_state state;
        const char *error;
};

// To the job's end, with the audit row that says so, and the step that is over with it (NULL: none).
static int move(struct delivery *v, enum job_state to, const char *error, const struct ticket *ticket,
                const struct over *over, const char *step, json_t *detail, struct error *e) {
        struct trail trail _cleanup_trail_;

        trail_init(&trail, v->job->ticket_id, v->job->id);
        int r = trail_add(&trail, step, detail);
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        struct job_change c = {.to = to, .error = error, .ticket = ticket, .audit = trail.rows, .n_audit = trail.n};
        if (over) {
                c.step_id = over->id;
                c.step_state = over->state;
                c.step_error = over->error;
        }
        return change(v, &c, e);
}

static int finish(struct delivery *v, struct error *e) {
        struct ticket t _cleanup_ticket_ = {0};
        int r = store_ticket(v->s, v->job->ticket_id, &t, e);

        if (r < 0)
                return r;
        t.delivered = true;
        metric_inc(METRIC_DELIVERIES, "delivered");
        return move(v, JOB_DELIVERED, NULL, r ? &t : NULL, NULL, "delivered",
                    json_pack("{s:s?, s:s?}", "action", t.action, "mode", t.mode), e);
}

static int fail(struct delivery *v, const struct step *st, const struct over *over, const char *why, struct error *e) {
        metric_inc(METRIC_DELIVERIES, "failed");
        log_error("%s not delivered, given up: %s", st->kind, why);
        return move(v, JOB_FAILED, why, NULL, over, "failed", json_pack("{s:s, s:s}", "step", st->kind, "error", why),
                    e);
}

// The job ends with this step, both at once: the steps that follow must not be taken.
static int end_with(struct delivery *v, const struct step *st, enum step_state state, const char *why,
                    struct error *e) {
        const struct over over = {st->id, state, why};

        return state == STEP_REFUSED ? fail(v, st, &over, why, e)
                                     : move(v, JOB_DROPPED, NULL, NULL, &over, "withheld",
                                            json_pack("{s:s, s:s}", "step", st->kind, "reason", why), e);
}

// Not sent on purpose: the ticket has changed since it was decided.
static int withhold(struct delivery *v, const struct step *st, const char *why, struct error *e) {
        metric_inc(METRIC_DELIVERIES, "withheld");
        log_info("%s withheld: %s", st->kind, why);
        return end_with(v, st, STEP_WITHHELD, why, e);
}

// What was decided no longer fits: the ticket is read and decided once more, when the customer has been quiet.
static int anew(struct delivery *v, const struct step *st, const char *why, struct error *e) {
        struct job_change c = {.to = JOB_QUEUED,
                               .run_after_ms = clock_now_ms() +
                                               settings_int(v->d->settings, SETTING_SETTLE_TIME) * 1000};
        struct trail trail _cleanup_trail_;

        trail_init(&trail, v->job->ticket_id, v->job->id);
        int r = trail_add(&trail, "withheld",
                          json_pack("{s:s, s:s, s:b}", "step", st->kind, "reason", why, "decided_anew", 1));
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        c.audit = trail.rows;
        c.n_audit = trail.n;
        metric_inc(METRIC_DELIVERIES, "withheld");
        log_info("%s withheld, to be decided anew: %s", st->kind, why);
        // Whoever takes the job up, at this very moment perhaps, must know why it was not sent.
        c.step_id = st->id;
        c.step_state = STEP_WITHHELD;
        c.step_error = why;
        return change(v, &c, e);
}

static int done(struct delivery *v, const struct step *st, const struct attempt *sent, struct error *e) {
        struct trail trail _cleanup_trail_;

        trail_init(&trail, v->job->ticket_id, v->job->id);
        json_t *id = sent->freshdesk_id ? json_integer(sent->freshdesk_id) : json_null();
        int r = trail_add(&trail, "sent",
                          json_pack("{s:s, s:o, s:i, s:b}", "step", st->kind, "freshdesk_id", id, "attempt",
                                    (int) st->attempts + !sent->found_there, "found_there", sent->found_there));
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        v->trouble_ms = 0;
        return store_step_end(v->s, st->id, STEP_DONE, sent->freshdesk_id, NULL, trail.rows, trail.n, e);
}

static void wait_ms(int64_t ms) {
        struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

        nanosleep(&ts, NULL);
}

// Here, if the caller has patience, else when the job comes up again.
static int wait_or_leave(struct delivery *v, int64_t wait, const char *why, enum job_trouble trouble, bool untried,
                         struct error *e) {
        if (wait <= WAIT_SLICE_MS && clock_monotonic_ms() + wait <= v->patience_until) {
                wait_ms(wait);
                v->fresh_until = 0;
                return 0;
        }
        struct job_change c = {.to = JOB_DELIVERING,
                               .run_after_ms = clock_now_ms() + wait,
                               .error = why,
                               .trouble = trouble,
                               .untried = untried};
        return change(v, &c, e);
}

static bool too_late(struct delivery *v, int64_t wait) {
        int64_t now = clock_now_ms();

        if (!v->trouble_ms)
                v->trouble_ms = now;
        return now + wait - v->trouble_ms > settings_int(v->d->settings, SETTING_FRESHDESK_RETRY_MAX) * 1000;
}

// Nothing was sent, because it was not our turn: no attempt, and no row in the audit trail for each look.
static int held(struct delivery *v, const struct step *st, const struct freshdesk_result *result,
                const struct error *why, struct error *e) {
        int64_t wait = backoff_held_ms(result->retry_after_ms);

        log_debug("%s not delivered: %s", st->kind, why->message);
        if (result->outcome == FRESHDESK_DENIED)
                return wait_or_leave(v, wait, why->message, JOB_TROUBLE_OVER, true, e);
        if (result->in_line)
                return wait_or_leave(v, wait, why->message, JOB_TROUBLE_KEPT, true, e);
        return too_late(v, wait) ? fail(v, st, NULL, why->message, e)
                                 : wait_or_leave(v, wait, why->message, JOB_TROUBLE_BY_ERROR, true, e);
}

// It failed in a way that may get better. `after`: what is known of the step now.
static int retry(struct delivery *v, const struct step *st, enum step_state after, unsigned attempt,
                 const struct freshdesk_result *result, const struct error *why, struct error *e) {
        bool key = result->outcome == FRESHDESK_DENIED; // that it is refused is no fault of this ticket's
        struct trail trail _cleanup_trail_ = {0};
        int64_t wait = MAX(backoff_ms(attempt), result->retry_after_ms);
        char again[CLOCK_ISO_SIZE];

        if (!key && too_late(v, wait)) {
                int k = store_step_end(v->s, st->id, after, 0, why->message, NULL, 0, e);
                return k < 0 ? k : fail(v, st, NULL, why->message, e);
        }
        clock_iso(clock_now_ms() + wait, again);
        trail_init(&trail, v->job->ticket_id, v->job->id);
        int r = trail_add(&trail, "retry",
                          json_pack("{s:s, s:i, s:s, s:i, s:s}", "step", st->kind, "attempt", (int) attempt, "error",
                                    why->message, "status", result->status, "again_at", again));
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        r = store_step_end(v->s, st->id, after, 0, why->message, trail.rows, trail.n, e);
        if (r < 0)
                return r;
        metric_inc(METRIC_DELIVERIES, "retried");
        log_warning("%s not delivered, next try at %s: %s", st->kind, again, why->message);
        return wait_or_leave(v, wait, why->message, key ? JOB_TROUBLE_OVER : JOB_TROUBLE_BY_ERROR, false, e);
}

static int failed_attempt(struct delivery *v, const struct step *st, enum step_state after, unsigned attempt,
                          const struct freshdesk_result *result, const struct error *why, struct error *e) {
        if (result->held)
                return held(v, st, result, why, e);
        switch (result->outcome) {
        case FRESHDESK_NOT_FOUND:
                return withhold(v, st, "the ticket is not there any more", e);
        case FRESHDESK_REFUSED:
                return end_with(v, st, STEP_REFUSED, why->message, e);
        default:
                return retry(v, st, after, attempt, result, why, e);
        }
}

// What is sent is marked before. What became of it may stay unknown: then the step stays marked, and is looked for.
static int attempt(struct delivery *v, const struct step *st, struct attempt *a, struct error *e) {
        struct error why = ERROR_INIT;
        int r = store_step_begin(v->s, st->id, e);

        if (r < 0)
                return r;
        // Marked as being sent, it counts for others: so two workers cannot both take the last of a budget.
        const char *over = str_eq(st->kind, STEP_KIND_REPLY) ? budget_forbid(v->d, &a->ticket, st) : NULL;
        if (over)
                return anew(v, st, over, e);
        int k = send_step(v->d, st, a, &why);
        if (k == 0)
                return done(v, st, a, e);
        enum step_state after = a->result.outcome == FRESHDESK_UNKNOWN ? STEP_SENDING : STEP_WAITING;
        if (a->result.held) { // marked, but nothing went out: as it was before
                r = store_step_end(v->s, st->id, st->state, 0, why.message, NULL, 0, e);
                return r < 0 ? r : held(v, st, &a->result, &why, e);
        }
        return failed_attempt(v, st, after, st->attempts + 1, &a->result, &why, e);
}

static int one_step(struct delivery *v, const struct step *st, struct error *e) {
        struct attempt a _cleanup_attempt_ = {0};
        struct error why = ERROR_INIT;
        int64_t start = clock_monotonic_us();
        int r, k = send_look(v->d, v->s, st, clock_monotonic_ms() < v->fresh_until, &a, &why);

        if (k < 0)
                r = failed_attempt(v, st, st->state, v->job->attempts + v->looks++, &a.result, &why, e);
        else if (a.found_there)
                r = done(v, st, &a, e);
        else if (a.forbidden && a.decide_anew)
                r = anew(v, st, a.forbidden, e);
        else if (a.forbidden)
                r = withhold(v, st, a.forbidden, e);
        else if (a.unsettled_ms > 0)
                r = wait_or_leave(v, a.unsettled_ms, "an earlier attempt may have been sent and is not shown yet",
                                  JOB_TROUBLE_KEPT, true, e);
        else
                r = attempt(v, st, &a, e);
        metric_observe_us(METRIC_STEP_SECONDS, "deliver", clock_monotonic_us() - start);
        return r;
}

int deliver(struct desk *d, struct store *s, const struct job *job, int64_t patience_ms, int64_t read_ms,
            enum job_state *ret_state, struct error *e) {
        int64_t now = clock_monotonic_ms();
        struct delivery v = {.d = d,
                             .s = s,
                             .job = job,
                             .patience_until = now + patience_ms,
                             .fresh_until = read_ms ? read_ms + FRESH_MS : 0,
                             .trouble_ms = job->trouble_ms,
                             .state = JOB_DELIVERING};

        for (unsigned i = 0; i < DELIVER_TRIES_MAX && !v.over; i++) {
                struct step st _cleanup_step_ = {0};
                int r = store_step_next(s, job->id, &st, e);
                if (r > 0)
                        r = one_step(&v, &st, e);
                else if (r == 0)
                        r = finish(&v, e);
                if (r < 0)
                        return r;
        }
        *ret_state = v.state;
        return 0;
}
