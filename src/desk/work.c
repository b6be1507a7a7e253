#include "desk/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/priority.h"
#include "base/string.h"
#include "base/wait.h"
#include "desk/backoff.h"
#include "desk/health.h"
#include "desk/held.h"
#include "desk/housekeep.h"
#include "desk/journey.h"
#include "desk/limits.h"
#include "triage/own.h"

enum {
        WORKERS_MAX = 64, // as the setting WORKERS
        WORKER_IDLE_MS =
                        1000, // how long a worker sleeps when nothing tells it of a job: other processes cannot wake it
        WORKER_PAUSE_MAX_MS = 5000, // after failures: a database that is back is noticed, a broken one not hammered
        STOP_GRACE_MS = 3000,       // for calls to Freshdesk to end well; one that is cut off must be looked up later
        KEEPER_PERIOD_MS = 250,     // how old the counts in /health may be; a look costs some microseconds
        WORKER_HELD_MS = 1000,   // between two jobs while Freshdesk is not to be called: each look costs a write, and
                                 // finds out no more than whether it is too late
        START_ROUNDS = 40,       // looks of the keeper between two attempts to start workers that are missing
        FAILED_ROUNDS = 4,       // looks of the keeper between two countings of failed tickets, which cost more
        ANSWERS_ROUNDS = 120,    // looks of the keeper between two countings of automatic answers
        REOPEN_ROUNDS = 4,       // looks of the keeper between two attempts to open a database that is away
        LEASE_RENEWALS = 3,      // renewals within one lease, so that one that is late does no harm
        RUSH_LOOK_MS = 20,       // between two looks whether the rush of webhooks is over
        RUSH_PATIENCE_MS = 1000, // before each ticket, so that a rush without end slows the work and does not stop it
};

struct workers {
        struct desk *d;
        pthread_t threads[WORKERS_MAX];
        unsigned n, wanted; // under lock once the keeper runs
        pthread_t keeper;
        bool keeper_runs;
        pthread_mutex_t lock;
        pthread_cond_t stop;              // something of `stopping` or `busy` has changed
        unsigned busy;                    // workers that are at a job
        struct housekeeping housekeeping; // the keeper's own
        atomic_bool stopping;
};

// Waits for a while, or until the desk closes.
static void pause_ms(struct workers *w, int64_t ms) {
        int64_t until_us = clock_monotonic_us() + ms * 1000;

        pthread_mutex_lock(&w->lock);
        while (!atomic_load(&w->stopping) && wait_until(&w->stop, &w->lock, until_us))
                ;
        pthread_mutex_unlock(&w->lock);
}

static void count_busy(struct workers *w, int change) {
        pthread_mutex_lock(&w->lock);
        w->busy = (unsigned) ((int) w->busy + change);
        pthread_cond_broadcast(&w->stop);
        pthread_mutex_unlock(&w->lock);
}

// Low priority is not enough: inference fills the caches and the memory's bandwidth that the webhooks need, and costs
// half of their rate. A 202 is due in seconds, an answer in minutes.
static void let_webhooks_pass(struct workers *w, const struct store *s) {
        int64_t until_ms = clock_monotonic_ms() + RUSH_PATIENCE_MS; // a pause may last longer than it was to

        while (store_rushed(s) && clock_monotonic_ms() < until_ms && !atomic_load(&w->stopping))
                pause_ms(w, RUSH_LOOK_MS);
}

// Works on one job. False when there was none, or the database is out.
static bool work_once(struct workers *w, struct store *s, unsigned *failures) {
        struct job job _cleanup_job_ = {0};
        struct error e = ERROR_INIT;

        let_webhooks_pass(w, s);
        int r = store_job_claim(s, JOURNEY_LEASE_MS, &job, &e);
        if (r == 0)
                return false;
        if (r > 0) {
                count_busy(w, 1);
                log_set_ticket(job.ticket_id);
                r = journey(w->d, s, &job, NULL, &e);
                if (r < 0)
                        log_error("the journey stopped and will be taken up again: %s", e.message);
                log_set_ticket(0);
                count_busy(w, -1);
        } else {
                log_error("no job can be taken: %s", e.message);
        }
        if (r >= 0) {
                *failures = 0;
                return true;
        }
        (*failures)++;
        pause_ms(w, MIN(backoff_ms(*failures), (int64_t) WORKER_PAUSE_MAX_MS));
        return true;
}

static void *worker(void *arg) {
        struct workers *w = arg;
        unsigned failures = 0;

        priority_low(); // a webhook must be answered in time, a ticket may wait
        while (!atomic_load(&w->stopping)) {
                struct store *s = atomic_load(&w->d->store);
                int64_t closed_ms = 0;
                if (w->d->freshdesk) {
                        freshdesk_tend(w->d->freshdesk);
                        closed_ms = freshdesk_closed_ms(w->d->freshdesk);
                }
                if (closed_ms > 0)
                        pause_ms(w, MIN(closed_ms, (int64_t) WORKER_HELD_MS));
                if (!s)
                        pause_ms(w, WORKER_IDLE_MS);
                else if (!work_once(w, s, &failures))
                        store_job_wait(s, WORKER_IDLE_MS);
        }
        return NULL;
}

