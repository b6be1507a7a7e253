#include "freshdesk/turn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/string.h"
#include "base/wait.h"
#include "freshdesk/retry_after.h"

// Five in a row are no accident of one ticket. From a second, because most troubles are over by then, to a minute, in
// which a Freshdesk that is back should be noticed.
static const struct breaker_limits reach_limits = {.failures = 5, .first_ms = 1000, .last_ms = 60 * 1000};
// One 401 is enough: each further call would count against the allowance, and lock the agent out in the end. A key is
// put right by people, in minutes or days.
static const struct breaker_limits key_limits = {.failures = 1, .first_ms = 2000, .last_ms = 300 * 1000};

#define TRIAL_PATH "/agents/me"

// What changes something was decided by what was read just before: that must still be true when its turn comes.
enum { WRITE_PATIENCE_MS = 2000 };

void turns_init(struct freshdesk *f, double share) {
        wait_init(&f->turn_over);
        quota_init(&f->quota, share);
        f->reach = (struct breaker){.limits = &reach_limits};
        f->key = (struct breaker){.limits = &key_limits};
}

void turns_clear(struct freshdesk *f) {
        pthread_cond_destroy(&f->turn_over);
}

void freshdesk_stop(struct freshdesk *f) {
        pthread_mutex_lock(&f->lock);
        f->stopping = true;
        pthread_cond_broadcast(&f->turn_over);
        pthread_mutex_unlock(&f->lock);
}

// ---- why not now

static int64_t in_s(int64_t ms) {
        return (ms + 999) / 1000;
}

static int held(struct freshdesk_result *r, enum freshdesk_outcome outcome, int64_t wait_ms) {
        r->held = true;
        r->outcome = outcome;
        r->retry_after_ms = MAX(wait_ms, (int64_t) 1);
        return outcome == FRESHDESK_DENIED ? -EACCES : -EAGAIN;
}

static int held_by_key(struct freshdesk_result *r, int64_t wait_ms, struct error *e) {
        return error_set(e, held(r, FRESHDESK_DENIED, wait_ms), ERROR_FRESHDESK_REFUSED,
                         "Freshdesk does not accept FRESHDESK_API_KEY: everything waits; the next trial is in %" PRId64
                         " s",
                         in_s(wait_ms));
}

static int held_by_breaker(struct freshdesk_result *r, int64_t wait_ms, struct error *e) {
        return error_set(e, held(r, FRESHDESK_RETRY, wait_ms), ERROR_FRESHDESK_UNAVAILABLE,
                         "Freshdesk does not answer well: nothing is sent; the next trial is in %" PRId64 " s",
                         in_s(wait_ms));
}

static int held_by_quota(struct freshdesk *f, enum quota_family family, struct freshdesk_result *r, int64_t wait_ms,
                         int64_t now_ms, struct error *e) {
        const struct quota_window *w = &f->quota.windows[family];
        bool paused = w->pause_until_ms > now_ms;

        r->in_line = !paused;
        return error_set(e, held(r, FRESHDESK_RETRY, wait_ms), ERROR_FRESHDESK_UNAVAILABLE,
                         "Freshdesk: %s (%s); %" PRId64 " s are left",
                         paused      ? "asked us to wait"
                         : !w->known ? "a first call is to tell how much the allowance is: we wait for its answer"
                                     : "our part of the allowance is used: we wait for our turn",
                         quota_family_name(family), in_s(wait_ms));
}

// ---- taking one

// The lock is given back while it sleeps.
static void sleep_until(struct freshdesk *f, enum quota_family family, int64_t until_ms) {
        f->quota.windows[family].waiting++;
        (void) wait_until(&f->turn_over, &f->lock, until_ms * 1000);
        f->quota.windows[family].waiting--;
}

// Is the trial of the key due, and no other call the one to make it?
static bool key_trial_due(const struct freshdesk *f, int64_t now_ms) {
        return f->key.state == BREAKER_OPEN && breaker_wait_ms(&f->key, now_ms) == 0;
}

