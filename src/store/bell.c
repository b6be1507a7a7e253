// Workers that sleep until a job may be due.

#include "base/clock.h"
#include "base/wait.h"
#include "store/inside.h"

enum {
        OTHERS_MS = 500, // how often a sleeper looks for jobs of other processes, which cannot wake it
        RUSH_JOBS = 8,   // in one commit; events that come one by one share none, and a busy desk's rarely two or three
        RUSH_MS = 20,    // after such a commit: the next one follows within some milliseconds
};

void bell_ring(struct bell *b, unsigned jobs) {
        if (jobs >= RUSH_JOBS)
                atomic_store(&b->rushed_ms, clock_monotonic_ms());
        pthread_mutex_lock(&b->lock);
        b->rings++;
        for (unsigned i = 0; i < jobs && i < b->sleepers; i++)
                pthread_cond_signal(&b->rung);
        pthread_mutex_unlock(&b->lock);
}

void bell_commit(struct bell *b) {
        pthread_mutex_lock(&b->lock);
        b->commits++;
        if (b->watchers)
                pthread_cond_broadcast(&b->committed);
        pthread_mutex_unlock(&b->lock);
}

bool store_rushed(const struct store *s) {
        int64_t at = atomic_load(&s->bell.rushed_ms);

        return at > 0 && clock_monotonic_ms() - at < RUSH_MS;
}

void store_change_wait(struct store *s, uint64_t *seen, int64_t timeout_ms) {
        int64_t until_us = clock_monotonic_us() + timeout_ms * 1000;
        struct bell *b = &s->bell;

        pthread_mutex_lock(&b->lock);
        b->watchers++;
        while (b->commits == *seen && wait_until(&b->committed, &b->lock, until_us))
                ;
        b->watchers--;
        *seen = b->commits;
        pthread_mutex_unlock(&b->lock);
}

void store_job_wake(struct store *s) {
        pthread_mutex_lock(&s->bell.lock);
        s->bell.rings++;
        s->bell.over = true;
        pthread_cond_broadcast(&s->bell.rung);
        pthread_mutex_unlock(&s->bell.lock);
}

// Milliseconds until some job may be taken, at most `max`. A job whose ticket is being worked on is not due before that
// ends, or a sleeper would not sleep.
static int64_t until_due(struct store *s, int64_t max) {
        struct reader rd _cleanup_reader_ = {0};
        int64_t now = clock_now_ms();

        if (reader_take(s->readers, &rd, NULL) < 0)
                return max;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_JOB_NEXT_DUE);
        query_int(&q, 1, now);
        if (query_step(&q, NULL) <= 0)
                return max;
        return MIN(max, query_column_int(&q, 0) - now);
}

static bool sleep_for(struct bell *b, uint64_t rings, int64_t ms) {
        int64_t until_us = clock_monotonic_us() + ms * 1000;

        pthread_mutex_lock(&b->lock);
        b->sleepers++;
        while (b->rings == rings && wait_until(&b->rung, &b->lock, until_us))
                ;
        b->sleepers--;
        bool rung = b->rings != rings;
        pthread_mutex_unlock(&b->lock);
        return rung;
}

void store_job_wait(struct store *s, int64_t timeout_ms) {
        int64_t end = clock_monotonic_ms() + timeout_ms;

        // Before the look, so that a job committed between look and sleep is not slept over.
        pthread_mutex_lock(&s->bell.lock);
        uint64_t rings = s->bell.rings;
        bool over = s->bell.over;
        pthread_mutex_unlock(&s->bell.lock);
        if (over) // told before it came here, by one who cannot know that it would
                return;
        for (;;) {
                int64_t left = MIN(end - clock_monotonic_ms(), (int64_t) OTHERS_MS);
                int64_t wait = left > 0 ? until_due(s, left) : 0;
                if (wait <= 0 || sleep_for(&s->bell, rings, wait))
                        return;
        }
}
