#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/priority.h"
#include "base/wait.h"

enum {
        GROUP_MAX = 256,              // a group's last caller waits for all before it: 256 events are about 10 ms
        QUEUE_MAX = 4096,             // half a second of work at full speed; more is answered "overloaded"
        QUEUE_BYTES_MAX = 64 << 20,   // bodies may be half a megabyte each
        PROBE_MS = 1000,              // a failed database is tried this often, so that health recovers by itself
        CHECKPOINT_PAGES_IDLE = 1000, // copied back into the file when nobody waits...
        CHECKPOINT_PAGES_MAX = 8000,  // ...or at this size (32 MB) even when somebody does
};

struct writer {
        struct group group;
        void (*committed)(void *arg, const struct transaction *t);
        void *arg;
        pthread_t thread;
        bool runs;

        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct change *first, **last;
        size_t waiting, waiting_bytes;
        bool sleeping, closing;
        int health; // of the last write
        struct error health_error;
        uint64_t groups, changes, recoveries;
        uint64_t empty_asked, empty_done; // how often the log was to be emptied, and was tried to be
        int empty_result;
        struct error empty_error;
        pthread_cond_t emptied;

        int wal_pages, checkpoint_at; // the writer's thread only
};

static int on_wal(void *arg, sqlite3 *db _unused_, const char *name _unused_, int pages) {
        struct writer *w = arg;

        w->wal_pages = pages;
        return SQLITE_OK;
}

static void set_health(struct writer *w, int r, const struct error *e, size_t n) {
        pthread_mutex_lock(&w->lock);
        int before = w->health;
        w->health = r;
        w->recoveries += r == 0 && before < 0;
        if (r < 0)
                w->health_error = *e;
        w->groups += r == 0;
        w->changes += r == 0 ? n : 0;
        pthread_mutex_unlock(&w->lock);
        if (r < 0 && before != r)
                log_error("the database cannot be written: %s", e->message);
        else if (r == 0 && before < 0)
                log_info("the database can be written again");
}

static void on_over(void *arg, int r, const struct error *e, const struct transaction *t, size_t n) {
        struct writer *w = arg;

        if (r != -EINVAL) // that was the change's fault
                set_health(w, r, e, n);
        if (r == 0)
                w->committed(w->arg, t);
}

static struct change *take_all(struct writer *w) {
        pthread_mutex_lock(&w->lock);
        struct change *first = w->first;
        w->first = NULL;
        w->last = &w->first;
        w->waiting = w->waiting_bytes = 0;
        pthread_mutex_unlock(&w->lock);
        return first;
}

static void run_group(struct writer *w, struct change *first) {
        struct error e = ERROR_INIT;
        int r = group_run(&w->group, first, &e);

        if (r == -EAGAIN) // those who came meanwhile have waited as well
                group_refuse(take_all(w), r, &e);
}

// ---- the thread

// The log is copied back by this thread, because only the one who writes can ever see all of it copied.
static void checkpoint(struct writer *w, bool idle) {
        if (w->wal_pages < (idle ? CHECKPOINT_PAGES_IDLE : CHECKPOINT_PAGES_MAX) || w->wal_pages < w->checkpoint_at)
                return;
        int logged = 0, copied = 0;
        int rc = sqlite3_wal_checkpoint_v2(w->group.d->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &logged, &copied);
        if (rc == SQLITE_OK && logged == copied) {
                w->wal_pages = w->checkpoint_at = 0; // the next commit starts the log anew
                return;
        }
        // A reader is in the way, or the disk is: trying at every commit would only cost.
        w->checkpoint_at = w->wal_pages + CHECKPOINT_PAGES_IDLE;
        log_debug("checkpoint: %d of %d pages, %s", copied, logged, sqlite3_errstr(rc));
}

