#include "api/routes.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"

const struct http_route api_routes[] = {
                {"POST", "/webhook", HTTP_PUBLIC | HTTP_LISTED, api_webhook},
                {"POST", "/process-ticket", HTTP_JSON | HTTP_POOLED | HTTP_SLOW, api_process_ticket},
                {"POST", "/classify", HTTP_JSON | HTTP_POOLED | HTTP_READ, api_classify},
                {"POST", "/ask", HTTP_JSON | HTTP_POOLED | HTTP_READ, api_ask},
                {"GET", "/tickets", HTTP_POOLED | HTTP_READ, api_tickets},
                {"GET", "/tickets/{id}", HTTP_POOLED | HTTP_READ, api_ticket},
                {"POST", "/tickets/{id}/reprocess", HTTP_POOLED, api_reprocess},
                {"GET", "/jobs", HTTP_POOLED | HTTP_READ, api_jobs},
                {"GET", "/jobs/{id}", HTTP_POOLED | HTTP_READ, api_job},
                {"POST", "/jobs/{id}/retry", HTTP_POOLED, api_job_retry},
                {"POST", "/jobs/{id}/drop", HTTP_POOLED, api_job_drop},
                {"POST", "/tickets/{id}/approve", HTTP_JSON | HTTP_POOLED, api_approve},
                {"POST", "/tickets/{id}/discard", HTTP_JSON | HTTP_POOLED, api_discard},
                {"POST", "/tickets/{id}/hand-over", HTTP_JSON | HTTP_POOLED, api_hand_over},
                {"POST", "/erase", HTTP_JSON | HTTP_POOLED, api_erase},
                {"GET", "/events", HTTP_READ, api_events},
                {"GET", "/session", HTTP_READ, api_session},
                {"POST", "/tickets/{id}/feedback", HTTP_JSON | HTTP_POOLED, api_feedback},
                {"GET", "/stats", HTTP_POOLED | HTTP_READ, api_stats},
                {"GET", "/analytics", HTTP_POOLED | HTTP_READ, api_analytics},
                {"POST", "/risk/{category}/resume", HTTP_JSON | HTTP_POOLED, api_resume},
                {"GET", "/quality", HTTP_POOLED | HTTP_READ, api_quality},
                {"GET", "/health", HTTP_PUBLIC, api_health},
                {"GET", "/health/live", HTTP_PUBLIC, api_health_live},
                {"GET", "/health/ready", HTTP_PUBLIC, api_health_ready},
                {"GET", "/settings", HTTP_POOLED | HTTP_READ, api_settings},
                {"GET", "/errors", HTTP_POOLED | HTTP_READ, api_errors},
                {"GET", "/support", HTTP_POOLED | HTTP_READ, api_support},
                {"GET", "/metrics", HTTP_READ, api_metrics},
                {"GET", "/knowledge", HTTP_POOLED | HTTP_READ, api_knowledge},
                {"GET", "/knowledge/gaps", HTTP_POOLED | HTTP_SLOW | HTTP_READ, api_gaps},
                {"GET", "/knowledge/passages", HTTP_POOLED | HTTP_READ, api_knowledge_passages},
                {"POST", "/knowledge/reload", HTTP_POOLED | HTTP_SLOW, api_knowledge_reload},
                {"GET", "/openapi.json", HTTP_PUBLIC, api_page},
                {"GET", "/docs", HTTP_PUBLIC, api_page},
                {"GET", "/", HTTP_PUBLIC, api_page},
                {"GET", "/assets/{file}", HTTP_POOLED | HTTP_PUBLIC, api_page},
};
const size_t api_n_routes = ARRAY_LEN(api_routes);

json_t *api_json_body(struct http_request *r) {
        struct error e = ERROR_INIT;
        json_t *root = NULL;
        size_t n;
        const char *body = http_body(r, &n);

        if (json_parse(body, n, &root, &e) < 0) {
                http_reply_error(r, &e);
                return NULL;
        }
        return root;
}

struct store *api_store(struct http_request *r, struct desk *d) {
        struct error e = ERROR_INIT;
        struct store *s = desk_store(d);

        if (!s) {
                error_set(&e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "the database is not open; GET /health says why");
                http_reply_error(r, &e);
        }
        return s;
}
