// Every route of the API. The OpenAPI document and the tests are held to this table.
#pragma once

#include "api/api.h"
#include "net/server.h"

extern const struct http_route api_routes[];
extern const size_t api_n_routes;

// Handlers, by resource. `app` is the struct desk.
void api_webhook(struct http_request *r, void *app);        // webhook.c
void api_process_ticket(struct http_request *r, void *app); // process.c
void api_classify(struct http_request *r, void *app);
void api_ask(struct http_request *r, void *app);     // ask.c
void api_tickets(struct http_request *r, void *app); // tickets.c
void api_ticket(struct http_request *r, void *app);
void api_erase(struct http_request *r, void *app);
void api_reprocess(struct http_request *r, void *app);
void api_approve(struct http_request *r, void *app); // review.c
void api_discard(struct http_request *r, void *app);
void api_hand_over(struct http_request *r, void *app);
void api_events(struct http_request *r, void *app); // events.c
void api_session(struct http_request *r, void *app);
void api_settings(struct http_request *r, void *app); // settings.c
void api_errors(struct http_request *r, void *app);
void api_support(struct http_request *r, void *app);
void api_jobs(struct http_request *r, void *app); // jobs.c
void api_job(struct http_request *r, void *app);
void api_job_retry(struct http_request *r, void *app);
void api_job_drop(struct http_request *r, void *app);
void api_feedback(struct http_request *r, void *app); // feedback.c
void api_stats(struct http_request *r, void *app);    // stats.c
void api_analytics(struct http_request *r, void *app);
void api_resume(struct http_request *r, void *app);  // risk.c
void api_quality(struct http_request *r, void *app); // quality.c
void api_gaps(struct http_request *r, void *app);
void api_health(struct http_request *r, void *app); // health.c
void api_health_live(struct http_request *r, void *app);
void api_health_ready(struct http_request *r, void *app);
void api_metrics(struct http_request *r, void *app);
void api_knowledge(struct http_request *r, void *app); // knowledge.c
void api_knowledge_passages(struct http_request *r, void *app);
void api_knowledge_reload(struct http_request *r, void *app);
void api_page(struct http_request *r, void *app); // page.c

// The body as a JSON document, or NULL when an error was answered. The caller frees.
_warn_unused_ json_t *api_json_body(struct http_request *r);
// The desk's database, or NULL when an error was answered.
_warn_unused_ struct store *api_store(struct http_request *r, struct desk *d);
