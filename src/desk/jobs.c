#include "desk/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/string.h"
#include "desk/trail.h"

enum { STEPS_MAX = 1000 }; // of one ticket's outbox; a ticket has a handful

json_t *job_row_json(const struct job_row *j) {
        return json_pack("{s:I, s:I, s:s, s:s, s:i, s:b, s:o, s:o, s:o, s:s?, s:s?}", "job_id", (json_int_t) j->id,
                         "ticket_id", (json_int_t) j->ticket_id, "state", job_state_name(j->state), "kind", j->kind,
                         "attempts", (int) j->attempts, "worked_on", j->leased, "created_at", json_time(j->created_ms),
                         "due_at", json_time(j->due_ms), "trouble_since", json_time(j->trouble_ms), "error", j->error,
                         "subject", j->subject);
}

static json_t *step_json(const struct step *st) {
        return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:s?}", "step", st->kind, "state", step_state_name(st->state),
                         "attempts", (int) st->attempts, "first_at", json_time(st->first_ms), "last_at",
                         json_time(st->last_ms), "freshdesk_id",
                         st->freshdesk_id ? json_integer(st->freshdesk_id) : json_null(), "error", st->error);
}

static int no_job(int64_t id, struct error *e) {
        return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no job %" PRId64, id);
}

int job_whole_json(struct store *s, int64_t id, json_t **ret, struct error *e) {
        struct job_row j = {0};
        struct step *steps = NULL;
        json_t *list _cleanup_json_ = json_array(), *whole = NULL;
        size_t n = 0;
        int r = store_job(s, id, &j, e);

        if (r <= 0)
                return r < 0 ? r : no_job(id, e);
        r = store_steps(s, j.ticket_id, STEPS_MAX, &steps, &n, e);
        for (size_t i = 0; r == 0 && i < n; i++) {
                if (steps[i].job_id == id)
                        json_array_append_new(list, step_json(&steps[i]));
                step_clear(&steps[i]);
        }
        free(steps);
        if (r == 0 && (!(whole = job_row_json(&j)) || json_object_set(whole, "outbox", list) < 0))
                r = error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for job %" PRId64, id);
        job_row_clear(&j);
        if (r < 0)
                json_decref(whole);
        else
                *ret = whole;
        return r;
}

// Where an order takes a job from its state, and the audit row that tells of it.
static const struct {
        const char *audit;
        enum job_state from, to;
} moves[][3] = {
                [JOB_RETRY] = {{"retried_by_person", JOB_FAILED, JOB_QUEUED},
                               {"retried_by_person", JOB_QUEUED, JOB_QUEUED},
                               {"retried_by_person", JOB_DELIVERING, JOB_DELIVERING}},
                [JOB_DROP] = {{"dropped_by_person", JOB_FAILED, JOB_DROPPED},
                              {"dropped_by_person", JOB_QUEUED, JOB_DROPPED},
                              {"dropped_by_person", JOB_DELIVERING, JOB_DROPPED}},
};

static int refuse(const struct job_row *j, struct error *e) {
        if (job_state_final(j->state))
                return error_set(e, -EBUSY, ERROR_CONFLICT, "job %" PRId64 " is %s: it is over", j->id,
                                 job_state_name(j->state));
        return error_set(e, -EBUSY, ERROR_CONFLICT, "job %" PRId64 " is being worked on just now; ask again", j->id);
}

static int move(struct store *s, const struct job_row *j, enum job_order order, const char *by, struct error *e) {
        struct trail trail _cleanup_trail_ = {0};
        size_t i = 0;

        while (i < ARRAY_LEN(moves[order]) && moves[order][i].from != j->state)
                i++;
        if (i == ARRAY_LEN(moves[order]) || j->leased)
                return refuse(j, e);
        trail_init(&trail, j->ticket_id, j->id);
        if (trail_add(&trail, moves[order][i].audit, json_pack("{s:s, s:s?}", "by", by, "error", j->error)) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the audit trail");
        struct job_change c = {.job_id = j->id,
                               .ticket_id = j->ticket_id,
                               .from = j->state,
                               .to = moves[order][i].to,
                               .error = order == JOB_DROP ? "a person dropped it" : NULL,
                               .audit = trail.rows,
                               .n_audit = trail.n};
        int r = store_job_change(s, &c, e);
        return r == -ESTALE ? refuse(j, e) : r; // a worker was faster
}

int job_order(struct store *s, int64_t id, enum job_order order, const char *by, struct job_row *ret, struct error *e) {
        struct job_row j = {0};
        int r = store_job(s, id, &j, e);

        if (r <= 0)
                return r < 0 ? r : no_job(id, e);
        r = move(s, &j, order, by, e);
        job_row_clear(&j);
        if (r < 0 || !ret)
                return r;
        r = store_job(s, id, ret, e);
        return r == 0 ? no_job(id, e) : MIN(r, 0);
}
