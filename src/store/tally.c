#include "store/tally.h"

#include "store/inside.h"

static int tally(struct transaction *t, enum statement_id statement, int64_t id, int sign, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, statement);

        query_int(&q, 1, id);
        query_int(&q, 2, sign);
        return query_run(&q, e);
}

int tally_ticket(struct transaction *t, int64_t seq, int sign, struct error *e) {
        return tally(t, STATEMENT_TALLY_TICKET, seq, sign, e);
}

int tally_answers(struct transaction *t, int64_t ticket_id, int sign, struct error *e) {
        return tally(t, STATEMENT_ANSWER_TALLY, ticket_id, sign, e);
}

void tally_fresh(struct transaction *t) {
        t->fresh_tickets++;
}

void tally_job_new(struct transaction *t, enum job_state state) {
        t->jobs[state]++;
}

void tally_job_move(struct transaction *t, enum job_state from, enum job_state to) {
        t->jobs[from]--;
        t->jobs[to]++;
}

static int flush_fresh(struct transaction *t, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_TALLY_FRESH);

        query_int(&q, 1, t->now_ms / DAY_MS);
        query_text(&q, 2, job_state_name(JOB_QUEUED));
        query_int(&q, 3, t->fresh_tickets);
        return query_run(&q, e);
}

static int flush_jobs(struct transaction *t, enum job_state state, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_JOB_COUNT_ADD);

        query_text(&q, 1, job_state_name(state));
        query_int(&q, 2, t->jobs[state]);
        return query_run(&q, e);
}

int tally_flush(struct transaction *t, struct error *e) {
        int r = t->fresh_tickets ? flush_fresh(t, e) : 0;

        for (size_t i = 0; r == 0 && i < JOB_STATE_COUNT_; i++)
                if (t->jobs[i])
                        r = flush_jobs(t, (enum job_state) i, e);
        return r;
}

int store_job_counts(struct store *s, int64_t counts[JOB_STATE_COUNT_], struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int64_t found[JOB_STATE_COUNT_] = {0};
        enum job_state state;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_JOB_COUNTS);
        while ((r = query_step(&q, e)) > 0)
                if (job_state_parse(query_column_text(&q, 0), &state) == 0)
                        found[state] = query_column_int(&q, 1);
        for (size_t i = 0; r == 0 && i < JOB_STATE_COUNT_; i++)
                counts[i] = found[i];
        return r;
}
