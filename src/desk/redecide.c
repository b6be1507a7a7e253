#include "desk/redecide.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/identity.h"
#include "desk/think.h"

enum { PAGE = 500 };

// The newest rows of these steps.
struct rows {
        json_t *classified, *found, *decided;
        int64_t at_ms, last;
        size_t n;
};

static void rows_clear(struct rows *r) {
        json_decref(r->classified);
        json_decref(r->found);
        json_decref(r->decided);
}

static void take_row(void *arg, const struct audit_row *row) {
        struct rows *r = arg;
        json_t **place = str_eq(row->step, "classified") ? &r->classified
                         : str_eq(row->step, "found")    ? &r->found
                         : str_eq(row->step, "decided")  ? &r->decided
                                                         : NULL;
        json_t *detail = NULL;

        r->last = row->id;
        r->n++;
        if (!place || !row->detail || json_parse(row->detail, strlen(row->detail), &detail, NULL) < 0)
                return;
        json_decref(*place);
        *place = detail;
        if (place == &r->decided)
                r->at_ms = row->at_ms;
}

static int read_rows(struct store *s, int64_t ticket_id, struct rows *r, struct error *e) {
        size_t before;

        do {
                before = r->n;
                int k = store_audit(s, ticket_id, r->last, PAGE, take_row, r, e);
                if (k < 0)
                        return k;
        } while (r->n - before == PAGE);
        if (!r->decided || !r->classified || !r->found)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "no decision is recorded of this ticket");
        return 0;
}

static bool add(json_t *list, const char *name, const json_t *then, json_t *now) {
        json_t *was = then ? json_deep_copy(then) : json_null();
        bool same = json_equal(was, now);

        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:o, s:b}", "name", name, "then", was, "now", now, "same", same));
        return same;
}

static json_t *text_or_null(const char *s) {
        return s ? json_string(s) : json_null();
}

static const json_t *answer_of(const json_t *found) {
        return json_object_get(json_array_get(json_object_get(found, "passages"), 0), "title");
}

static bool same_number(const json_t *a, const json_t *b) {
        return fabs(json_number_value(a) - json_number_value(b)) < 1e-9;
}

// "legal security": the names of signals in an audit row.
static json_t *names_of(const json_t *signals) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(SIGNALS_MAX * SIGNAL_NAME_SIZE);
        const json_t *one;
        size_t i;

        json_array_foreach(signals, i, one) {
                buffer_add_str(&b, i > 0 ? " " : "");
                buffer_add_str(&b, json_str_or_null(one, "signal"));
        }
        return json_string(buffer_str(&b));
}

// What decisions of earlier versions have no word of is not compared.
static bool add_heard(json_t *list, const json_t *then, const json_t *now) {
        const json_t *language = json_object_get(then, "language"), *signals = json_object_get(then, "signals");
        bool same = true;

        if (language)
                same = add(list, "language", json_object_get(language, "code"),
                           json_incref(json_object_get(json_object_get(now, "language"), "code")));
        if (signals) {
                json_t *names _cleanup_json_ = names_of(signals);
                same = add(list, "signals", names, names_of(json_object_get(now, "signals"))) && same;
        }
        return same;
}

// What it was decided from. Decisions of earlier versions have no word of the setting MODE.
static json_t *inputs_of(const struct rows *r, const struct reading *g, const json_t *classified,
                         const json_t *decided) {
        const struct {
                const char *name, *key;
                const json_t *then, *now;
                bool later; // not in the rows of every version
        } inputs[] = {
                        {"model", "model", r->decided, decided, false},
                        {"classifier", "classifier", r->classified, classified, false},
                        {"knowledge", "knowledge", r->decided, decided, false},
                        {"rules", "rules", r->decided, decided, false},
                        {"limit", "limit", r->decided, decided, false},
                        {"mode", "mode_set", r->decided, decided, true},
        };
        json_t *list = json_array();
        char text[IDENTITY_SIZE];

        identity_of_text(g->subject, g->body, text);
        add(list, "text", json_object_get(r->decided, "text"), json_string(text));
        for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
                const json_t *then = json_object_get(inputs[i].then, inputs[i].key),
                             *now = json_object_get(inputs[i].now, inputs[i].key);
                if (then || !inputs[i].later)
                        add(list, inputs[i].name, then, now ? json_incref((json_t *) (uintptr_t) now) : json_null());
        }
        return list;
}

static json_t *compare(const struct desk *d, const struct rows *r, const struct reading *g, const struct outcome *o,
                       const char *mode, int64_t ticket_id) {
        json_t *decided _cleanup_json_ = think_decided_json(d, o, mode), *found _cleanup_json_ = think_found_json(o),
                        *classified _cleanup_json_ = think_classified_json(d, o);
        json_t *results = json_array();
        char at[CLOCK_ISO_SIZE];
        bool same = true;

        same = add(results, "tier", json_object_get(r->classified, "tier"), json_string(tier_name(o->verdict.tier))) &&
               same;
        same = add(results, "category", json_object_get(r->classified, "category"), json_string(o->verdict.category)) &&
               same;
        // The same number may be written in two ways.
        const json_t *confidence = json_object_get(r->classified, "confidence");
        json_t *now = json_incref(json_object_get(classified, "confidence"));
        if (same_number(confidence, now)) {
                json_decref(now);
                now = json_copy((json_t *) (uintptr_t) confidence);
        }
        same = add(results, "confidence", confidence, now) && same;
        same = add_heard(results, r->classified, classified) && same;
        same = add(results, "action", json_object_get(r->decided, "action"), json_string(action_name(o->action))) &&
               same;
        same = add(results, "mode", json_object_get(r->decided, "mode"), text_or_null(mode)) && same;
        const json_t *answer = answer_of(found);
        same = add(results, "answer", answer_of(r->found),
                   answer ? json_incref((json_t *) (uintptr_t) answer) : json_null()) &&
               same;
        clock_iso(r->at_ms, at);
        return json_pack("{s:I, s:s, s:b, s:o, s:o}", "ticket_id", (json_int_t) ticket_id, "decided_at", at, "same",
                         same, "inputs", inputs_of(r, g, classified, decided), "results", results);
}

int desk_redecide(struct desk *d, int64_t ticket_id, json_t **ret, struct error *e) {
        struct store *s = desk_store(d);
        struct rows rows _cleanup_(rows_clear) = {0};
        struct ticket t _cleanup_ticket_ = {0};
        struct outcome o _cleanup_outcome_ = {0};
        char *html _cleanup_free_ = NULL;

        if (!s)
                return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "the database is not open");
        int r = store_ticket(s, ticket_id, &t, e);
        if (r == 0)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "no such ticket");
        if (r < 0 || (r = read_rows(s, ticket_id, &rows, e)) < 0)
                return r;
        if (str_empty(t.subject) && str_empty(t.description))
                return error_set(e, -ENODATA, ERROR_NOT_FOUND, "the ticket's text is no longer there");
        const char *to_person = json_str_or_null(rows.decided, "to_person");
        struct reading g _cleanup_reading_ = {.subject = str_dup(t.subject ? t.subject : ""),
                                              .body = str_dup(t.description ? t.description : ""),
                                              .to_person = str_dup(to_person)};
        if (!g.subject || !g.body || (to_person && !g.to_person))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");
        r = think(d, &g, ticket_id, &o, &html, e);
        if (r < 0)
                return r;
        *ret = compare(d, &rows, &g, &o, think_mode(d, &o), ticket_id);
        return *ret ? 0 : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the comparison");
}
