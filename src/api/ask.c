// POST /ask: a question to the knowledge base.
#include <errno.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/string.h"

static int question_of(const json_t *root, const char **ret, struct error *e) {
        const char *question = NULL;

        if (!json_is_object(root))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the body must be a JSON object with \"question\"");
        int k = json_get_str(root, "question", &question, e);
        if (k < 0)
                return k;
        if (str_empty(question))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "\"question\" is missing or empty");
        *ret = question;
        return 0;
}

void api_ask(struct http_request *r, void *app) {
        struct answer a _cleanup_answer_text_ = {0};
        struct error e = ERROR_INIT;
        const char *question = NULL;
        json_t *root _cleanup_json_ = api_json_body(r);

        if (!root)
                return;
        json_t *explain = NULL;
        bool wanted = json_is_true(json_object_get(root, "explain"));
        if (question_of(root, &question, &e) < 0 ||
            desk_ask_explained(app, question, &a, wanted ? &explain : NULL, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        json_t *j = answer_json(&a);
        if (explain)
                json_object_set_new(j, "explain", explain);
        http_reply_json(r, 200, j);
}
