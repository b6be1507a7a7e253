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
        enum job_state state;
        bool over; // the job has moved on
};

static int move(struct delivery *v, enum job_state to, int64_t run_after_ms, const char *error,
                const struct ticket *ticket, const char *step, json_t *detail, struct error *e) {
        struct trail trail _cleanup_trail_;

        trail_init(&trail, v->job->ticket_id, v->job->id);
        int r = step ? trail_add(&trail, step, detail) : 0;
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        struct job_change change = {.job_id = v->job->id,
                                    .ticket_id = v->job->ticket_id,
                                    .from = JOB_DELIVERING,
                                    .to = to,
                                    .run_after_ms = run_after_ms,
                                    .error = error,
                                    .ticket = ticket,
                                    .audit = trail.rows,
                                    .n_audit = trail.n};
        r = store_job_change(v->s, &change, e);
        if (r == 0) {
                v->state = to;
                v->over = true;
        }
        return r;
}

static int finish(struct delivery *v, struct error *e) {
        struct ticket t _cleanup_ticket_ = {0};
        int r = store_ticket(v->s, v->job->ticket_id, &t, e);

        if (r < 0)
                return r;
        t.delivered = true;
        metric_inc(METRIC_DELIVERIES, "delivered");
        return move(v, JOB_DELIVERED, 0, NULL, r ? &t : NULL, "delivered",
                    json_pack("{s:s?, s:s?}", "action", t.action, "mode", t.mode), e);
}

static int fail(struct delivery *v, const struct step *st, const char *why, struct error *e) {
        metric_inc(METRIC_DELIVERIES, "failed");
        log_error("%s not delivered, given up: %s", st->kind, why);
        return move(v, JOB_FAILED, 0, why, NULL, "failed", json_pack("{s:s, s:s}", "step", st->kind, "error", why), e);
}

// The job ends with this step. The job first: after a crash between the two, the steps that follow must not be taken.
static int end_with(struct delivery *v, const struct step *st, enum step_state state, const char *why,
                    struct error *e) {
        int r = state == STEP_REFUSED ? fail(v, st, why, e)
                                      : move(v, JOB_DROPPED, 0, NULL, NULL, "withheld",
                                             json_pack("{s:s, s:s}", "step", st->kind, "reason", why), e);

        return r < 0 ? r : store_step_end(v->s, st->id, state, 0, why, NULL, 0, e);
}

// Not sent on purpose: the ticket has changed since it was decided.
static int withhold(struct delivery *v, const struct step *st, const char *why, struct error *e) {
        metric_inc(METRIC_DELIVERIES, "withheld");
        log_info("%s withheld: %s", st->kind, why);
        return end_with(v, st, STEP_WITHHELD, why, e);
}

static int done(struct delivery *v, const struct step *st, const struct sent *sent, struct error *e) {
        struct trail trail _cleanup_trail_;

        trail_init(&trail, v->job->ticket_id, v->job->id);
        json_t *id = sent->freshdesk_id ? json_integer(sent->freshdesk_id) : json_null();
        int r = trail_add(&trail, "sent",
                          json_pack("{s:s, s:o, s:i, s:b}", "step", st->kind, "freshdesk_id", id, "attempt",
                                    (int) st->attempts + 1, "found_there", sent->found_there));
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        return store_step_end(v->s, st->id, STEP_DONE, sent->freshdesk_id, NULL, trail.rows, trail.n, e);
}

static void wait_ms(int64_t ms) {
        struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

        nanosleep(&ts, NULL);
}

// The attempt failed in a way that may get better: here if the caller has patience, else when the job comes up again.
static int retry(struct delivery *v, const struct step *st, const struct freshdesk_result *result,
                 const struct error *why, struct error *e) {
        struct trail trail _cleanup_trail_ = {0};
        int64_t wait = MAX(backoff_ms(st->attempts + 1), result->retry_after_ms);
        int64_t now = clock_now_ms();
        char again[CLOCK_ISO_SIZE];

        if (now + wait - v->job->created_ms > settings_int(v->d->settings, SETTING_FRESHDESK_RETRY_MAX) * 1000) {
                int k = store_step_end(v->s, st->id, STEP_WAITING, 0, why->message, NULL, 0, e);
                return k < 0 ? k : fail(v, st, why->message, e);
        }
        clock_iso(now + wait, again);
        trail_init(&trail, v->job->ticket_id, v->job->id);
        int r = trail_add(&trail, "retry",
                          json_pack("{s:s, s:i, s:s, s:i, s:s}", "step", st->kind, "attempt", (int) st->attempts + 1,
                                    "error", why->message, "status", result->status, "again_at", again));
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        r = store_step_end(v->s, st->id, STEP_WAITING, 0, why->message, trail.rows, trail.n, e);
        if (r < 0)
                return r;
        metric_inc(METRIC_DELIVERIES, "retried");

        log_warning("%s not delivered, next try at %s: %s", st->kind, again, why->message);
        if (wait <= WAIT_SLICE_MS && clock_monotonic_ms() + wait <= v->patience_until) {
                wait_ms(wait);
                v->fresh_until = 0;
                return 0;
        }
        return move(v, JOB_DELIVERING, now + wait, why->message, NULL, NULL, NULL, e);
}

static int after_attempt(struct delivery *v, const struct step *st, int k, const struct sent *sent,
                         const struct error *why, struct error *e) {
        if (k == 0 && sent->forbidden)
                return withhold(v, st, sent->forbidden, e);
        if (k == 0)
                return done(v, st, sent, e);

        switch (sent->result.outcome) {
        case FRESHDESK_NOT_FOUND:
                return withhold(v, st, "the ticket is not there any more", e);
        case FRESHDESK_REFUSED:
                return end_with(v, st, STEP_REFUSED, why->message, e);
        default:
                return retry(v, st, &sent->result, why, e);
        }
}

static int one_step(struct delivery *v, const struct step *st, struct error *e) {
        struct error why = ERROR_INIT;
        struct sent sent = {0};
        bool fresh = st->attempts == 0 && clock_monotonic_ms() < v->fresh_until;

        int r = store_step_begin(v->s, st->id, e);
        if (r < 0)
                return r;

        int64_t start = clock_monotonic_us();
        int k = send_step(v->d, st, fresh, &sent, &why);
        metric_observe_us(METRIC_STEP_SECONDS, "deliver", clock_monotonic_us() - start);
        return after_attempt(v, st, k, &sent, &why, e);
}

int deliver(struct desk *d, struct store *s, const struct job *job, int64_t patience_ms, int64_t read_ms,
            enum job_state *ret_state, struct error *e) {
        int64_t now = clock_monotonic_ms();
        struct delivery v = {.d = d,
                             .s = s,
                             .job = job,
                             .patience_until = now + patience_ms,
                             .fresh_until = read_ms ? read_ms + FRESH_MS : 0,
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
