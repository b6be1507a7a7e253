// POST /tickets/{id}/approve, /discard and /hand-over: what a person decides.
#include <errno.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/string.h"

static const char *const known[] = {"by", NULL}, *const known_of_approval[] = {"response", "by", NULL};

static void run(struct http_request *r, struct desk *d, enum review what) {
        const char *response = NULL, *by = NULL;
        struct error e = ERROR_INIT;
        struct accepted a;
        int64_t id;
        json_t *root _cleanup_json_ = api_json_body(r);

        if (!root)
                return;
        int k = json_only(root, what == REVIEW_APPROVE ? known_of_approval : known, &e);
        if (k == 0 && str_to_int64(http_param(r, "id"), 1, INT64_MAX, &id) < 0)
                k = error_set(&e, -EINVAL, ERROR_INVALID_REQUEST, "a ticket's id is a whole number");
        if (k == 0 && what == REVIEW_APPROVE)
                k = json_get_str(root, "response", &response, &e);
        if (k >= 0)
                k = json_get_str(root, "by", &by, &e);
        if (k < 0 || desk_review(d, id, what, response, by, &a, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        http_reply_json(r, 202,
                        json_pack("{s:s, s:I, s:I}", "status", "accepted", "event_id", (json_int_t) a.event_id,
                                  "ticket_id", (json_int_t) a.ticket_id));
}

void api_approve(struct http_request *r, void *app) {
        run(r, app, REVIEW_APPROVE);
}

void api_discard(struct http_request *r, void *app) {
        run(r, app, REVIEW_DISCARD);
}

void api_hand_over(struct http_request *r, void *app) {
        run(r, app, REVIEW_HAND_OVER);
}
