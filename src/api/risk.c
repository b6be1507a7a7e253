// POST /risk/{category}/resume: a person's word that a category which fell back may be answered by itself again.
#include <errno.h>

#include "api/routes.h"
#include "base/json.h"

void api_resume(struct http_request *r, void *app) {
        json_t *root _cleanup_json_ = api_json_body(r);
        const char *by = NULL, *category = http_param(r, "category");
        struct error e = ERROR_INIT;

        if (!root)
                return;
        int k = json_only(root, (const char *const[]){"by", NULL}, &e);
        if (k < 0 || json_get_str(root, "by", &by, &e) < 0 || desk_resume(app, category, by, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, json_pack("{s:s, s:s}", "status", "resumed", "category", category));
}
