#include "store/forget.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/string.h"
#include "store/tally.h"

enum {
        // How long a repeat may come: Freshdesk gives a webhook up after 95 minutes, DUPLICATE_WINDOW is a day at most.
        KEY_MATTERS_MS = 2 * DAY_MS,
        JOBS_MAX = 10000, // unfinished ones of one ticket; each is an event that arrived
};

#define JOBS_OF_TICKET "(SELECT job_id FROM audit WHERE ticket_id = ?1)" // each job has its row "received"

// Words that say what the program did, and nothing of what a person wrote.
#define FIGURE_KEYS                                                                                                    \
        "'tier', 'category', 'action', 'method', 'mode', 'kind', 'step', 'from', 'model', 'knowledge', 'again_at'"

static int run(struct transaction *t, const char *sql, int64_t a, int64_t b, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(t->d, sql);

        query_int(&q, 1, a);
        if (sqlite3_bind_parameter_count(q.st) > 1)
                query_int(&q, 2, b);
        return query_run(&q, e);
}

// ---- its unfinished jobs

struct open_job {
        int64_t id;
        enum job_state state;
        bool worked_on;
};

static int find_open(struct transaction *t, int64_t ticket_id, struct open_job *ret, struct error *e) {
        struct query q _cleanup_query_ =
                        query_prepare(t->d, "SELECT id, state, owner IS NOT NULL FROM job WHERE id IN " JOBS_OF_TICKET
                                            " AND (due_ms IS NOT NULL OR state = 'failed') LIMIT 1");

        query_int(&q, 1, ticket_id);
        int r = query_step(&q, e);
        if (r <= 0)
                return r;
        *ret = (struct open_job){.id = query_column_int(&q, 0), .worked_on = query_column_int(&q, 2) != 0};
        return job_state_parse(query_column_text(&q, 1), &ret->state) < 0 ? database_error(t->d, SQLITE_CORRUPT, e) : 1;
}

// Whoever works on it finds it gone at the next write, and writes nothing. A message that is being sent now may still
// be confirmed: what Freshdesk has done is done.
static int drop_job(struct transaction *t, const struct open_job *j, struct error *e) {
        int r = run(t,
                    "UPDATE job SET state = 'dropped', due_ms = NULL, owner = NULL, thread = NULL, lease_ms = NULL, "
                    "error = 'erased' WHERE id = ?1",
                    j->id, 0, e);

        if (r == 0)
                r = run(t,
                        "UPDATE step SET state = 'withheld' WHERE job_id = ?1 AND (state = 'waiting' OR "
                        "(state = 'sending' AND ?2 = 0))",
                        j->id, j->worked_on, e);
        if (r == 0)
                tally_job_move(t, j->state, JOB_DROPPED);
        return r;
}

static int drop_jobs(struct transaction *t, int64_t ticket_id, int *ret, struct error *e) {
        struct open_job j;
        int n = 0, r;

        while ((r = find_open(t, ticket_id, &j, e)) > 0 && n < JOBS_MAX) {
                r = drop_job(t, &j, e);
                if (r < 0)
                        break;
                n++;
        }
        *ret = n;
        return MIN(r, 0);
}

// ---- its words

static int empty_rows(struct transaction *t, int64_t ticket_id, struct error *e) {
        static const char *const statements[] = {
                        "UPDATE event SET body = '{}', description = NULL WHERE id IN " JOBS_OF_TICKET,
                        "UPDATE job SET error = NULL WHERE id IN " JOBS_OF_TICKET " AND error <> 'erased'",
                        "UPDATE step SET payload = '{}', error = NULL WHERE ticket_id = ?1",
                        "UPDATE audit SET detail = CASE WHEN json_valid(detail) THEN (SELECT json_group_object(key, "
                        "CASE type WHEN 'true' THEN json('true') WHEN 'false' THEN json('false') ELSE value END) "
                        "FROM json_each(detail) WHERE type IN ('integer', 'real', 'true', 'false') "
                        "OR (type = 'text' AND key IN (" FIGURE_KEYS "))) ELSE '{}' END "
                        "WHERE ticket_id = ?1 AND step <> 'erased' AND detail IS NOT NULL",
        };
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(statements); i++)
                r = run(t, statements[i], ticket_id, 0, e);
        return r;
}

static int empty_ticket(struct transaction *t, int64_t seq, struct error *e) {
        int r = tally_ticket(t, seq, -1, e);

        if (r == 0)
                r = run(t,
                        "UPDATE ticket SET subject = NULL, requester = NULL, hint_event = NULL, reason = NULL, "
                        "error = NULL, erased_ms = ?2, state = " TICKET_STATE_BY(
                                        "(SELECT state FROM job WHERE job.id = ticket.job_id)") " "
                                                                                                "WHERE seq = ?1",
                        seq, t->now_ms, e);
        if (r == 0)
                r = run(t, "DELETE FROM ticket_text WHERE seq = ?1", seq, 0, e);
        return r < 0 ? r : tally_ticket(t, seq, 1, e);
}

static int tell(struct transaction *t, int64_t ticket_id, int64_t job_id, const struct forgetting *how, int jobs,
                struct error *e) {
        char detail[256];

        snprintf(detail, sizeof(detail), "{\"by\":\"%s\",\"jobs_dropped\":%d%s%s%s}", how->by, jobs,
                 how->hash ? ",\"address_hash\":\"" : "", how->hash ? how->hash : "", how->hash ? "\"" : "");
        struct audit_row row = {.step = "erased", .detail = detail};
        return audit_write(t, ticket_id, job_id, &row, 1, e);
}

int forget_ticket(struct transaction *t, int64_t ticket_id, const struct forgetting *how, int64_t *jobs,
                  struct error *e) {
        struct ticket_place place;
        int dropped = 0;
        int r = ticket_find(t, ticket_id, &place, e);

        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %" PRId64, ticket_id);
        if (r > 0)
                r = drop_jobs(t, ticket_id, &dropped, e);
        if (r == 0)
                r = empty_rows(t, ticket_id, e);
        if (r == 0)
                r = empty_ticket(t, place.seq, e);
        if (r == 0)
                r = tell(t, ticket_id, place.job_id, how, dropped, e);
        if (r == 0)
                *jobs += dropped;
        return r;
}

int forget_keys(struct transaction *t, struct error *e) {
        return run(t,
                   "UPDATE event SET key = NULL, key_prefix = NULL WHERE body = '{}' AND key IS NOT NULL "
                   "AND received_ms < ?1",
                   t->now_ms - KEY_MATTERS_MS, 0, e);
}
