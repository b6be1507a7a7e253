// Jobs: who may take one, and the moves they make.
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "store/inside.h"
#include "store/tally.h"

void job_clear(struct job *j) {
        free(j->body);
        *j = (struct job){0};
}

// ---- taking one

struct claim {
        struct store *s;
        int64_t lease_ms, thread;
        struct job job;
};

static int find_claimable(struct transaction *t, struct job *ret, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_CLAIMABLE);

        query_int(&q, 1, t->now_ms);
        int r = query_step(&q, e);
        if (r <= 0)
                return r;
        const char *state = query_column_text(&q, 2), *kind = query_column_text(&q, 5);
        if (!state || !kind)
                return database_error(t->d, SQLITE_NOMEM, e);
        if (job_state_parse(state, &ret->state) < 0)
                return database_error(t->d, SQLITE_CORRUPT, e);
        ret->id = ret->event_id = query_column_int(&q, 0);
        ret->ticket_id = query_column_int(&q, 1);
        ret->attempts = (unsigned) query_column_int(&q, 3) + 1;
        ret->created_ms = query_column_int(&q, 4);
        str_copy(ret->kind, sizeof(ret->kind), kind);
        ret->claims = (unsigned) query_column_int(&q, 7) + 1;
        ret->trouble_ms = query_column_int(&q, 8); // NULL reads as 0
        r = query_column_dup(&q, 6, &ret->body, e);
        return r < 0 ? r : 1;
}

static int take(struct transaction *t, const struct claim *a, const struct job *j, enum job_state to, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_CLAIM);

        query_int(&q, 1, j->id);
        query_text(&q, 2, job_state_name(to));
        query_int(&q, 3, t->now_ms + a->lease_ms);
        query_int(&q, 4, leases_owner(a->s->leases));
        query_int(&q, 5, a->thread);
        query_int(&q, 6, a->lease_ms);
        return query_run(&q, e);
}

// The write lock is held from before the look to after the mark: no other process can take the same one.
static int claim_run(struct transaction *t, void *arg, struct error *e) {
        struct claim *a = arg;

        job_clear(&a->job);
        int r = leases_tidy(a->s->leases, t, e);
        if (r == 0)
                r = find_claimable(t, &a->job, e);
        if (r <= 0)
                return r;
        enum job_state from = a->job.state, to = from == JOB_QUEUED ? JOB_RUNNING : from;
        r = leases_register(a->s->leases, t, e);
        if (r == 0)
                r = take(t, a, &a->job, to, e);
        if (r == 0 && to != from) {
                tally_job_move(t, from, to);
                r = ticket_set_state(t, a->job.ticket_id, a->job.id, to, e);
        }
        a->job.state = to;
        return r < 0 ? r : 1;
}

int store_job_claim(struct store *s, int64_t lease_ms, struct job *ret, struct error *e) {
        struct claim a = {.s = s, .lease_ms = lease_ms, .thread = lease_thread()};

        if (lease_ms <= 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "a lease must last");
        int r = writer_run(s->writer, claim_run, &a, e);
        if (r <= 0) {
                job_clear(&a.job);
                return r;
        }
        leases_hold(s->leases, a.thread, a.job.id);
        *ret = a.job;
        return 1;
}

// ---- moving one

struct move {
        struct store *s;
        const struct job_change *c;
        int64_t thread;
        bool kept; // the caller goes on working on it
};

struct standing {
        int64_t ticket_id, lease_ms;
        enum job_state state;
        bool leased, mine;
};

static int job_standing(struct transaction *t, const struct move *m, struct standing *ret, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_BY_ID);

        query_int(&q, 1, m->c->job_id);
        int r = query_step(&q, e);
        if (r < 0)
                return r;
        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no job %" PRId64, m->c->job_id);
        ret->ticket_id = query_column_int(&q, 0);
        ret->leased = sqlite3_column_type(q.st, 2) != SQLITE_NULL;
        ret->mine = ret->leased && query_column_int(&q, 2) == leases_owner(m->s->leases) &&
                    query_column_int(&q, 3) == m->thread;
        ret->lease_ms = query_column_int(&q, 4);
        if (job_state_parse(query_column_text(&q, 1), &ret->state) < 0)
                return database_error(t->d, SQLITE_CORRUPT, e);
        return 0;
}

