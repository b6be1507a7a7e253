// GET /tickets, GET /tickets/{id}, POST /tickets/{id}/reprocess.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/outbox.h"
#include "text/html.h"

enum {
        LIMIT_DEFAULT = 50,
        LIMIT_MAX = 200,  // rows of one answer
        AUDIT_MAX = 1000, // rows shown at a time; a ticket that was tried for a day has about 200
        STEPS_MAX = 200,
        STEP_TEXT_MAX = 64 * 1024, // more than the longest reply
};

// JSON that we stored ourselves; what cannot be read any more is shown as null, not hidden.
static json_t *stored_json(const char *text) {
        json_t *v = NULL;

        if (!text || json_parse(text, strlen(text), &v, NULL) < 0)
                return json_null();
        return v;
}

static json_t *ticket_json(const struct ticket *t) {
        return json_pack("{s:I, s:s?, s:s?, s:o, s:s, s:s?, s:s?, s:o, s:s?, s:s?, s:s?, s:s?, s:b, s:I, s:o, s:o, "
                         "s:s?, s:o, s:o, s:o}",
                         "ticket_id", (json_int_t) t->id, "subject", t->subject, "requester", t->requester, "priority",
                         t->priority ? json_integer(t->priority) : json_null(), "state", job_state_name(t->state),
                         "tier", t->tier, "category", t->category, "confidence",
                         t->tier ? json_real(t->confidence) : json_null(), "method", t->method, "action", t->action,
                         "mode", t->mode, "reason", t->reason, "delivered", t->delivered, "duration_ms",
                         (json_int_t) t->duration_ms, "created_at", json_time(t->created_ms), "updated_at",
                         json_time(t->updated_ms), "error", t->error, "erased_at", json_time(t->erased_ms), "language",
                         stored_json(t->language), "signals", t->signals ? stored_json(t->signals) : json_array());
}

static bool known_action(const char *name) {
        for (int a = ACTION_AUTO_RESOLVE; a <= ACTION_ESCALATE; a++)
                if (str_eq(action_name((enum action) a), name))
                        return true;
        return false;
}

// Of categories there may be tickets that the list of today does not have any more.
static int check_names(const struct ticket_filter *f, struct error *e) {
        enum job_state state;
        enum tier tier;

        if (f->state && job_state_parse(f->state, &state) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"state\" is none of a ticket's states");
        if (f->tier && tier_parse(f->tier, &tier) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"tier\" must be tier_1, tier_2 or complex");
        if (f->action && !known_action(f->action))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"action\" must be auto_resolve, answer or escalate");
        return 0;
}

static int read_filter(struct http_request *r, struct ticket_filter *f, struct error *e) {
        const char *limit = http_query(r, "limit"), *cursor = http_query(r, "cursor");
        int64_t n = LIMIT_DEFAULT;

        *f = (struct ticket_filter){.state = http_query(r, "state"),
                                    .tier = http_query(r, "tier"),
                                    .category = http_query(r, "category"),
                                    .action = http_query(r, "action"),
                                    .search = http_query(r, "q"),
                                    .review = str_eq(http_query(r, "review"), "true")};
        if (limit && str_to_int64(limit, 1, LIMIT_MAX, &n) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"limit\" must be 1 to %d", LIMIT_MAX);
        if (cursor && str_to_int64(cursor, 1, INT64_MAX, &f->before) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"cursor\" must be the \"next\" of the answer before");
        f->limit = (size_t) n;
        return check_names(f, e);
}

void api_tickets(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        struct ticket_filter f;
        struct ticket *rows = NULL;
        size_t n = 0;

        if (!s)
                return;
        if (read_filter(r, &f, &e) < 0 || store_tickets(s, &f, &rows, &n, &e) < 0) {
                http_reply_error(r, &e);
                return;
        }
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, ticket_json(&rows[i]));
        char next[24] = "";
        if (n == f.limit)
                snprintf(next, sizeof(next), "%lld", (long long) rows[n - 1].seq);
        for (size_t i = 0; i < n; i++)
                ticket_clear(&rows[i]);
        free(rows);
        http_reply_json(r, 200, json_pack("{s:o, s:s?}", "tickets", list, "next", *next ? next : NULL));
}

static void add_audit(void *arg, const struct audit_row *row) {
        json_array_append_new(arg,
                              json_pack("{s:I, s:o, s:s, s:o}", "id", (json_int_t) row->id, "at", json_time(row->at_ms),
                                        "step", row->step, "detail", stored_json(row->detail)));
}

