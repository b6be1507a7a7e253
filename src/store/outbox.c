// The outbox: steps that were decided with a job and are to be confirmed by Freshdesk, one after the other.
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/string.h"
#include "store/inside.h"
#include "store/tally.h"

void step_clear(struct step *st) {
        free(st->payload);
        free(st->error);
        *st = (struct step){0};
}

static int step_state_parse(const char *name, enum step_state *ret) {
        for (size_t i = 0; i < STEP_STATE_COUNT_; i++)
                if (str_eq(step_state_name((enum step_state) i), name)) {
                        *ret = (enum step_state) i;
                        return 0;
                }
        return -EINVAL;
}

// ---- with the job's move

static int withhold(struct transaction *t, enum statement_id which, int64_t id, const char *why, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, which);

        query_int(&q, 1, id);
        query_text(&q, 2, why);
        return query_run(&q, e);
}

static int insert(struct transaction *t, const struct job_change *c, const struct step *st, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_INSERT);

        query_int(&q, 1, c->job_id);
        query_int(&q, 2, c->ticket_id);
        query_text(&q, 3, st->kind);
        query_text(&q, 4, st->payload);
        return query_run(&q, e);
}

// Another job of the ticket whose last steps were just withheld has nothing left to do: it must not end as delivered.
static int supersede(struct transaction *t, const struct job_change *c, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_SUPERSEDE);
        struct audit_row row = {.step = "superseded", .detail = "{}"};

        query_int(&q, 1, c->ticket_id);
        query_int(&q, 2, c->job_id);
        int r = query_run(&q, e);
        if (r < 0)
                return r;
        int n = sqlite3_changes(t->d->db);
        for (int i = 0; i < n; i++)
                tally_job_move(t, JOB_DELIVERING, JOB_DROPPED);
        return n ? audit_write(t, c->ticket_id, c->job_id, &row, 1, e) : 0;
}

// Freshdesk confirmed nothing, or it would not be over in this way.
static int end_with_move(struct transaction *t, const struct job_change *c, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_END);

        query_int(&q, 1, c->step_id);
        query_text(&q, 2, step_state_name(c->step_state));
        query_int(&q, 3, 0);
        query_text(&q, 4, c->step_error);
        query_int(&q, 5, t->now_ms);
        return query_run(&q, e);
}

int outbox_follow(struct transaction *t, const struct job_change *c, struct error *e) {
        int r = c->step_id ? end_with_move(t, c, e) : 0;

        if (r == 0 && c->n_steps > 0)
                r = withhold(t, STATEMENT_STEP_WITHHOLD_TICKET, c->ticket_id, "replaced by a newer decision", e);
        if (r == 0 && c->n_steps > 0)
                r = supersede(t, c, e);
        // Decided anew after an attempt that was cut off: what came of it stands in the conversation that was read.
        if (r == 0 && c->n_steps > 0)
                r = withhold(t, STATEMENT_STEP_WITHHOLD_OWN, c->job_id, "replaced by a newer decision", e);
        // Nobody comes back to these: a failed job is decided anew when it is tried again.
        if (r == 0 && (c->to == JOB_DROPPED || c->to == JOB_RECORDED))
                r = withhold(t, STATEMENT_STEP_WITHHOLD_JOB, c->job_id, c->error, e);
        for (size_t i = 0; r == 0 && i < c->n_steps; i++)
                r = insert(t, c, &c->steps[i], e);
        return r;
}

int outbox_open(struct transaction *t, int64_t job_id, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_OPEN);

        query_int(&q, 1, job_id);
        return query_step(&q, e);
}

// ---- an attempt

struct attempt {
        struct store *s;
        int64_t step_id, thread;
        enum step_state state;
        int64_t freshdesk_id;
        const char *error;
        const struct audit_row *audit;
        size_t n_audit;
};

struct place {
        int64_t job_id, ticket_id;
        enum step_state state;
        bool held;  // the job is being delivered by the calling thread
        bool reply; // it is a public reply
};

static int find_step(struct transaction *t, const struct attempt *a, struct place *ret, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_BY_ID);

        query_int(&q, 1, a->step_id);
        int r = query_step(&q, e);
        if (r <= 0)
                return r < 0 ? r : error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no step %" PRId64, a->step_id);
        if (step_state_parse(query_column_text(&q, 0), &ret->state) < 0)
                return database_error(t->d, SQLITE_CORRUPT, e);
        ret->job_id = query_column_int(&q, 1);
        ret->ticket_id = query_column_int(&q, 2);
        ret->held = str_eq(query_column_text(&q, 3), job_state_name(JOB_DELIVERING)) &&
                    query_column_int(&q, 4) == leases_owner(a->s->leases) && query_column_int(&q, 5) == a->thread;
        ret->reply = str_eq(query_column_text(&q, 6), "reply");
        if (ret->state != STEP_WAITING && ret->state != STEP_SENDING)
                return error_set(e, -ESTALE, ERROR_CONFLICT, "step %" PRId64 " is %s already", a->step_id,
                                 step_state_name(ret->state));
        return 0;
}

