#include "desk/evidence.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/parts.h"
#include "desk/rehearsal.h"

#define NAME "risk_evidence" // in the database

void evidence_clear(struct evidence *x) {
        free(x->rows);
        *x = (struct evidence){.rows = NULL};
}

// ---- reading it

int evidence_load(struct store *s, char **ret_text, struct error *e) {
        return store_meta_get(s, NAME, ret_text, e);
}

// Pairs of confidence and 0 or 1 (wrong), by category.
static int take_rows(const struct triage *t, const json_t *categories, struct evidence *x) {
        const char *name;
        json_t *list, *pair;
        size_t i;

        json_object_foreach((json_t *) (uintptr_t) categories, name, list) {
                size_t category = triage_category_index(t, name);
                json_array_foreach(list, i, pair) {
                        const json_t *confidence = json_array_get(pair, 0), *wrong = json_array_get(pair, 1);
                        if (x->n == PAST_MAX || !json_is_number(confidence) || !json_is_integer(wrong))
                                return -EINVAL;
                        x->rows[x->n++] = (struct risk_row){category, json_number_value(confidence),
                                                            json_integer_value(wrong) != 0};
                }
        }
        return 0;
}

// Evidence of an earlier version says the day alone.
static int take_time(const char *at, struct evidence *x) {
        char midnight[CLOCK_ISO_SIZE];

        if (at && clock_parse_iso(at, &x->kept_ms) == 0)
                return 0;
        snprintf(midnight, sizeof(midnight), "%.10sT00:00:00Z", x->date);
        return clock_parse_iso(midnight, &x->kept_ms);
}

int evidence_parse(const struct triage *t, const char *text, struct evidence *ret, struct error *e) {
        struct evidence x _cleanup_evidence_ = {.rows = calloc(PAST_MAX, sizeof(*x.rows))};
        json_t *o _cleanup_json_ = NULL;

        if (!x.rows)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "there is not enough memory for the evidence");
        if (json_parse(text, strlen(text), &o, NULL) < 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the evidence cannot be read");
        const char *date = json_str_or_null(o, "date"), *model = json_str_or_null(o, "model"),
                   *method = json_str_or_null(o, "method"), *learned = json_str_or_null(o, "learned");
        str_copy(x.date, sizeof(x.date), date ? date : "");
        str_copy(x.model, sizeof(x.model), model ? model : "");
        str_copy(x.method, sizeof(x.method), method ? method : "");
        str_copy(x.learned, sizeof(x.learned), learned ? learned : "");
        if (!date || !method || take_time(json_str_or_null(o, "at"), &x) < 0 ||
            take_rows(t, json_object_get(o, "categories"), &x) < 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the evidence is malformed");
        *ret = x;
        x = (struct evidence){.rows = NULL};
        return 0;
}

// ---- keeping it

static enum triage_method most_used(const struct rehearsal *r) {
        size_t n[TRIAGE_NONE + 1] = {0}, best = 0;

        for (size_t i = 0; i < r->past->n; i++)
                n[r->items[i].method]++;
        for (size_t m = 0; m <= TRIAGE_NONE; m++)
                best = n[m] > n[best] ? m : best;
        return (enum triage_method) best;
}

static size_t add_rows(const struct rehearsal *r, enum triage_method method, json_t *categories) {
        const struct triage *t = desk_triage(r->desk);
        size_t n = 0;

        for (size_t i = 0; i < r->past->n; i++) {
                const struct rehearsed *x = &r->items[i];
                enum rehearsal_truth truth = rehearsal_evidence(r, i);
                if (!x->done || x->failed || x->tier == TIER_COMPLEX || !x->found || truth == TRUTH_UNKNOWN ||
                    x->method != method || x->category >= triage_categories(t))
                        continue;
                const char *name = triage_category(t, x->category);
                if (!json_object_get(categories, name))
                        json_object_set_new(categories, name, json_array());
                n += json_array_append_new(
                                     json_object_get(categories, name),
                                     json_pack("[f, i]", floor(x->confidence * 1e4) / 1e4, truth != TRUTH_RIGHT)) == 0;
        }
        return n;
}

int evidence_keep(struct store *s, const struct rehearsal *r, size_t *ret_rows, struct error *e) {
        json_t *categories _cleanup_json_ = json_object();
        enum triage_method method = most_used(r);
        size_t n = categories ? add_rows(r, method, categories) : 0;
        char iso[CLOCK_ISO_SIZE], date[EVIDENCE_DATE_SIZE], learned[TRIAGE_VERSION_SIZE];

        if (categories && n == 0)
                return error_set(e, -ENODATA, ERROR_FILE_INVALID,
                                 r->learned > 0 ? "what the classifier was learned from is no evidence, and of no "
                                                  "other ticket "
                                                  "that would be answered is there a label or an agent's answer"
                                                : "no ticket that would be answered has a label or an agent's answer: "
                                                  "no evidence");
        triage_learned(r->desk->triage, method, learned);
        clock_iso(clock_now_ms(), iso);
        str_copy(date, sizeof(date), iso);
        json_t *o _cleanup_json_ = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O}", "date", date, "at", iso, "model",
                                             r->desk->encoder ? encoder_version(r->desk->encoder) : "", "method",
                                             triage_method_name(method), "learned", learned, "rehearsal", r->identity,
                                             "categories", categories);
        char *text _cleanup_free_ = o ? json_text(o) : NULL;
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the evidence");
        *ret_rows = n;
        return store_meta_put(s, NAME, text, e);
}