// What a step says or changes, without what only we use.
static void add_content(json_t *j, const struct step *st) {
        json_t *payload _cleanup_json_ = stored_json(st->payload);
        const char *html = json_str_or_null(payload, "html");
        char *text _cleanup_free_ = html ? html_to_text(html, strlen(html), STEP_TEXT_MAX) : NULL;
        json_t *changes = NULL;

        if (str_eq(st->kind, STEP_KIND_UPDATE) && json_is_object(payload))
                changes = json_pack("{s:O*, s:O*, s:O*}", "status", json_object_get(payload, "status"), "priority_min",
                                    json_object_get(payload, "priority_min"), "tags", json_object_get(payload, "tags"));
        json_object_set_new(j, "text", text ? json_string(text) : json_null());
        json_object_set_new(j, "changes", changes ? changes : json_null());
}

static int add_outbox(struct store *s, int64_t id, json_t *list, struct error *e) {
        struct step *steps = NULL;
        size_t n = 0;
        int k = store_steps(s, id, STEPS_MAX, &steps, &n, e);

        for (size_t i = 0; k == 0 && i < n; i++) {
                const struct step *st = &steps[i];
                json_t *j = json_pack("{s:s, s:s, s:i, s:o, s:s?}", "step", st->kind, "state",
                                      step_state_name(st->state), "attempts", (int) st->attempts, "freshdesk_id",
                                      st->freshdesk_id ? json_integer(st->freshdesk_id) : json_null(), "error",
                                      st->error);
                add_content(j, st);
                json_array_append_new(list, j);
                step_clear(&steps[i]);
        }
        free(steps);
        return k;
}

static int ticket_id(struct http_request *r, int64_t *ret, struct error *e) {
        if (str_to_int64(http_param(r, "id"), 1, INT64_MAX, ret) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a ticket's id is a whole number");
        return 0;
}

static int ticket_whole(struct store *s, int64_t id, int64_t after, json_t **ret, struct error *e) {
        struct ticket t _cleanup_ticket_ = {0};
        int k = store_ticket(s, id, &t, e);

        if (k == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %lld", (long long) id);
        json_t *audit _cleanup_json_ = json_array(), *outbox _cleanup_json_ = json_array();
        if (k < 0 || (k = store_audit(s, id, after, AUDIT_MAX, add_audit, audit, e)) < 0 ||
            (k = add_outbox(s, id, outbox, e)) < 0)
                return k;

        json_t *j = ticket_json(&t);
        json_object_set_new(j, "description", t.description ? json_string(t.description) : json_null());
        json_object_set_new(j, "response", t.response ? json_string(t.response) : json_null());
        json_object_set_new(j, "sources", t.sources ? stored_json(t.sources) : json_array());
        json_object_set_new(j, "model", t.model ? json_string(t.model) : json_null());
        json_object_set_new(j, "knowledge", t.knowledge ? json_string(t.knowledge) : json_null());
        size_t n = json_array_size(audit);
        json_object_set(j, "audit", audit);
        json_object_set_new(j, "audit_next",
                            n == AUDIT_MAX ? json_incref(json_object_get(json_array_get(audit, n - 1), "id"))
                                           : json_null());
        json_object_set(j, "outbox", outbox);
        *ret = j;
        return 0;
}

static int audit_after(struct http_request *r, int64_t *ret, struct error *e) {
        const char *after = http_query(r, "after");

        if (after && str_to_int64(after, 0, INT64_MAX, ret) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"after\" must be the \"audit_next\" of the answer before");
        return 0;
}

void api_ticket(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        json_t *j = NULL;
        int64_t id, after = 0;

        if (!s)
                return;
        if (ticket_id(r, &id, &e) < 0 || audit_after(r, &after, &e) < 0 || ticket_whole(s, id, after, &j, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 200, j);
}

void api_reprocess(struct http_request *r, void *app) {
        struct error e = ERROR_INIT;
        struct accepted a;
        int64_t id;

        if (ticket_id(r, &id, &e) < 0 || desk_reprocess(app, id, &a, &e) < 0)
                http_reply_error(r, &e);
        else
                http_reply_json(r, 202,
                                json_pack("{s:s, s:I, s:I}", "status", "accepted", "event_id", (json_int_t) a.event_id,
                                          "ticket_id", (json_int_t) a.ticket_id));
}
