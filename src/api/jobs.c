// GET /jobs, GET /jobs/{id}, POST /jobs/{id}/retry and /drop.
#include "desk/jobs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/string.h"

enum {
        LIMIT_DEFAULT = 50,
        LIMIT_MAX = 200, // rows of one answer
};

static int read_filter(struct http_request *r, struct job_filter *f, struct error *e) {
        const char *limit = http_query(r, "limit"), *cursor = http_query(r, "cursor"), *state = http_query(r, "state"),
                   *ticket = http_query(r, "ticket_id");
        enum job_state known;
        int64_t n = LIMIT_DEFAULT;

        *f = (struct job_filter){.open = str_eq(state, "open"), .state = str_eq(state, "open") ? NULL : state};
        if (limit && str_to_int64(limit, 1, LIMIT_MAX, &n) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"limit\" must be 1 to %d", LIMIT_MAX);
        if (cursor && str_to_int64(cursor, 1, INT64_MAX, &f->before) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"cursor\" must be the \"next\" of the answer before");
        if (ticket && str_to_int64(ticket, 1, INT64_MAX, &f->ticket_id) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"ticket_id\" is a whole number");
        if (f->state && job_state_parse(f->state, &known) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"state\" is none of a job's states, nor open");
        f->limit = (size_t) n;
        return 0;
}

void api_jobs(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        struct job_filter f;
        struct job_row *rows = NULL;
        char next[24] = "";
        size_t n = 0;

        if (!s)
                return;
        if (read_filter(r, &f, &e) < 0 || store_jobs(s, &f, &rows, &n, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        json_t *list = json_array();
        if (n == f.limit)
                snprintf(next, sizeof(next), "%lld", (long long) rows[n - 1].id);
        for (size_t i = 0; i < n; i++) {
                json_array_append_new(list, job_row_json(&rows[i]));
                job_row_clear(&rows[i]);
        }
        free(rows);
        http_reply_json(r, 200, json_pack("{s:o, s:s?}", "jobs", list, "next", *next ? next : NULL));
}

static int job_id(struct http_request *r, int64_t *ret, struct error *e) {
        if (str_to_int64(http_param(r, "id"), 1, INT64_MAX, ret) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a job's id is a whole number");
        return 0;
}

void api_job(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        json_t *whole = NULL;
        int64_t id;

        if (!s)
                return;
        if (job_id(r, &id, &e) < 0 || job_whole_json(s, id, &whole, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, whole);
}

static void give_order(struct http_request *r, void *app, enum job_order order) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        struct job_row j = {0};
        int64_t id;

        if (!s)
                return;
        if (job_id(r, &id, &e) < 0 || job_order(s, id, order, "api", &j, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, job_row_json(&j));
        job_row_clear(&j);
}

void api_job_retry(struct http_request *r, void *app) {
        give_order(r, app, JOB_RETRY);
}

void api_job_drop(struct http_request *r, void *app) {
        give_order(r, app, JOB_DROP);
}
