// GET /quality: how right decisions were. GET /knowledge/gaps: what no article answers.
#include "desk/quality.h"

#include <errno.h>

#include "api/routes.h"
#include "base/string.h"
#include "desk/questions.h"

enum { QUALITY_DAYS = 90, GAPS_DAYS = 30, DAYS_MAX = 3660 };

static int read_days(struct http_request *r, int64_t *ret, struct error *e) {
        const char *text = http_query(r, "days");

        if (text && str_to_int64(text, 1, DAYS_MAX, ret) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"days\" must be 1 to %d", DAYS_MAX);
        return 0;
}

static void reply(struct http_request *r, struct desk *d, int64_t days,
                  json_t *(*make)(struct desk *d, struct store *s, int64_t days, struct error *e)) {
        struct store *s = api_store(r, d);
        struct error e = ERROR_INIT;
        json_t *o = NULL;

        if (!s)
                return;
        if (read_days(r, &days, &e) == 0)
                o = make(d, s, days, &e);
        if (o)
                http_reply_json(r, 200, o);
        else
                http_reply_error(r, &e);
}

void api_quality(struct http_request *r, void *app) {
        reply(r, app, QUALITY_DAYS, quality_json);
}

void api_gaps(struct http_request *r, void *app) {
        reply(r, app, GAPS_DAYS, questions_json);
}