static void try_key(struct freshdesk *f) {
        struct freshdesk_result r;
        int64_t id;

        // What it says is taken where its turn ends.
        if (freshdesk_me(f, &id, &r, NULL) < 0)
                log_debug("the trial of " TRIAL_PATH " did not work");
}

// One look, under the lock. 0: go; 1: *ret_wait_ms of waiting for the quota; or negative.
static int look(struct freshdesk *f, const struct call *c, struct turn *t, struct freshdesk_result *r,
                int64_t *ret_wait_ms, struct error *e) {
        int64_t now = clock_monotonic_ms(), wait;
        bool trial = str_eq(c->path, TRIAL_PATH);

        if (f->stopping) {
                r->held = true;
                return error_set(e, -ECANCELED, ERROR_FRESHDESK_UNAVAILABLE, "Freshdesk: not called, we are stopping");
        }
        wait = breaker_wait_ms(&f->key, now);
        if (wait > 0 || (f->key.state != BREAKER_CLOSED && !trial))
                return held_by_key(r, wait, e);
        wait = breaker_wait_ms(&f->reach, now);
        if (wait > 0)
                return held_by_breaker(r, wait, e);
        wait = quota_wait_ms(&f->quota, t->counted.family, t->counted.cost, c->then, now);
        if (wait > 0) {
                *ret_wait_ms = wait;
                return 1;
        }
        quota_begin(&f->quota, &t->counted, now);
        t->breaker_trial = breaker_begin(&f->reach);
        t->key_trial = breaker_begin(&f->key);
        return 0;
}

int turn_take(struct freshdesk *f, const struct call *c, struct turn *ret, struct freshdesk_result *r,
              struct error *e) {
        struct turn t = {.counted = {.family = quota_family_of(c->method, c->path),
                                     .cost = quota_cost_of(c->method, c->path)}};
        int64_t patience = str_eq(c->method, "GET") ? f->timeout_ms : MIN(f->timeout_ms, (unsigned) WRITE_PATIENCE_MS);
        int64_t now = clock_monotonic_ms(), patience_until = now + patience, wait = 0;
        int k;

        pthread_mutex_lock(&f->lock);
        if (key_trial_due(f, now) && !str_eq(c->path, TRIAL_PATH)) {
                pthread_mutex_unlock(&f->lock);
                try_key(f);
                pthread_mutex_lock(&f->lock);
        }
        while ((k = look(f, c, &t, r, &wait, e)) > 0) {
                now = clock_monotonic_ms();
                if (now + wait > patience_until) {
                        k = held_by_quota(f, t.counted.family, r, wait, now, e);
                        break;
                }
                sleep_until(f, t.counted.family, now + wait);
        }
        pthread_mutex_unlock(&f->lock);
        if (k == 0)
                *ret = t;
        return k;
}

// ---- giving it back

static void log_reach(enum breaker_change change, const struct breaker *b, int64_t now_ms) {
        if (change == BREAKER_OPENED)
                log_warning("Freshdesk does not answer well: nothing is sent for %" PRId64 " s, then one trial",
                            in_s(b->until_ms - now_ms));
        else if (change == BREAKER_RECOVERED)
                log_info("Freshdesk answers again");
}

static void log_key(enum breaker_change change) {
        if (change == BREAKER_OPENED)
                log_error("Freshdesk does not accept FRESHDESK_API_KEY: all tickets wait until it does; " TRIAL_PATH
                          " is tried again and again");
        else if (change == BREAKER_RECOVERED)
                log_info("Freshdesk accepts FRESHDESK_API_KEY again");
}

static enum breaker_verdict reach_verdict(const struct turn_end *end) {
        int status = end->failure < 0 ? 0 : end->answer->status;

        if (end->failure == -ENOMEM || end->failure == -ECANCELED)
                return BREAKER_NEITHER;
        return status == 0 || status == 408 || (status >= 500 && status <= 599) ? BREAKER_BAD : BREAKER_GOOD;
}

