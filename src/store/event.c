// What arrives: the event, its job, its ticket and the first audit row, in one transaction. The path that must be
// cheap.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "store/inside.h"
#include "store/repeat.h"
#include "store/tally.h"

enum { KIND_SIZE = sizeof(((struct job *) NULL)->kind) };

struct acceptance {
        struct change change;
        struct store *s;
        struct event ev; // its texts stand behind this struct
        int64_t thread;
        int64_t first_ms; // when the first of the events that this one stands for came
        struct accepted result;
        void (*done)(void *arg, int r, const struct accepted *a, const struct error *e);
        void *arg;
        char texts[];
};

static int insert_event(struct transaction *t, const struct event *ev, int64_t ticket_id, int64_t *ret,
                        struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_EVENT_INSERT);

        query_int(&q, 1, ticket_id);
        if (ev->key)
                query_int(&q, 2, repeat_key_prefix(ev->ticket_id, ev->key));
        query_text(&q, 3, ev->key);
        query_text(&q, 4, ev->kind);
        query_int(&q, 5, t->now_ms);
        query_text(&q, 6, ev->body);
        query_text(&q, 7, ev->description);
        int r = query_run(&q, e);
        if (r == 0)
                *ret = sqlite3_last_insert_rowid(t->d->db);
        return r;
}

// The job that waits for the customer to be quiet has nothing to do when this event's will do it all.
static int join(struct transaction *t, struct acceptance *a, int64_t waiting, struct error *e) {
        struct query look _cleanup_query_ = query_from(t->d, STATEMENT_JOB_SETTLING);
        struct query drop _cleanup_query_ = query_from(t->d, STATEMENT_JOB_JOINED);
        struct audit_row row = {.step = "joined", .detail = "{}"};

        query_int(&look, 1, waiting);
        int r = query_step(&look, e);
        if (r <= 0)
                return r;
        a->first_ms = MIN(query_column_int(&look, 0), t->now_ms);
        query_int(&drop, 1, waiting);
        query_text(&drop, 2, job_state_name(JOB_DROPPED));
        query_text(&drop, 3, "worked on together with a newer event");
        r = query_run(&drop, e);
        if (r < 0)
                return r;
        tally_job_move(t, JOB_QUEUED, JOB_DROPPED);
        return audit_write(t, a->result.ticket_id, waiting, &row, 1, e);
}

// When a job that nobody has claimed may be taken.
static int64_t due_ms(const struct transaction *t, const struct acceptance *a) {
        int64_t quiet = t->now_ms + a->ev.settle_ms, latest = a->first_ms + a->ev.settle_max_ms;

        return a->ev.settle_ms > 0 ? MAX(MIN(quiet, latest), t->now_ms) : t->now_ms;
}

static int insert_job(struct transaction *t, const struct acceptance *a, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_INSERT);
        bool claimed = a->result.claimed;
        enum job_state state = claimed ? JOB_RUNNING : JOB_QUEUED;

        query_int(&q, 1, a->result.job_id);
        query_int(&q, 2, a->result.ticket_id);
        query_text(&q, 3, job_state_name(state));
        query_int(&q, 4, claimed);
        query_int(&q, 5, a->first_ms);
        query_int(&q, 6, claimed ? t->now_ms + a->ev.lease_ms : due_ms(t, a));
        if (claimed) {
                query_int(&q, 7, leases_owner(a->s->leases));
                query_int(&q, 8, a->thread);
                query_int(&q, 9, a->ev.lease_ms);
        } else if (due_ms(t, a) > t->now_ms) {
                query_int(&q, 9, due_ms(t, a) - t->now_ms); // how long it was to wait, whatever becomes of the clock
        }
        int r = query_run(&q, e);
        if (r == 0)
                tally_job_new(t, state);
        t->due += !claimed;
        return r;
}