// A failed job stays one for ever; its ticket has failed only until a newer job of it has not.
static void count_failed(struct desk *d, struct store *s) {
        struct store_stats stats = {0};

        pthread_mutex_lock(&d->lock);
        bool any = d->counts[JOB_FAILED] > 0;
        pthread_mutex_unlock(&d->lock);
        if (any && store_stats(s, &stats, NULL) < 0)
                return;
        pthread_mutex_lock(&d->lock);
        d->failed_tickets = stats.failed;
        pthread_mutex_unlock(&d->lock);
}

static void measure(struct desk *d, struct store *s) {
        struct store_size size;

        if (store_size(s, &size, NULL) < 0)
                return;
        pthread_mutex_lock(&d->lock);
        d->size = size;
        pthread_mutex_unlock(&d->lock);
}

// Under lock. Returns 0, or the negative errno of the first thread that could not be started.
static int start_missing(struct workers *w) {
        int r = 0;

        while (r == 0 && w->n < w->wanted && !atomic_load(&w->stopping)) {
                r = -pthread_create(&w->threads[w->n], NULL, worker, w);
                w->n += r == 0;
        }
        atomic_store(&w->d->workers_missing, w->wanted - w->n);
        return r;
}

static void start_again(struct workers *w) {
        pthread_mutex_lock(&w->lock);
        unsigned missing = w->wanted - w->n;
        if (missing > 0 && start_missing(w) == 0)
                log_info("all workers run now: %u", w->n);
        pthread_mutex_unlock(&w->lock);
}

static void keep(struct workers *w, unsigned round) {
        struct store *s = round % REOPEN_ROUNDS == 0 ? desk_reopen_store(w->d) : atomic_load(&w->d->store);
        int64_t counts[JOB_STATE_COUNT_];
        struct error e = ERROR_INIT;

        if (s && round % (JOURNEY_LEASE_MS / LEASE_RENEWALS / KEEPER_PERIOD_MS) == 0 &&
            store_leases_renew(s, JOURNEY_LEASE_MS, &e) < 0)
                log_warning("leases not renewed: %s", e.message);
        if (s && store_job_counts(s, counts, NULL) == 0) {
                pthread_mutex_lock(&w->d->lock);
                memcpy(w->d->counts, counts, sizeof(counts));
                pthread_mutex_unlock(&w->d->lock);
        }
        if (s && round % FAILED_ROUNDS == 0)
                count_failed(w->d, s);
        if (s && w->d->encoder && round % FAILED_ROUNDS == 0 &&
            own_follow(w->d->triage, s, &w->d->classifier_id, &e) < 0)
                log_warning("the classifier in use is not known now: %s", e.message);
        if (s && round % FAILED_ROUNDS == 0) {
                measure(w->d, s);
                limits_tend(w->d->limits);
        }
        if (s && round % ANSWERS_ROUNDS == 0)
                held_set_gauges(w->d, s);
        if (s)
                housekeep(&w->housekeeping, w->d, s);
        if (round % START_ROUNDS == 0)
                start_again(w);
        health_set_gauges(w->d);
}

static void *keeper(void *arg) {
        struct workers *w = arg;

        for (unsigned round = 0; !atomic_load(&w->stopping); round++) {
                keep(w, round);
                pause_ms(w, KEEPER_PERIOD_MS);
        }
        return NULL;
}

int workers_new(struct desk *d, struct workers **ret, struct error *e) {
        struct workers *w = calloc(1, sizeof(*w));

        if (!w)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the workers");
        w->d = d;
        pthread_mutex_init(&w->lock, NULL);
        wait_init(&w->stop);
        int r = -pthread_create(&w->keeper, NULL, keeper, w);
        if (r < 0) {
                workers_free(w);
                return error_set(e, r, ERROR_INTERNAL, "no thread can be started: %s", strerror(-r));
        }
        w->keeper_runs = true;
        *ret = w;
        return 0;
}

void workers_start(struct workers *w, unsigned n) {
        pthread_mutex_lock(&w->lock);
        w->wanted = MIN(n, (unsigned) WORKERS_MAX);
        int r = start_missing(w);
        if (r < 0)
                log_error("going on with %u of %u worker%s, and trying again to start the others: %s", w->n, w->wanted,
                          str_s(w->wanted), strerror(-r));
        pthread_mutex_unlock(&w->lock);
}

// Tells everybody, then gives calls that are under way a moment to end by themselves.
static void stop_all(struct workers *w) {
        int64_t until_us = clock_monotonic_us() + STOP_GRACE_MS * 1000;
        struct store *s = atomic_load(&w->d->store);

        pthread_mutex_lock(&w->lock);
        atomic_store(&w->stopping, true);
        pthread_cond_broadcast(&w->stop);
        pthread_mutex_unlock(&w->lock);
        if (s)
                store_job_wake(s);
        if (w->d->freshdesk)
                freshdesk_stop(w->d->freshdesk); // who waits for a turn has sent nothing yet

        pthread_mutex_lock(&w->lock);
        while (w->busy > 0 && wait_until(&w->stop, &w->lock, until_us))
                ;
        pthread_mutex_unlock(&w->lock);
        if (w->d->client)
                http_client_stop(w->d->client);
}

struct workers *workers_free(struct workers *w) {
        if (!w)
                return NULL;
        stop_all(w);
        if (w->keeper_runs)
                pthread_join(w->keeper, NULL);
        for (unsigned i = 0; i < w->n; i++)
                pthread_join(w->threads[i], NULL);
        pthread_cond_destroy(&w->stop);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return NULL;
}