static int begin_run(struct transaction *t, void *arg, struct error *e) {
        const struct attempt *a = arg;
        struct place place;
        int r = find_step(t, a, &place, e);

        if (r < 0)
                return r;
        if (!place.held)
                return error_set(e, -ESTALE, ERROR_CONFLICT, "job %" PRId64 " is not in the hands of this worker",
                                 place.job_id);
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_BEGIN);
        query_int(&q, 1, a->step_id);
        query_int(&q, 2, t->now_ms);
        return query_run(&q, e);
}

int store_step_begin(struct store *s, int64_t step_id, struct error *e) {
        struct attempt a = {.s = s, .step_id = step_id, .thread = lease_thread()};

        return writer_run(s->writer, begin_run, &a, e);
}

// A step is done: the job gets on.
static int calm(struct transaction *t, int64_t job_id, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_CALM);

        query_int(&q, 1, job_id);
        return query_run(&q, e);
}

// Whoever made the attempt may say what came of it, lease or not: what Freshdesk has done is done.
static int end_run(struct transaction *t, void *arg, struct error *e) {
        const struct attempt *a = arg;
        struct place place;
        int r = find_step(t, a, &place, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_STEP_END);
        query_int(&q, 1, a->step_id);
        query_text(&q, 2, step_state_name(a->state));
        query_int(&q, 3, a->freshdesk_id);
        query_text(&q, 4, a->error);
        query_int(&q, 5, t->now_ms);
        r = query_run(&q, e);
        if (r == 0 && a->state == STEP_DONE)
                r = calm(t, place.job_id, e);
        if (r == 0 && a->state == STEP_DONE && place.reply)
                r = answer_given(t, place.ticket_id, a->step_id, e);
        return r < 0 ? r : audit_write(t, place.ticket_id, place.job_id, a->audit, a->n_audit, e);
}

int store_step_end(struct store *s, int64_t step_id, enum step_state state, int64_t freshdesk_id, const char *error,
                   const struct audit_row *audit, size_t n_audit, struct error *e) {
        struct attempt a = {.s = s,
                            .step_id = step_id,
                            .state = state,
                            .freshdesk_id = freshdesk_id,
                            .error = error,
                            .audit = audit,
                            .n_audit = n_audit};

        return writer_run(s->writer, end_run, &a, e);
}

// ---- reading

// In the order of STEP_COLUMNS.
static int read_step(struct query *q, struct step *ret, struct error *e) {
        const char *kind = query_column_text(q, 3);

        *ret = (struct step){.id = query_column_int(q, 0),
                             .job_id = query_column_int(q, 1),
                             .ticket_id = query_column_int(q, 2),
                             .attempts = (unsigned) query_column_int(q, 6),
                             .first_ms = query_column_int(q, 7),
                             .freshdesk_id = query_column_int(q, 8),
                             .last_ms = query_column_int(q, 10)};
        if (step_state_parse(query_column_text(q, 5), &ret->state) < 0 || !kind)
                return database_error(q->d, SQLITE_CORRUPT, e);
        str_copy(ret->kind, sizeof(ret->kind), kind);
        int r = query_column_dup(q, 4, &ret->payload, e);
        if (r == 0)
                r = query_column_dup(q, 9, &ret->error, e);
        if (r < 0)
                step_clear(ret);
        return r;
}

int store_step_next(struct store *s, int64_t job_id, struct step *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_STEP_NEXT);
        struct step st;
        query_int(&q, 1, job_id);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        r = read_step(&q, &st, e);
        if (r < 0)
                return r;
        *ret = st;
        return 1;
}

static void free_all(struct step *steps, size_t n) {
        for (size_t i = 0; i < n; i++)
                step_clear(&steps[i]);
        free(steps);
}

int store_steps(struct store *s, int64_t ticket_id, size_t max, struct step **ret, size_t *ret_n, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        struct step *steps = NULL;
        size_t n = 0, cap = 0;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_STEPS_OF_TICKET);
        query_int(&q, 1, ticket_id);
        query_int(&q, 2, (int64_t) MIN(max, (size_t) INT64_MAX));
        while ((r = query_step(&q, e)) > 0) {
                r = memory_grow((void **) &steps, &cap, n + 1, sizeof(*steps));
                r = r < 0 ? database_error(rd.d, SQLITE_NOMEM, e) : read_step(&q, &steps[n], e);
                if (r < 0)
                        break;
                n++;
        }
        if (r < 0) {
                free_all(steps, n);
                return r;
        }
        *ret = steps;
        *ret_n = n;
        return 0;
}

int store_last_reply(struct store *s, int64_t ticket_id, int64_t *ret_ms, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_LAST_REPLY);
        query_int(&q, 1, ticket_id);
        r = query_step(&q, e);
        if (r < 0)
                return r;
        *ret_ms = r > 0 ? query_column_int(&q, 0) : 0; // the maximum of nothing is NULL, which reads as 0
        return 0;
}

int store_replies_to(struct store *s, const char *requester, int64_t since_ms, int64_t but, int64_t *ret,
                     struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_REPLIES_TO);
        query_text(&q, 1, requester);
        query_int(&q, 2, since_ms);
        query_int(&q, 3, but);
        r = query_step(&q, e);
        if (r < 0)
                return r;
        *ret = r > 0 ? query_column_int(&q, 0) : 0;
        return 0;
}
