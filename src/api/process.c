// POST /process-ticket and POST /classify: a ticket's whole journey now, or only its understanding.
#include "api/routes.h"
#include "base/json.h"

static void run(struct http_request *r, struct desk *d,
                int (*journey)(struct desk *d, const struct ticket_input *in, struct outcome *ret, struct error *e)) {
        struct outcome o _cleanup_outcome_ = {0};
        struct error e = ERROR_INIT;
        struct ticket_input in;
        json_t *root _cleanup_json_ = api_json_body(r);

        if (!root)
                return;
        if (ticket_input_from_json(root, &in, &e) < 0 || journey(d, &in, &o, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, outcome_json(&o));
}

void api_process_ticket(struct http_request *r, void *app) {
        run(r, app, desk_process);
}

void api_classify(struct http_request *r, void *app) {
        run(r, app, desk_classify);
}
