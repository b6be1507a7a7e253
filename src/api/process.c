// POST /process-ticket and POST /classify: a ticket's whole journey now, or only its understanding.
#include "api/routes.h"
#include "base/json.h"

void api_process_ticket(struct http_request *r, void *app) {
        struct outcome o _cleanup_outcome_ = {0};
        struct error e = ERROR_INIT;
        struct ticket_input in;
        json_t *root _cleanup_json_ = api_json_body(r);

        if (!root)
                return;
        if (ticket_input_from_json(root, &in, &e) < 0 || desk_process(app, &in, &o, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, outcome_json(&o));
}

void api_classify(struct http_request *r, void *app) {
        struct outcome o _cleanup_outcome_ = {0};
        struct error e = ERROR_INIT;
        struct ticket_input in;
        json_t *explain = NULL, *answer, *root _cleanup_json_ = api_json_body(r);

        if (!root)
                return;
        if (ticket_input_from_json(root, &in, &e) < 0 || desk_classify_explained(app, &in, &o, &explain, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        answer = outcome_json(&o);
        if (json_object_set_new(answer, "explain", explain) < 0) {
                json_decref(answer);
                answer = NULL;
        }
        http_reply_json(r, 200, answer);
}