static int insert_ticket(struct transaction *t, const struct acceptance *a, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_INSERT);

        query_int(&q, 1, a->result.ticket_id);
        query_int(&q, 2, a->result.job_id);
        query_text(&q, 3, job_state_name(JOB_QUEUED));
        query_text(&q, 4, a->ev.subject);
        query_text(&q, 5, a->ev.requester);
        if (!str_empty(a->ev.description))
                query_int(&q, 6, a->result.event_id);
        query_int(&q, 7, t->now_ms);
        int r = query_run(&q, e);
        if (r == 0)
                tally_fresh(t);
        return r;
}

static int ticket_again(struct transaction *t, const struct acceptance *a, int64_t seq, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_AGAIN);
        int r = tally_ticket(t, seq, -1, e);

        query_int(&q, 1, seq);
        query_int(&q, 2, a->result.job_id);
        query_text(&q, 3, job_state_name(JOB_QUEUED));
        query_text(&q, 4, a->ev.subject);
        query_text(&q, 5, a->ev.requester);
        if (!str_empty(a->ev.description))
                query_int(&q, 6, a->result.event_id);
        query_int(&q, 7, t->now_ms);
        if (r == 0)
                r = query_run(&q, e);
        return r < 0 ? r : tally_ticket(t, seq, 1, e);
}

static int received(struct transaction *t, const struct acceptance *a, struct error *e) {
        char detail[96];

        snprintf(detail, sizeof(detail), "{\"event_id\":%" PRId64 ",\"kind\":\"%s\"}", a->result.event_id, a->ev.kind);
        struct audit_row row = {.step = "received", .detail = detail};
        return audit_write(t, a->result.ticket_id, a->result.job_id, &row, 1, e);
}

// May the caller work on it itself? Not while somebody works on another job of the ticket.
static int may_claim(struct transaction *t, struct acceptance *a, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_LEASED);

        query_int(&q, 1, a->result.ticket_id);
        query_int(&q, 2, t->now_ms);
        int r = query_step(&q, e);
        a->result.claimed = r == 0;
        return r == 0 ? leases_register(a->s->leases, t, e) : MIN(r, 0);
}

static int accept_run(struct transaction *t, void *arg, struct error *e) {
        struct acceptance *a = arg;
        struct ticket_place place = {0};
        int r = 0, known = 0;

        a->result = (struct accepted){.ticket_id = a->ev.ticket_id};
        if (a->ev.ticket_id != 0)
                r = known = ticket_find(t, a->ev.ticket_id, &place, e);
        if (r < 0)
                return r;
        // A ticket that is not known has no event that this could repeat.
        if (known || a->ev.ticket_id == 0) {
                r = repeat_find(t, &a->ev, place.job_id, &a->result, e);
                if (r != 0)
                        return MIN(r, 0);
        }

        if (a->ev.ticket_id == 0)
                r = ticket_next_local(t, &a->result.ticket_id, e);
        if (r >= 0 && a->ev.claim)
                r = may_claim(t, a, e);
        if (r >= 0)
                r = insert_event(t, &a->ev, a->result.ticket_id, &a->result.event_id, e);
        a->result.job_id = a->result.event_id;
        a->first_ms = t->now_ms;
        if (r >= 0 && known && a->ev.settle_ms > 0)
                r = join(t, a, place.job_id, e);
        if (r >= 0)
                r = insert_job(t, a, e);
        if (r >= 0)
                r = known ? ticket_again(t, a, place.seq, e) : insert_ticket(t, a, e);
        if (r >= 0 && a->result.claimed)
                r = ticket_set_state(t, a->result.ticket_id, a->result.job_id, JOB_RUNNING, e);
        return r < 0 ? r : received(t, a, e);
}

static void accept_done(void *arg, int r, const struct error *e) {
        struct acceptance *a _cleanup_free_ = arg;

        if (r >= 0 && a->result.claimed)
                leases_hold(a->s->leases, a->thread, a->result.job_id);
        a->done(a->arg, MIN(r, 0), &a->result, e);
}

// ---- what callers see

static size_t size_of(const char *s) {
        return s ? strlen(s) + 1 : 0;
}