// Only an answer of Freshdesk's that is not 401 shows that the key works: a gateway's 502 knows nothing of keys.
static enum breaker_verdict key_verdict(const struct turn_end *end) {
        if (end->failure < 0 || end->answer->status >= 500)
                return BREAKER_NEITHER;
        return end->answer->status == 401 ? BREAKER_BAD : BREAKER_GOOD;
}

static struct quota_report report_of(const struct http_answer *a) {
        return quota_report_from(http_answer_header(a, "x-ratelimit-total"),
                                 http_answer_header(a, "x-ratelimit-remaining"),
                                 http_answer_header(a, "x-ratelimit-used-currentrequest"));
}

void turn_end(struct freshdesk *f, const struct turn *t, const struct turn_end *end, struct freshdesk_result *r) {
        int64_t now = clock_monotonic_ms();
        int status = end->failure < 0 ? 0 : end->answer->status;
        struct quota_report report = {.known = false};
        const char *retry_after = NULL;
        enum breaker_change reach, key;

        if (end->failure == 0) {
                report = report_of(end->answer);
                retry_after = http_answer_header(end->answer, "retry-after");
        }
        if (status == 429 || (status == 503 && retry_after))
                r->retry_after_ms = retry_after_ms(retry_after, clock_now_ms());

        pthread_mutex_lock(&f->lock);
        quota_end(&f->quota, &t->counted, end->answer->outcome != HTTP_NOT_SENT, &report, now);
        if (status == 429)
                quota_pause(&f->quota, t->counted.family, now + r->retry_after_ms);
        reach = breaker_end(&f->reach, t->breaker_trial, reach_verdict(end), now, digest_random());
        if (status == 503 && retry_after)
                reach = MAX(reach, breaker_open_until(&f->reach, now + r->retry_after_ms));
        key = breaker_end(&f->key, t->key_trial, key_verdict(end), now, digest_random());
        if (status == 401)
                r->retry_after_ms = MAX(breaker_wait_ms(&f->key, now), (int64_t) 1);
        log_reach(reach, &f->reach, now);
        log_key(key);
        pthread_cond_broadcast(&f->turn_over);
        pthread_mutex_unlock(&f->lock);
}

// ---- looking at it

void freshdesk_tend(struct freshdesk *f) {
        int64_t now = clock_monotonic_ms();

        pthread_mutex_lock(&f->lock);
        bool due = !f->stopping &&
                   (key_trial_due(f, now) || (f->reach.state == BREAKER_OPEN && breaker_wait_ms(&f->reach, now) == 0));
        pthread_mutex_unlock(&f->lock);
        if (due)
                try_key(f);
}

int64_t freshdesk_closed_ms(struct freshdesk *f) {
        int64_t now = clock_monotonic_ms(), wait;

        pthread_mutex_lock(&f->lock);
        wait = MAX(breaker_wait_ms(&f->key, now), breaker_wait_ms(&f->reach, now));
        wait = MAX(wait, f->quota.windows[QUOTA_TICKETS].pause_until_ms - now);
        pthread_mutex_unlock(&f->lock);
        return MAX(wait, (int64_t) 0);
}

void freshdesk_view(struct freshdesk *f, struct freshdesk_view *ret) {
        int64_t now = clock_monotonic_ms();

        pthread_mutex_lock(&f->lock);
        for (int i = 0; i < QUOTA_FAMILY_COUNT_; i++)
                quota_view(&f->quota, (enum quota_family) i, now, &ret->families[i]);
        ret->breaker = f->reach.state;
        ret->breaker_failures = f->reach.failures;
        ret->breaker_ms = f->reach.state == BREAKER_OPEN ? breaker_wait_ms(&f->reach, now) : 0;
        ret->key_refused = f->key.state != BREAKER_CLOSED;
        ret->key_ms = f->key.state == BREAKER_OPEN ? breaker_wait_ms(&f->key, now) : 0;
        pthread_mutex_unlock(&f->lock);
}