static void empty_log(struct writer *w) {
        struct error e = ERROR_INIT;

        pthread_mutex_lock(&w->lock);
        uint64_t asked = w->empty_asked;
        bool wanted = asked != w->empty_done;
        pthread_mutex_unlock(&w->lock);
        if (!wanted)
                return;
        int r = database_empty_log(w->group.d, &e);
        if (r == 0)
                w->wal_pages = w->checkpoint_at = 0;
        pthread_mutex_lock(&w->lock);
        w->empty_done = asked;
        w->empty_result = r;
        w->empty_error = e;
        pthread_cond_broadcast(&w->emptied);
        pthread_mutex_unlock(&w->lock);
}

static int probe(struct transaction *t, void *arg _unused_, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_META_PUT);
        char now[CLOCK_ISO_SIZE];

        clock_iso(t->now_ms, now);
        query_text(&q, 1, "probed_at");
        query_text(&q, 2, now);
        return query_run(&q, e);
}

static void ignore(void *arg _unused_, int r _unused_, const struct error *e _unused_) {
}

static void wait_for_change(struct writer *w) {
        w->sleeping = true;
        if (w->health == 0)
                pthread_cond_wait(&w->wake, &w->lock);
        else
                (void) wait_until(&w->wake, &w->lock, clock_monotonic_us() + PROBE_MS * 1000);
        w->sleeping = false;
}

// The next group; NULL with *ret_n 0 when a failed database is to be tried, and with 1 when it is over.
static struct change *next_group(struct writer *w, size_t *ret_n) {
        size_t n = 0;

        pthread_mutex_lock(&w->lock);
        if (!w->first && !w->closing && w->empty_asked == w->empty_done)
                wait_for_change(w);
        struct change *first = w->first, **end = &w->first;
        for (; *end && n < GROUP_MAX; n++) {
                w->waiting_bytes -= (*end)->bytes;
                end = &(*end)->next;
        }
        w->first = *end;
        *end = NULL;
        w->waiting -= n;
        if (!w->first)
                w->last = &w->first;
        if (n == 0)
                first = NULL;
        *ret_n = n == 0 && w->closing ? 1 : n;
        pthread_mutex_unlock(&w->lock);
        return first;
}

static bool idle(struct writer *w) {
        pthread_mutex_lock(&w->lock);
        bool is = !w->first;
        pthread_mutex_unlock(&w->lock);
        return is;
}

static void *writer_thread(void *arg) {
        struct writer *w = arg;

        priority_prompt(); // a group waits for the disk in its middle, and many wait for the group

        for (;;) {
                size_t n;
                struct change *group = next_group(w, &n);
                if (!group && n)
                        return NULL;
                empty_log(w);
                if (group) {
                        run_group(w, group);
                        checkpoint(w, idle(w));
                } else if (writer_health(w, NULL) < 0) {
                        struct change c = {.run = probe, .done = ignore};
                        run_group(w, &c);
                }
        }
}

// ---- what callers see

int writer_new(struct database *d, void (*committed)(void *arg, const struct transaction *t), void *arg,
               struct writer **ret, struct error *e) {
        struct writer *w = calloc(1, sizeof(*w));

        if (!w)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "not enough memory for the database's writer");
        w->group = (struct group){.d = d, .over = on_over, .arg = w};
        w->committed = committed;
        w->arg = arg;
        w->last = &w->first;
        pthread_mutex_init(&w->lock, NULL);
        wait_init(&w->wake);
        wait_init(&w->emptied);
        sqlite3_wal_hook(d->db, on_wal, w);

        int r = -pthread_create(&w->thread, NULL, writer_thread, w);
        if (r < 0) {
                writer_free(w);
                return error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "no thread for the database's writer: %s",
                                 strerror(-r));
        }
        w->runs = true;
        pthread_setname_np(w->thread, "store");
        *ret = w;
        return 0;
}

