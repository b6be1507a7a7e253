#include "desk/poll.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/priority.h"
#include "base/string.h"
#include "base/wait.h"
#include "desk/backoff.h"
#include "desk/sweep.h"

enum {
        TICK_MS = 1000,        // how soon a database or Freshdesk that is back is noticed
        GO_ON_MS = 5000,       // after a run that stopped at its limit: other calls come between
        RETRY_MAX_MS = 60000,  // between tries while runs fail
        COUNTED_FAILURES = 16, // more make no difference to the pause
        SECOND_MS = 1000,
};

struct poll {
        struct desk *d;
        int64_t period_ms;
        pthread_t thread;
        bool runs;
        atomic_bool stopping;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct poll_state state; // under lock

        // The thread's own.
        struct sweep sweep;
        int64_t due_ms, earliest_ms; // monotonic: the next run, and when it may be brought forward to
        unsigned failures;
        bool had_store;
        uint64_t store_recoveries, freshdesk_recoveries;
};

static void pause_ms(struct poll *p, int64_t ms) {
        int64_t until_us = clock_monotonic_us() + ms * 1000;

        pthread_mutex_lock(&p->lock);
        while (!atomic_load(&p->stopping) && wait_until(&p->wake, &p->lock, until_us))
                ;
        pthread_mutex_unlock(&p->lock);
}

static const char *const ends[] = {
                [SWEEP_COMPLETE] = "complete",
                [SWEEP_PARTIAL] = "partial",
                [SWEEP_FAILED] = "failed",
};

static void count(const struct sweep_result *res) {
        metric_inc(METRIC_POLLS, ends[res->end]);
        metric_add(METRIC_POLLED, "seen", res->seen);
        metric_add(METRIC_POLLED, "looked", res->looked);
        metric_add(METRIC_POLLED, "found", res->found);
        metric_add(METRIC_POLLED, "read_back", res->read_back);
        if (res->end == SWEEP_COMPLETE)
                metric_set(METRIC_POLL_AT, NULL, (double) clock_now_ms() / SECOND_MS);
}

// A failure is said once: the next tries fail in the same way, and /health has it.
static void say(struct poll *p, const struct sweep_result *res, const struct error *e) {
        char from[CLOCK_ISO_SIZE];

        clock_iso(res->from_ms, from);
        if (res->found > 0)
                log_info("the poll found %u of %u ticket%s updated since %s that had never arrived", res->found,
                         res->seen, str_s(res->seen), from);
        if (res->end == SWEEP_FAILED && p->failures == 0)
                log_warning("the poll failed and will be tried again: %s", e->message);
        else if (res->end != SWEEP_FAILED && p->failures > 0)
                log_info("the poll works again");
}

static void keep(struct poll *p, const struct sweep_result *res, int r, const struct error *e) {
        pthread_mutex_lock(&p->lock);
        p->state.cursor_ms = p->sweep.bookmark.cursor_ms;
        p->state.found += res->found;
        p->state.behind = res->end == SWEEP_PARTIAL;
        p->state.failing = r;
        p->state.error = r < 0 ? *e : ERROR_INIT;
        if (res->end == SWEEP_COMPLETE)
                p->state.complete_ms = clock_now_ms();
        pthread_mutex_unlock(&p->lock);
}

static bool refused(const struct freshdesk_result *r) {
        return r->outcome == FRESHDESK_DENIED || r->outcome == FRESHDESK_NOT_FOUND || r->outcome == FRESHDESK_REFUSED;
}

// When to run next. What failed is tried again soon; a refusal is no outage, and does not end by asking again.
static void plan(struct poll *p, const struct sweep_result *res) {
        int64_t now = clock_monotonic_ms(), wait = p->period_ms;

        if (res->end == SWEEP_PARTIAL)
                wait = MAX(MIN(wait, (int64_t) GO_ON_MS), res->freshdesk.retry_after_ms);
        if (res->end == SWEEP_FAILED) {
                p->failures = MIN(p->failures + 1, (unsigned) COUNTED_FAILURES);
                if (!refused(&res->freshdesk))
                        wait = MIN(MIN(backoff_ms(p->failures + 1), (int64_t) RETRY_MAX_MS), p->period_ms);
                wait = MAX(wait, res->freshdesk.retry_after_ms);
        } else {
                p->failures = 0;
        }
        p->due_ms = now + wait;
        p->earliest_ms = now + (res->end == SWEEP_FAILED ? wait : TICK_MS);
}

