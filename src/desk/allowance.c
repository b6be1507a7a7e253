#include "desk/allowance.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/string.h"

// When something that lasts `ms` more is over; null: it does not last.
static json_t *until(int64_t ms) {
        char text[CLOCK_ISO_SIZE];

        if (ms <= 0)
                return json_null();
        clock_iso(clock_now_ms() + ms, text);
        return json_string(text);
}

static json_t *family_json(const struct quota_view *f) {
        return json_pack("{s:s, s:o, s:o, s:o, s:I, s:i, s:o}", "family", f->name, "total",
                         f->known ? json_integer(f->total) : json_null(), "remaining",
                         f->known ? json_integer(f->remaining) : json_null(), "ours",
                         f->known ? json_integer(f->ours) : json_null(), "used", (json_int_t) f->used, "waiting",
                         (int) f->waiting, "paused_until", until(f->pause_ms));
}

void allowance_add_json(json_t *part, const struct freshdesk_view *v) {
        json_t *families = json_array();

        for (int i = 0; i < QUOTA_FAMILY_COUNT_; i++)
                json_array_append_new(families, family_json(&v->families[i]));
        json_object_set_new(part, "key",
                            json_pack("{s:s, s:o}", "state", v->key_refused ? "refused" : "accepted", "next_trial",
                                      until(v->key_ms)));
        json_object_set_new(part, "breaker",
                            json_pack("{s:s, s:i, s:o}", "state", breaker_state_name(v->breaker), "failures",
                                      (int) v->breaker_failures, "next_trial", until(v->breaker_ms)));
        json_object_set_new(part, "families", families);
}

void allowance_set_gauges(const struct freshdesk_view *v) {
        for (int i = 0; i < QUOTA_FAMILY_COUNT_; i++) {
                const struct quota_view *f = &v->families[i];
                metric_set(METRIC_FRESHDESK_TOTAL, f->name, (double) f->total);
                metric_set(METRIC_FRESHDESK_REMAINING, f->name, (double) f->remaining);
                metric_set(METRIC_FRESHDESK_OURS, f->name, (double) f->ours);
                metric_set(METRIC_FRESHDESK_USED, f->name, (double) f->used);
                metric_set(METRIC_FRESHDESK_WAITING, f->name, f->waiting);
                metric_set(METRIC_FRESHDESK_PAUSED, f->name, (double) f->pause_ms / 1000);
        }
        for (int i = 0; i < BREAKER_STATE_COUNT_; i++)
                metric_set(METRIC_FRESHDESK_BREAKER, breaker_state_name((enum breaker_state) i),
                           v->breaker == (enum breaker_state) i);
        metric_set(METRIC_FRESHDESK_KEY, NULL, !v->key_refused);
}

void allowance_words(const struct freshdesk_view *v, char *out, size_t size) {
        *out = '\0';
        if (v->key_refused) {
                snprintf(out, size, "FRESHDESK_API_KEY is not accepted: everything waits");
                return;
        }
        if (v->breaker != BREAKER_CLOSED) {
                snprintf(out, size, "the breaker is %s after %u failure%s in a row", breaker_state_name(v->breaker),
                         v->breaker_failures, str_s(v->breaker_failures));
                return;
        }
        for (int i = 0; i < QUOTA_FAMILY_COUNT_; i++)
                if (v->families[i].pause_ms > 0) {
                        snprintf(out, size, "Freshdesk asked us to wait with calls of %s: %lld s are left",
                                 v->families[i].name, (long long) (v->families[i].pause_ms + 999) / 1000);
                        return;
                }
}