static const char *move_in(char **at, const char *s) {
        size_t n = size_of(s);

        if (!s)
                return NULL;
        char *copy = memcpy(*at, s, n);
        *at += n;
        return copy;
}

// The kind goes into JSON and a small array as it is.
static bool kind_valid(const char *kind) {
        return kind && *kind && strlen(kind) < KIND_SIZE && kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

int store_accept(struct store *s, const struct event *ev,
                 void (*done)(void *arg, int r, const struct accepted *a, const struct error *e), void *arg) {
        if (!kind_valid(ev->kind) || !ev->body || ev->ticket_id < 0 || ev->window_ms < 0 || ev->unless_since_ms < 0 ||
            ev->settle_ms < 0 || ev->settle_max_ms < 0 || (ev->claim && ev->lease_ms <= 0))
                return -EINVAL;
        size_t n = size_of(ev->key) + size_of(ev->also_key) + size_of(ev->kind) + size_of(ev->body) +
                   size_of(ev->subject) + size_of(ev->description) + size_of(ev->requester);
        struct acceptance *a = malloc(sizeof(*a) + n);
        if (!a)
                return -ENOMEM;

        char *at = a->texts;
        a->s = s;
        a->ev = *ev;
        a->ev.key = move_in(&at, ev->key);
        a->ev.also_key = move_in(&at, ev->also_key);
        a->ev.kind = move_in(&at, ev->kind);
        a->ev.body = move_in(&at, ev->body);
        a->ev.subject = move_in(&at, ev->subject);
        a->ev.description = move_in(&at, ev->description);
        a->ev.requester = move_in(&at, ev->requester);
        a->thread = ev->claim ? lease_thread() : 0;
        a->done = done;
        a->arg = arg;
        a->change.run = accept_run;
        a->change.done = accept_done;
        a->change.arg = a;
        a->change.bytes = sizeof(*a) + n;
        a->change.error.code = ERROR_NONE;

        int r = writer_submit(s->writer, &a->change);
        if (r < 0)
                free(a);
        return r;
}

struct awaited {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool done;
        int r;
        struct accepted *ret;
        struct error *e;
};

static void awaited_done(void *arg, int r, const struct accepted *a, const struct error *e) {
        struct awaited *w = arg;

        pthread_mutex_lock(&w->lock);
        w->r = r;
        if (r == 0)
                *w->ret = *a;
        else if (w->e && e)
                *w->e = *e;
        w->done = true;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
}

static int not_taken(struct error *e, int r) {
        switch (r) {
        case -EBUSY:
                return error_set(e, r, ERROR_OVERLOADED, "too many events wait to be written; try again in a second");
        case -ENOMEM:
                return error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "not enough memory for the event");
        default:
                return error_set(e, r, ERROR_INTERNAL, "the event is not well-formed");
        }
}

int store_accept_wait(struct store *s, const struct event *ev, struct accepted *ret, struct error *e) {
        struct awaited w = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .ret = ret, .e = e};
        int r = store_accept(s, ev, awaited_done, &w);

        if (r < 0)
                return not_taken(e, r);
        pthread_mutex_lock(&w.lock);
        while (!w.done)
                pthread_cond_wait(&w.wake, &w.lock);
        pthread_mutex_unlock(&w.lock);
        pthread_cond_destroy(&w.wake);
        pthread_mutex_destroy(&w.lock);
        return w.r;
}

int store_newest_event(struct store *s, int64_t ticket_id, struct newest_event *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        struct newest_event n = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_EVENT_NEWEST);
        query_int(&q, 1, ticket_id);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        n.id = query_column_int(&q, 0);
        n.received_ms = query_column_int(&q, 1);
        (void) str_copy(n.kind, sizeof(n.kind), query_column_text(&q, 2));
        if (job_state_parse(query_column_text(&q, 3), &n.state) < 0)
                return database_error(rd.d, SQLITE_CORRUPT, e);
        *ret = n;
        return 1;
}