static void run(struct poll *p, struct store *s) {
        struct error e = ERROR_INIT;
        struct sweep_result res;
        int r = sweep_run(&p->sweep, s, &p->stopping, &res, &e);

        if (atomic_load(&p->stopping) && r < 0) // cut off, not failed
                return;
        count(&res);
        say(p, &res, &e);
        keep(p, &res, r, &e);
        plan(p, &res);
}

// Brings the next run forward when the database or Freshdesk is back: webhooks may have been lost meanwhile.
static void notice_returns(struct poll *p, struct store *s) {
        uint64_t store = s ? store_recoveries(s) : 0, freshdesk = freshdesk_recoveries(p->d->freshdesk);

        if ((s && !p->had_store) || store != p->store_recoveries || freshdesk != p->freshdesk_recoveries)
                p->due_ms = MIN(p->due_ms, p->earliest_ms);
        p->had_store = s != NULL;
        p->store_recoveries = store;
        p->freshdesk_recoveries = freshdesk;
}

static void *poller(void *arg) {
        struct poll *p = arg;

        priority_low();
        while (!atomic_load(&p->stopping)) {
                struct store *s = atomic_load(&p->d->store);
                int64_t now;

                notice_returns(p, s);
                now = clock_monotonic_ms();
                if (s && now >= p->due_ms)
                        run(p, s);
                else
                        pause_ms(p, s ? MIN(p->due_ms - now, (int64_t) TICK_MS) : TICK_MS);
        }
        return NULL;
}

int poll_new(struct desk *d, struct poll **ret, struct error *e) {
        const char *since = settings_text(d->settings, SETTING_FRESHDESK_SINCE);
        int64_t period_s = settings_int(d->settings, SETTING_FRESHDESK_POLL), since_ms;
        struct poll *p;
        int r;

        r = bookmark_since(since, &since_ms, e);
        if (r < 0)
                return r;
        if (!d->freshdesk || !(d->flags & DESK_STORE) || period_s == 0)
                return 0;
        p = calloc(1, sizeof(*p));
        if (!p)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the poll");
        p->d = d;
        p->period_ms = period_s * SECOND_MS;
        p->sweep.missing.d = d;
        p->sweep.account = freshdesk_host(d->freshdesk);
        p->sweep.since = since;
        p->sweep.started_ms = clock_now_ms();
        pthread_mutex_init(&p->lock, NULL);
        wait_init(&p->wake);
        *ret = p;
        return 0;
}

int poll_start(struct poll *p, struct error *e) {
        int r;

        p->due_ms = p->earliest_ms = clock_monotonic_ms();
        r = -pthread_create(&p->thread, NULL, poller, p);
        if (r < 0)
                return error_set(e, r, ERROR_INTERNAL, "the poll cannot be started: %s", strerror(-r));
        p->runs = true;
        return 0;
}

void poll_stop(struct poll *p) {
        if (!p)
                return;
        pthread_mutex_lock(&p->lock);
        atomic_store(&p->stopping, true);
        pthread_cond_broadcast(&p->wake);
        pthread_mutex_unlock(&p->lock);
}

struct poll *poll_free(struct poll *p) {
        if (!p)
                return NULL;
        poll_stop(p);
        if (p->runs)
                pthread_join(p->thread, NULL);
        pthread_cond_destroy(&p->wake);
        pthread_mutex_destroy(&p->lock);
        free(p);
        return NULL;
}

void poll_state(struct poll *p, struct poll_state *ret) {
        pthread_mutex_lock(&p->lock);
        *ret = p->state;
        pthread_mutex_unlock(&p->lock);
}