static int check_move(struct transaction *t, const struct move *m, const struct standing *now, struct error *e) {
        const struct job_change *c = m->c;

        if (now->ticket_id != c->ticket_id)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "job %" PRId64 " is not of ticket %" PRId64, c->job_id,
                                 c->ticket_id);
        if (now->state != c->from)
                return error_set(e, -ESTALE, ERROR_CONFLICT, "job %" PRId64 " is %s, no longer %s", c->job_id,
                                 job_state_name(now->state), job_state_name(c->from));
        // What runs has somebody who runs it; what waits to be delivered may have nobody.
        if (now->leased ? !now->mine : c->from == JOB_RUNNING)
                return error_set(e, -ESTALE, ERROR_CONFLICT, "job %" PRId64 " was taken by another worker", c->job_id);
        if (c->to != JOB_DELIVERED)
                return 0;
        int r = outbox_open(t, c->job_id, e);
        if (r > 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "job %" PRId64 " has steps that are not confirmed",
                                 c->job_id);
        return r;
}

// As JOB_TROUBLE of the statements counts.
static int64_t trouble(const struct job_change *c) {
        if (c->trouble == JOB_TROUBLE_KEPT)
                return 2;
        return c->trouble == JOB_TROUBLE_BY_ERROR && c->error && !job_state_final(c->to);
}

static int write_move(struct transaction *t, struct move *m, const struct standing *now, struct error *e) {
        const struct job_change *c = m->c;

        m->kept = c->to == JOB_DELIVERING && c->run_after_ms == 0 && now->mine;
        struct query q _cleanup_query_ = query_from(t->d, m->kept ? STATEMENT_JOB_KEEP : STATEMENT_JOB_MOVE);
        query_int(&q, 1, c->job_id);
        query_text(&q, 2, job_state_name(c->to));
        if (m->kept)
                query_int(&q, 3, t->now_ms + now->lease_ms);
        else if (!job_state_final(c->to))
                query_int(&q, 3, c->run_after_ms ? c->run_after_ms : t->now_ms);
        query_text(&q, 4, c->error);
        query_int(&q, 5, trouble(c));
        query_int(&q, 6, t->now_ms);
        query_int(&q, 7, c->untried);
        if (!m->kept && c->run_after_ms > t->now_ms && !job_state_final(c->to))
                query_int(&q, 8, c->run_after_ms - t->now_ms); // how long it was to wait, whatever becomes of the clock
        int r = query_run(&q, e);
        if (r < 0)
                return r;
        tally_job_move(t, c->from, c->to);
        // Another job of the ticket may have waited for this one, too.
        t->due += !m->kept;
        return 0;
}

static int move_run(struct transaction *t, void *arg, struct error *e) {
        struct move *m = arg;
        const struct job_change *c = m->c;
        struct standing now = {0};

        int r = job_standing(t, m, &now, e);
        if (r == 0)
                r = check_move(t, m, &now, e);
        if (r == 0)
                r = write_move(t, m, &now, e);
        if (r == 0)
                r = ticket_follow(t, c, e);
        if (r == 0)
                r = outbox_follow(t, c, e);
        return r < 0 ? r : audit_write(t, c->ticket_id, c->job_id, c->audit, c->n_audit, e);
}

int store_job_change(struct store *s, const struct job_change *c, struct error *e) {
        struct move m = {.s = s, .c = c, .thread = lease_thread()};

        if (!job_move_allowed(c->from, c->to))
                return error_set(e, -EINVAL, ERROR_INTERNAL, "a job may not go from %s to %s", job_state_name(c->from),
                                 job_state_name(c->to));
        int r = writer_run(s->writer, move_run, &m, e);
        if (r == 0 && !m.kept)
                leases_drop(s->leases, c->job_id);
        return r;
}

void store_job_leave(struct store *s, int64_t job_id) {
        leases_drop(s->leases, job_id);
}
