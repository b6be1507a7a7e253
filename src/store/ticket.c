// One ticket: its row, written as its jobs move, and read whole.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/string.h"
#include "store/inside.h"
#include "store/tally.h"
#include "store/ticket.h"

void ticket_clear(struct ticket *t) {
        char *const texts[] = {t->subject,   t->description, t->requester, t->tier,     t->category, t->method,
                               t->action,    t->mode,        t->reason,    t->response, t->sources,  t->model,
                               t->knowledge, t->error,       t->language,  t->signals};

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                free(texts[i]);
        *t = (struct ticket){0};
}

// ---- writing

int ticket_find(struct transaction *t, int64_t id, struct ticket_place *ret, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_SEQ);

        query_int(&q, 1, id);
        int r = query_step(&q, e);
        if (r > 0)
                *ret = (struct ticket_place){.seq = query_column_int(&q, 0), .job_id = query_column_int(&q, 1)};
        return r;
}

// A counter, not the largest id there is: what was erased must not give its id to another.
int ticket_next_local(struct transaction *t, int64_t *ret, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_LOCAL_TICKET_NEXT);
        char first[24];

        snprintf(first, sizeof(first), "%lld", STORE_LOCAL_TICKET);
        query_text(&q, 1, first);
        int r = query_step(&q, e);
        if (r <= 0)
                return r < 0 ? r : database_error(t->d, SQLITE_CORRUPT, e);
        *ret = query_column_int(&q, 0);
        return query_run(&q, e);
}

static int set_state(struct transaction *t, int64_t seq, enum job_state state, const char *error, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_STATE);

        query_int(&q, 1, seq);
        query_text(&q, 2, job_state_name(state));
        query_text(&q, 3, state == JOB_FAILED ? error : NULL);
        query_int(&q, 4, state == JOB_DELIVERED);
        query_int(&q, 5, t->now_ms);
        return query_run(&q, e);
}

// An older job of the ticket was delivered after a newer one came.
static int set_delivered(struct transaction *t, int64_t seq, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_DELIVERED);

        query_int(&q, 1, seq);
        query_int(&q, 2, t->now_ms);
        return query_run(&q, e);
}

static int decide(struct transaction *t, int64_t seq, const struct ticket *d, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_DECIDE);

        query_int(&q, 1, seq);
        query_text(&q, 2, d->subject);
        query_text(&q, 3, d->requester);
        query_int(&q, 4, d->priority);
        query_text(&q, 5, d->tier);
        query_text(&q, 6, d->category);
        query_text(&q, 7, d->method);
        query_text(&q, 8, d->action);
        query_text(&q, 9, d->mode);
        query_real(&q, 10, d->confidence);
        query_text(&q, 11, d->reason);
        query_int(&q, 12, d->delivered);
        query_int(&q, 13, d->duration_ms);
        query_text(&q, 14, d->model);
        query_text(&q, 15, d->knowledge);
        query_int(&q, 16, t->now_ms);
        query_text(&q, 17, d->language);
        query_text(&q, 18, d->signals);
        return query_run(&q, e);
}

static int write_texts(struct transaction *t, int64_t seq, const struct ticket *d, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_TEXT);

        query_int(&q, 1, seq);
        query_text(&q, 2, d->description);
        query_text(&q, 3, d->response);
        query_text(&q, 4, d->sources);
        return query_run(&q, e);
}

static int missing(int64_t id, struct error *e) {
        return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %lld", (long long) id);
}

int ticket_follow(struct transaction *t, const struct job_change *c, struct error *e) {
        struct ticket_place place;
        int r = ticket_find(t, c->ticket_id, &place, e);

        if (r <= 0)
                return r < 0 ? r : missing(c->ticket_id, e);
        r = tally_ticket(t, place.seq, -1, e);
        if (r == 0 && c->ticket)
                r = decide(t, place.seq, c->ticket, e);
        if (r == 0 && c->ticket)
                r = write_texts(t, place.seq, c->ticket, e);
        if (r == 0 && place.job_id == c->job_id)
                r = set_state(t, place.seq, c->to, c->error, e);
        else if (r == 0 && c->to == JOB_DELIVERED)
                r = set_delivered(t, place.seq, e);
        return r < 0 ? r : tally_ticket(t, place.seq, 1, e);
}

int ticket_set_state(struct transaction *t, int64_t ticket_id, int64_t job_id, enum job_state state, struct error *e) {
        struct ticket_place place;
        int r = ticket_find(t, ticket_id, &place, e);

        if (r <= 0)
                return r < 0 ? r : missing(ticket_id, e);
        if (place.job_id != job_id)
                return 0;
        r = tally_ticket(t, place.seq, -1, e);
        if (r == 0)
                r = set_state(t, place.seq, state, NULL, e);
        return r < 0 ? r : tally_ticket(t, place.seq, 1, e);
}

// ---- reading

int ticket_columns(struct query *q, struct ticket *ret, struct error *e) {
        // In the order of TICKET_COLUMNS; a NULL here is a number, read below.
        char **const texts[] = {NULL,
                                NULL,
                                &ret->subject,
                                &ret->requester,
                                NULL,
                                NULL,
                                &ret->tier,
                                &ret->category,
                                &ret->method,
                                &ret->action,
                                &ret->mode,
                                NULL,
                                &ret->reason,
                                NULL,
                                NULL,
                                NULL,
                                NULL,
                                &ret->model,
                                &ret->knowledge,
                                &ret->error,
                                NULL,
                                &ret->language,
                                &ret->signals};

        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                int r = texts[i] ? query_column_dup(q, (int) i, texts[i], e) : 0;
                if (r < 0)
                        return r;
        }
        ret->seq = query_column_int(q, 0);
        ret->id = query_column_int(q, 1);
        ret->priority = (int) query_column_int(q, 4);
        ret->confidence = query_column_real(q, 11);
        ret->delivered = query_column_int(q, 13) != 0;
        ret->duration_ms = query_column_int(q, 14);
        ret->created_ms = query_column_int(q, 15);
        ret->updated_ms = query_column_int(q, 16);
        ret->erased_ms = query_column_int(q, 20);
        if (job_state_parse(query_column_text(q, 5), &ret->state) < 0)
                return database_error(q->d, SQLITE_CORRUPT, e);
        return 0;
}

int store_ticket(struct store *s, int64_t id, struct ticket *ret, struct error *e) {
        enum { FIRST_TEXT = 23 }; // the columns after TICKET_COLUMNS
        struct reader rd _cleanup_reader_ = {0};
        struct ticket t _cleanup_ticket_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_TICKET_READ);
        query_int(&q, 1, id);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        r = ticket_columns(&q, &t, e);
        if (r == 0)
                r = query_column_dup(&q, FIRST_TEXT, &t.description, e);
        if (r == 0)
                r = query_column_dup(&q, FIRST_TEXT + 1, &t.response, e);
        if (r == 0)
                r = query_column_dup(&q, FIRST_TEXT + 2, &t.sources, e);
        if (r < 0)
                return r;
        *ret = t;
        t = (struct ticket){0};
        return 1;
}
