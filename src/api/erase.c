// POST /erase: what a person wrote, or what a ticket holds, is forgotten.
#include <errno.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/metrics.h"
#include "store/erase.h"

static int read_request(const json_t *root, struct erasure *ret, struct error *e) {
        struct erasure q = {.by = "api"};
        int by_person, by_ticket;

        int r = json_only(root, (const char *const[]){"requester", "ticket_id", "look", NULL}, e);
        if (r < 0)
                return r;
        if ((by_person = json_get_str(root, "requester", &q.requester, e)) < 0)
                return by_person;
        if ((by_ticket = json_get_int(root, "ticket_id", 1, INT64_MAX, &q.ticket_id, e)) < 0)
                return by_ticket;
        if (by_person == by_ticket)
                return error_set(e, -EINVAL, by_person ? ERROR_INVALID_REQUEST : ERROR_MISSING_FIELD,
                                 "either \"requester\" or \"ticket_id\" says what is to be erased");
        r = json_get_bool(root, "look", &q.look, e);
        if (r < 0)
                return r;
        *ret = q;
        return 0;
}

void api_erase(struct http_request *r, void *app) {
        struct error e = ERROR_INIT;
        struct erasure q;
        struct erased done = {0};
        json_t *root _cleanup_json_ = api_json_body(r);
        struct store *s = root ? api_store(r, app) : NULL;

        if (!s)
                return;
        if (read_request(root, &q, &e) < 0 || store_erase(s, &q, &done, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        if (!q.look)
                metric_add(METRIC_ERASED, "request", (uint64_t) done.tickets);
        http_reply_json(r, 200,
                        json_pack("{s:b, s:I, s:I, s:I, s:I}", "look", q.look, "tickets", (json_int_t) done.tickets,
                                  "jobs_dropped", (json_int_t) done.jobs, "mentions", (json_int_t) done.mentions,
                                  "open", (json_int_t) done.open));
}
