// GET /health and its two probes, and GET /metrics.
#include <errno.h>

#include "api/routes.h"
#include "base/build.h"
#include "base/metrics.h"

enum { METRICS_MAX = 1024 * 1024 }; // bytes of the whole exposition, some twenty times what it is

void api_health(struct http_request *r, void *app) {
        json_t *health = desk_health(app);

        if (health)
                json_object_set_new(health, "version", json_string(FIRSTLINE_VERSION));
        http_reply_json(r, 200, health);
}

void api_health_live(struct http_request *r, void *app) {
        (void) app;
        http_reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

// Ready to take tickets: without its database it could not keep its word.
void api_health_ready(struct http_request *r, void *app) {
        struct error e = ERROR_INIT;

        if (desk_store(app) && store_health(desk_store(app), &e) == 0) {
                http_reply_json(r, 200, json_pack("{s:s}", "status", "ready"));
                return;
        }
        if (e.code == ERROR_NONE)
                error_set(&e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "the database is not open; GET /health says why");
        http_reply_error(r, &e);
}

void api_metrics(struct http_request *r, void *app) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(METRICS_MAX);
        struct error e = ERROR_INIT;

        (void) app;
        metrics_write(&b);
        if (buffer_result(&b) < 0) {
                error_set(&e, buffer_result(&b), ERROR_OUT_OF_MEMORY, "not enough memory for the metrics");
                http_reply_error(r, &e);
                return;
        }
        http_reply_bytes(r, 200, "text/plain; version=0.0.4; charset=utf-8", b.data, b.len);
}