struct writer *writer_free(struct writer *w) {
        if (!w)
                return NULL;
        if (w->runs) {
                pthread_mutex_lock(&w->lock);
                w->closing = true;
                pthread_cond_signal(&w->wake);
                pthread_mutex_unlock(&w->lock);
                pthread_join(w->thread, NULL);
        }
        sqlite3_wal_hook(w->group.d->db, NULL, NULL);
        pthread_cond_destroy(&w->emptied);
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return NULL;
}

static int submit(struct writer *w, struct change *c, bool bounded) {
        int r = 0;

        pthread_mutex_lock(&w->lock);
        if (w->closing || (bounded && (w->waiting >= QUEUE_MAX || w->waiting_bytes + c->bytes > QUEUE_BYTES_MAX))) {
                r = -EBUSY;
        } else {
                c->next = NULL;
                *w->last = c;
                w->last = &c->next;
                w->waiting++;
                w->waiting_bytes += c->bytes;
                if (w->sleeping)
                        pthread_cond_signal(&w->wake);
        }
        pthread_mutex_unlock(&w->lock);
        return r;
}

int writer_submit(struct writer *w, struct change *c) {
        return submit(w, c, true);
}

struct waiter {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool done;
        int (*run)(struct transaction *t, void *arg, struct error *e);
        void *arg;
        int r;
        struct error *e;
};

static int waiter_run(struct transaction *t, void *arg, struct error *e) {
        struct waiter *a = arg;

        return a->run(t, a->arg, e);
}

static void waiter_done(void *arg, int r, const struct error *e) {
        struct waiter *a = arg;

        pthread_mutex_lock(&a->lock);
        a->r = r;
        if (e && a->e)
                *a->e = *e;
        a->done = true;
        pthread_cond_signal(&a->wake);
        pthread_mutex_unlock(&a->lock);
}

int writer_run(struct writer *w, int (*run)(struct transaction *t, void *arg, struct error *e), void *arg,
               struct error *e) {
        struct waiter a = {.lock = PTHREAD_MUTEX_INITIALIZER,
                           .wake = PTHREAD_COND_INITIALIZER,
                           .run = run,
                           .arg = arg,
                           .e = e};
        struct change c = {.run = waiter_run, .done = waiter_done, .arg = &a};

        // Not bounded: there are only as many as there are threads.
        int r = submit(w, &c, false);
        if (r < 0)
                return error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "the database is being closed");
        pthread_mutex_lock(&a.lock);
        while (!a.done)
                pthread_cond_wait(&a.wake, &a.lock);
        pthread_mutex_unlock(&a.lock);
        pthread_cond_destroy(&a.wake);
        pthread_mutex_destroy(&a.lock);
        return a.r;
}

int writer_empty_log(struct writer *w, struct error *e) {
        int r = -EBUSY;

        pthread_mutex_lock(&w->lock);
        if (!w->closing) {
                uint64_t mine = ++w->empty_asked;
                pthread_cond_signal(&w->wake);
                while (w->empty_done < mine)
                        pthread_cond_wait(&w->emptied, &w->lock);
                r = w->empty_result;
                if (r < 0 && e)
                        *e = w->empty_error;
        }
        pthread_mutex_unlock(&w->lock);
        return r;
}

int writer_health(struct writer *w, struct error *e) {
        pthread_mutex_lock(&w->lock);
        int r = w->health;
        if (r < 0 && e)
                *e = w->health_error;
        pthread_mutex_unlock(&w->lock);
        return r;
}

uint64_t writer_recoveries(struct writer *w) {
        pthread_mutex_lock(&w->lock);
        uint64_t n = w->recoveries;
        pthread_mutex_unlock(&w->lock);
        return n;
}

void writer_counts(struct writer *w, uint64_t *ret_groups, uint64_t *ret_changes) {
        pthread_mutex_lock(&w->lock);
        *ret_groups = w->groups;
        *ret_changes = w->changes;
        pthread_mutex_unlock(&w->lock);
}
