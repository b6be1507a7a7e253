// GET /stats: where things stand. GET /analytics: how they went, by day, tier, category, method, action.
#include <errno.h>
#include <math.h>
#include <string.h>

#include "api/routes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/held.h"
#include "desk/limits.h"

enum {
        ANALYTICS_DAYS = 30, // what is shown when nobody says from when
        ANSWERS_DAYS = 30,   // of automatic answers in GET /stats, which is asked for every few seconds
};
#define DAY_MS 86400000LL

void api_stats(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        struct store_stats t;
        json_t *answers = NULL;
        int64_t now = clock_now_ms();

        if (!s)
                return;
        if (store_stats(s, &t, &e) < 0 ||
            !(answers = held_json(app, s, now - ANSWERS_DAYS * DAY_MS, now + 1, false, &e))) {
                http_reply_error(r, &e);
                return;
        }
        json_object_set_new(answers, "days", json_integer(ANSWERS_DAYS));
        json_t *decided = json_pack("{s:I, s:I, s:I}", "auto_resolve", (json_int_t) t.decided_auto_resolve, "answer",
                                    (json_int_t) t.decided_answer, "escalate", (json_int_t) t.decided_escalate);
        json_t *j = json_pack(
                        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:s, s:o, s:o}",
                        "total_tickets", (json_int_t) t.total, "auto_resolved", (json_int_t) t.auto_resolved,
                        "answered", (json_int_t) t.answered, "escalated", (json_int_t) t.escalated, "drafted",
                        (json_int_t) t.drafted, "to_review", (json_int_t) t.to_review, "approved",
                        (json_int_t) t.approved, "recorded", (json_int_t) t.recorded, "pending", (json_int_t) t.pending,
                        "failed", (json_int_t) t.failed, "dropped", (json_int_t) t.dropped, "auto_resolution_rate",
                        json_ratio(t.auto_resolved, t.total), "error_rate", json_ratio(t.failed, t.total), "average_ms",
                        json_real(round(t.average_ms * 100) / 100), "decided", decided, "mode",
                        settings_text(desk_settings(app), SETTING_MODE), "risk", limits_json(desk_limits(app)),
                        "answers", answers);
        http_reply_json(r, 200, j);
}

struct tables {
        json_t *by_day, *by_tier, *by_category, *by_method, *by_action;
        int64_t total;
};

static void add_row(void *arg, const struct analytics_row *row) {
        struct tables *t = arg;
        bool decided = *row->action;
        json_t *day = json_object_get(t->by_day, row->day);

        if (!day) {
                day = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "tickets", 0, "auto_resolve", 0,
                                "answer", 0, "escalate", 0, "undecided", 0, "tier_1", 0, "tier_2", 0, "complex", 0,
                                "failed", 0);
                json_object_set_new(t->by_day, row->day, day);
        }
        json_count(day, "tickets", row->tickets);
        json_count(day, decided ? row->action : "undecided", row->tickets);
        if (str_eq(row->state, job_state_name(JOB_FAILED)))
                json_count(day, "failed", row->tickets);
        if (decided)
                json_count(day, row->tier, row->tickets);
        t->total += row->tickets;
        if (!decided)
                return;
        json_count(t->by_tier, row->tier, row->tickets);
        json_count(t->by_category, row->category, row->tickets);
        json_count(t->by_method, row->method, row->tickets);
        json_count(t->by_action, row->action, row->tickets);
}

// "2026-01-31" or a whole time stamp; `whole_day` counts a day to its end.
static int read_time(struct http_request *r, const char *name, bool whole_day, int64_t *ms, struct error *e) {
        const char *text = http_query(r, name);
        char stamp[32];

        if (!text)
                return 0;
        bool day = strlen(text) == 10;
        if (!str_copy(stamp, sizeof(stamp), text) || (day && strlen(stamp) + sizeof("T00:00:00Z") > sizeof(stamp)))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"%s\" must be a day like 2026-01-31 or a time stamp", name);
        if (day)
                memcpy(stamp + 10, "T00:00:00Z", sizeof("T00:00:00Z"));
        if (clock_parse_iso(stamp, ms) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"%s\" must be a day like 2026-01-31 or a time stamp", name);
        if (day && whole_day)
                *ms += DAY_MS;
        return 0;
}

void api_analytics(struct http_request *r, void *app) {
        struct store *s = api_store(r, app);
        struct error e = ERROR_INIT;
        int64_t to = clock_now_ms() + 1, from = to - ANALYTICS_DAYS * DAY_MS;
        char from_text[CLOCK_ISO_SIZE], to_text[CLOCK_ISO_SIZE];

        if (!s)
                return;
        json_t *answers = NULL;
        struct tables t = {json_object(), json_object(), json_object(), json_object(), json_object(), 0};
        if (read_time(r, "from", false, &from, &e) < 0 || read_time(r, "to", true, &to, &e) < 0 ||
            store_analytics(s, from, to, add_row, &t, &e) < 0 || !(answers = held_json(app, s, from, to, true, &e))) {
                json_decref(t.by_day);
                json_decref(t.by_tier);
                json_decref(t.by_category);
                json_decref(t.by_method);
                json_decref(t.by_action);
                http_reply_error(r, &e);
                return;
        }
        clock_iso(from, from_text);
        clock_iso(to, to_text);
        http_reply_json(r, 200,
                        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "from", from_text, "to", to_text,
                                  "tickets", (json_int_t) t.total, "by_day", t.by_day, "by_tier", t.by_tier,
                                  "by_category", t.by_category, "by_method", t.by_method, "by_action", t.by_action,
                                  "answers", answers));
}
