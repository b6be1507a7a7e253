#include "desk/held.h"

#include <errno.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/metrics.h"
#include "desk/parts.h"
#include "store/answers.h"

#define HOUR_MS ((int64_t) 3600000)

enum { GAUGE_HOURS = 30 * 24 };

int64_t held_watch_ms(const struct desk *d) {
        return settings_int(d->settings, SETTING_WATCH_HOURS) * HOUR_MS;
}

static json_t *counts(void) {
        json_t *o = json_pack("{s:i}", "automatic", 0);

        for (int i = 0; o && i < ANSWER_FATE_COUNT_; i++)
                json_object_set_new(o, answer_fate_name((enum answer_fate) i), json_integer(0));
        return o;
}

static void count(json_t *o, const struct answer_count *row) {
        json_count(o, "automatic", row->answers);
        json_count(o, answer_fate_name(row->fate), row->answers);
}

static void count_by(json_t *table, const char *key, const struct answer_count *row) {
        if (!json_object_get(table, key))
                json_object_set_new(table, key, counts());
        count(json_object_get(table, key), row);
}

struct tables {
        json_t *all, *by_day, *by_category; // the latter NULL: not wanted
};

static void take(void *arg, const struct answer_count *row) {
        struct tables *t = arg;

        count(t->all, row);
        if (!t->by_day)
                return;
        count_by(t->by_day, row->day, row);
        count_by(t->by_category, row->category, row);
}

static json_t *rate(const json_t *o) {
        double held = (double) json_integer_value(json_object_get(o, answer_fate_name(ANSWER_HELD)));
        double over = (double) json_integer_value(json_object_get(o, "automatic")) -
                      (double) json_integer_value(json_object_get(o, answer_fate_name(ANSWER_WAITING)));

        return over > 0 ? json_rounded(held / over) : json_null();
}

json_t *held_json(const struct desk *d, struct store *s, int64_t from_ms, int64_t to_ms, bool tables, struct error *e) {
        json_t *o _cleanup_json_ = counts(), *by_day _cleanup_json_ = tables ? json_object() : NULL,
                  *by_category _cleanup_json_ = tables ? json_object() : NULL;
        struct tables t = {o, by_day, by_category};

        if (!o || (tables && (!by_day || !by_category))) {
                (void) error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the counts");
                return NULL;
        }
        if (store_answer_counts(s, from_ms, to_ms, held_watch_ms(d), take, &t, e) < 0)
                return NULL;
        json_object_set_new(o, "hours", json_integer(settings_int(d->settings, SETTING_WATCH_HOURS)));
        json_object_set_new(o, "held_rate", rate(o));
        if (tables) {
                json_object_set(o, "by_day", by_day);
                json_object_set(o, "by_category", by_category);
        }
        return TAKE_PTR(o);
}

static void sum(void *arg, const struct answer_count *row) {
        ((int64_t *) arg)[row->fate] += row->answers;
}

void held_set_gauges(const struct desk *d, struct store *s) {
        int64_t n[ANSWER_FATE_COUNT_] = {0}, now = clock_now_ms();

        if (store_answer_counts(s, now - GAUGE_HOURS * HOUR_MS, now + 1, held_watch_ms(d), sum, n, NULL) < 0)
                return;
        for (int i = 0; i < ANSWER_FATE_COUNT_; i++)
                metric_set(METRIC_ANSWERS, answer_fate_name((enum answer_fate) i), (double) n[i]);
}
