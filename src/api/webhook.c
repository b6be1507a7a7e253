// POST /webhook: proven, parsed, and on disk before it is answered.
#include <errno.h>
#include <string.h>

#include "api/gate.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/string.h"
#include "freshdesk/webhook.h"

static void refuse(struct http_request *r, const char *result, const struct error *e) {
        metric_inc(METRIC_EVENTS, result);
        if (error_status(e->code) == 503)
                http_set_header(r, "Retry-After", "5");
        http_reply_error(r, e);
}

// Freshdesk's rules cannot sign, so the secret itself counts too; where none is set only this machine may post.
static int prove(struct http_request *r, const struct settings *s, struct webhook_seal *ret, struct error *e) {
        struct webhook_keys keys = {.secret = settings_text(s, SETTING_WEBHOOK_SECRET),
                                    .old = settings_text(s, SETTING_WEBHOOK_SECRET_OLD),
                                    .timestamp = settings_bool(s, SETTING_WEBHOOK_TIMESTAMP),
                                    .window_s = settings_int(s, SETTING_WEBHOOK_REPLAY_WINDOW)};
        struct webhook_proof proof = {.freshdesk_signature = http_header(r, "X-Freshdesk-Signature"),
                                      .webhook_signature = http_header(r, "X-Webhook-Signature"),
                                      .hub_signature = http_header(r, "X-Hub-Signature-256"),
                                      .secret = http_header(r, "X-Webhook-Secret"),
                                      .authorization = http_header(r, "Authorization"),
                                      .timestamp = http_header(r, "X-Webhook-Timestamp")};
        size_t n;
        const char *body = http_body(r, &n);

        if (*keys.secret)
                return webhook_prove(&keys, &proof, body, n, clock_now_ms(), ret, e);
        if (gate_from_here(http_gate(r), r))
                return 0;
        return error_set(e, -EACCES, ERROR_UNAUTHORIZED,
                         "without WEBHOOK_SECRET only this machine, by its loopback name, may post webhooks");
}

struct delivery {
        struct http_request *request;
        struct webhook_seal seal;
};

// On the writer's thread, after the sync.
static void stored(void *arg, int k, const struct accepted *a, const struct error *e) {
        struct delivery *delivery _cleanup_free_ = arg;
        struct http_request *r = delivery->request;

        if (k < 0) {
                refuse(r, "failed", e);
                return;
        }
        if (delivery->seal.timed)
                replay_remember(gate_replay(http_gate(r)), delivery->seal.digest);
        metric_inc(METRIC_EVENTS, a->duplicate ? "duplicate" : "accepted");
        metric_observe_us(METRIC_STEP_SECONDS, "intake", clock_monotonic_us() - http_started_us(r));
        http_reply_json(r, a->duplicate ? 200 : 202,
                        json_pack("{s:s, s:I, s:I}", "status", a->duplicate ? "duplicate" : "accepted", "event_id",
                                  (json_int_t) a->event_id, "ticket_id", (json_int_t) a->ticket_id));
}

void api_webhook(struct http_request *r, void *app) {
        struct desk *d = app;
        struct error e = ERROR_INIT;
        struct webhook_event ev = {0};
        struct webhook_seal seal = {0};
        size_t n;

        if (prove(r, desk_settings(d), &seal, &e) < 0) {
                refuse(r, e.code == ERROR_UNAUTHORIZED ? "refused" : "failed", &e);
                return;
        }
        // Not before: who may not post is told nothing of how to.
        if (!http_is_json(r)) {
                error_set(&e, -EINVAL, ERROR_UNSUPPORTED_MEDIA_TYPE, "the body must be application/json, in UTF-8");
                refuse(r, "invalid", &e);
                return;
        }
        json_t *root _cleanup_json_ = NULL;
        const char *body = http_body(r, &n);
        if (json_parse(body, n, &root, &e) < 0 || webhook_parse(root, &ev, &e) < 0) {
                refuse(r, "invalid", &e);
                return;
        }
        if (ev.ignored) {
                metric_inc(METRIC_EVENTS, "ignored");
                http_reply_json(r, 200, json_pack("{s:s, s:s}", "status", "ignored", "reason", ev.reason));
                return;
        }
        ev.timed = seal.timed;
        ev.repeated = seal.timed && replay_knows(gate_replay(http_gate(r)), seal.digest);
        struct delivery *delivery _cleanup_free_ = calloc(1, sizeof(*delivery));
        int k = -ENOMEM;
        if (delivery) {
                *delivery = (struct delivery){r, seal};
                k = desk_accept(d, &ev, body, stored, delivery, &e);
        } else {
                error_set(&e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the event");
        }
        if (k < 0)
                refuse(r, k == -EINVAL ? "invalid" : "failed", &e);
        else
                (void) TAKE_PTR(delivery); // the callback's, which may have run already
}
