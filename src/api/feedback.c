// POST /tickets/{id}/feedback.
#include <errno.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/string.h"

static int read_body(const json_t *o, struct feedback *f, struct error *e) {
        int r = json_only(o, (const char *const[]){"tier", "category", "answer", "by", NULL}, e);

        if (r < 0 || (r = json_get_str(o, "tier", &f->tier, e)) < 0 ||
            (r = json_get_str(o, "category", &f->category, e)) < 0 ||
            (r = json_get_str(o, "answer", &f->answer, e)) < 0 || (r = json_get_str(o, "by", &f->by, e)) < 0)
                return r;
        return 0;
}

void api_feedback(struct http_request *r, void *app) {
        json_t *o _cleanup_json_ = api_json_body(r);
        struct feedback f = {0};
        struct error e = ERROR_INIT;
        int64_t id = 0;

        if (!o)
                return;
        if (str_to_int64(http_param(r, "id"), 1, INT64_MAX, &f.ticket_id) < 0) {
                error_set(&e, -EINVAL, ERROR_INVALID_REQUEST, "a ticket's id is a whole number");
                http_reply_error(r, &e);
                return;
        }
        if (read_body(o, &f, &e) < 0 || desk_feedback(app, &f, &id, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 201,
                                json_pack("{s:s, s:I, s:I}", "status", "recorded", "feedback_id", (json_int_t) id,
                                          "ticket_id", (json_int_t) f.ticket_id));
}
