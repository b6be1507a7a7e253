#include "desk/report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/curve.h"
#include "desk/gaps.h"
#include "desk/parts.h"
#include "desk/report_quality.h"
#include "triage/risk_trial.h"

enum { ARTICLES_SHOWN = 30, EXAMPLE_SIZE = 200 };

static json_t *actions(const struct rehearsal *r) {
        json_t *o = json_pack("{s:i, s:i, s:i, s:i, s:i}", "auto_resolve", 0, "answer", 0, "draft", 0, "escalate", 0,
                              "failed", 0);

        for (size_t i = 0; o && i < r->past->n; i++)
                json_count(o,
                           r->items[i].failed  ? "failed"
                           : r->items[i].draft ? "draft"
                                               : action_name(r->items[i].action),
                           1);
        return o;
}

static json_t *methods(const struct rehearsal *r) {
        json_t *o = json_object();

        for (size_t i = 0; o && i < r->past->n; i++)
                if (!r->items[i].failed)
                        json_count(o, triage_method_name(r->items[i].method), 1);
        return o;
}

static json_t *automatic(const struct rehearsal *r, const struct report_options *o) {
        size_t n = 0, known = 0, by[TRUTH_WRONG_ANSWER + 1] = {0}, told[TRUTH_WRONG_ANSWER + 1] = {0};

        for (size_t i = 0; i < r->past->n; i++) {
                if (!rehearsal_automatic(&r->items[i]))
                        continue;
                enum rehearsal_truth truth = rehearsal_truth(r, i);
                n++;
                known += truth != TRUTH_UNKNOWN;
                by[truth]++;
                told[rehearsal_evidence(r, i)]++;
        }
        size_t told_wrong = told[TRUTH_WRONG_TIER] + told[TRUTH_WRONG_ANSWER],
               told_all = told_wrong + told[TRUTH_RIGHT];
        size_t wrong = by[TRUTH_WRONG_TIER] + by[TRUTH_WRONG_ANSWER];
        return json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "tickets", (json_int_t) n, "share",
                         json_ratio(n, r->past->n), "known", (json_int_t) known, "wrong", (json_int_t) wrong,
                         "wrong_tier", (json_int_t) by[TRUTH_WRONG_TIER], "wrong_answer",
                         (json_int_t) by[TRUTH_WRONG_ANSWER], "share_wrong",
                         known ? json_ratio(wrong, known) : json_null(), "bound",
                         told_all > 0 ? json_rounded(risk_upper_bound(told_wrong, told_all, RISK_CERTAINTY))
                                      : json_null(),
                         "hours_saved", json_real(round((double) (n - wrong) * o->minutes / 6) / 10));
}

double report_share_wrong(const json_t *report) {
        const json_t *v = json_object_get(json_object_get(report, "automatic"), "share_wrong");

        return json_is_number(v) ? json_number_value(v) : -1;
}

static json_t *thresholds(const struct rehearsal *r, struct risk_row *rows, size_t n, double max_wrong) {
        const struct triage *t = r->desk->triage;
        size_t categories = triage_categories(t);
        struct risk_choice choices[CATEGORIES_MAX] = {0};
        struct risk_trial trial;
        json_t *list = json_array();

        if (risk_try(rows, n, rehearsal_texts(r), categories, max_wrong, RISK_SPLITS, &trial) < 0) {
                json_decref(list);
                return NULL;
        }
        risk_choose(rows, n, categories, max_wrong, RISK_CERTAINTY, choices);
        for (size_t c = 0; c < categories; c++)
                if (choices[c].rows > 0)
                        json_array_append_new(list, json_pack("{s:s, s:b, s:o, s:I, s:I, s:I, s:o}", "category",
                                                              triage_category(t, c), "automatic", choices[c].automatic,
                                                              "threshold",
                                                              choices[c].automatic ? json_rounded(choices[c].threshold)
                                                                                   : json_null(),
                                                              "evidence", (json_int_t) choices[c].rows, "above",
                                                              (json_int_t) choices[c].n, "wrong",
                                                              (json_int_t) choices[c].wrong, "bound",
                                                              json_rounded(choices[c].bound)));
        return json_pack("{s:f, s:f, s:o, s:{s:I, s:I, s:o, s:o}}", "max_wrong", max_wrong, "certainty", RISK_CERTAINTY,
                         "categories", list, "splits", "splits", (json_int_t) trial.splits, "broken",
                         (json_int_t) trial.broken, "coverage", json_rounded(trial.coverage), "share_wrong",
                         json_rounded(trial.wrong));
}

// ---- which articles carried the answers

struct article {
        const char *document, *title; // borrowed
        size_t tickets, wrong;
};

static int by_name(const void *a, const void *b) {
        const struct article *x = a, *y = b;
        int k = strcmp(x->document, y->document);

        return k ? k : strcmp(x->title, y->title);
}

static int by_tickets(const void *a, const void *b) {
        const struct article *x = a, *y = b;

        return x->tickets == y->tickets ? by_name(a, b) : x->tickets < y->tickets ? 1 : -1;
}

static json_t *articles(const struct rehearsal *r) {
        struct article *list _cleanup_free_ = calloc(MAX(r->past->n, (size_t) 1), sizeof(*list));
        size_t n = 0, kept = 0;
        json_t *ret = list ? json_array() : NULL;

        for (size_t i = 0; ret && i < r->past->n; i++) {
                const struct rehearsed *x = &r->items[i];
                enum rehearsal_truth truth = rehearsal_truth(r, i);
                if (rehearsal_automatic(x) && x->document && x->title)
                        list[n++] = (struct article){x->document, x->title, 1,
                                                     truth == TRUTH_WRONG_TIER || truth == TRUTH_WRONG_ANSWER};
        }
        if (n > 1)
                qsort(list, n, sizeof(*list), by_name);
        for (size_t i = 0; i < n; i++) {
                if (kept > 0 && by_name(&list[kept - 1], &list[i]) == 0) {
                        list[kept - 1].tickets++;
                        list[kept - 1].wrong += list[i].wrong;
                } else {
                        list[kept++] = list[i];
                }
        }
        if (kept > 1)
                qsort(list, kept, sizeof(*list), by_tickets);
        for (size_t i = 0; ret && i < MIN(kept, (size_t) ARTICLES_SHOWN); i++)
                json_array_append_new(ret, json_pack("{s:s, s:s, s:I, s:I}", "document", list[i].document, "title",
                                                     list[i].title, "tickets", (json_int_t) list[i].tickets, "wrong",
                                                     (json_int_t) list[i].wrong));
        return ret;
}

// ---- what no article answers

static json_t *example(const struct past_ticket *t) {
        const char *text = str_empty(t->subject) ? t->description : t->subject;

        return json_stringn(text, utf8_floor(text, strlen(text), EXAMPLE_SIZE));
}

static json_t *gaps(const struct rehearsal *r, const struct gaps_watch *w, struct error *e) {
        struct gaps *g _cleanup_free_ = calloc(1, sizeof(*g));
        json_t *list = NULL;

        if (!g || gaps_find(r, w, g, e) < 0 || !(list = json_array()))
                return NULL;
        for (size_t i = 0; i < g->n; i++) {
                json_t *examples = json_array();
                for (size_t k = 0; k < MIN(g->items[i].tickets, (size_t) GAP_EXAMPLES); k++)
                        json_array_append_new(examples, example(&r->past->items[g->items[i].examples[k]]));
                json_array_append_new(list, json_pack("{s:I, s:o}", "tickets", (json_int_t) g->items[i].tickets,
                                                      "examples", examples));
        }
        return json_pack("{s:I, s:o}", "questions", (json_int_t) g->questions, "groups", list);
}

static json_t *head(const struct rehearsal *r, const struct report_options *o) {
        struct knowledge_state k;

        knowledge_state(r->desk->knowledge, &k);
        return json_pack("{s:I, s:I, s:I, s:I, s:s?, s:I, s:I, s:I, s:f, s:s?, s:s, s:f, s:o, s:o, s:o}", "tickets",
                         (json_int_t) r->past->n, "labelled", (json_int_t) r->past->labelled, "without_text",
                         (json_int_t) r->past->skipped, "unread_labels", (json_int_t) r->past->unread, "first_unread",
                         r->past->unread > 0 ? r->past->why : NULL, "repeats", (json_int_t) r->past->repeats,
                         "learned_from", (json_int_t) r->learned, "resumed", (json_int_t) r->resumed, "seconds",
                         round(r->seconds * 10) / 10, "model",
                         r->desk->encoder ? encoder_version(r->desk->encoder) : NULL, "knowledge", k.version,
                         "minutes_per_ticket", o->minutes, "methods", methods(r), "actions", actions(r), "automatic",
                         automatic(r, o));
}

json_t *report_make(const struct rehearsal *r, const struct report_options *o, struct error *e) {
        int64_t started = clock_monotonic_us();
        json_t *report _cleanup_json_ = head(r, o);
        size_t n = 0;
        struct risk_row *rows _cleanup_free_ = rehearsal_rows(r, o->service, &n);
        bool whole = report && rows;

        if (whole && r->past->labelled > 0)
                whole = json_object_set_new(report, "quality", report_quality(r)) == 0;
        // Before the curve, which sorts the rows: splits are dealt in the order of the file.
        if (whole && o->max_wrong > 0 && n > 0)
                whole = json_object_set_new(report, "thresholds", thresholds(r, rows, n, o->max_wrong)) == 0;
        if (whole && n > 0)
                whole = json_object_set_new(report, "curve", curve_json(rows, n, rehearsal_texts(r))) == 0;
        if (whole && o->service)
                whole = json_object_set_new(report, "articles", articles(r)) == 0 &&
                        json_object_set_new(report, "gaps", gaps(r, &o->watch, e)) == 0;
        double seconds = r->seconds + (double) (clock_monotonic_us() - started) / 1e6;
        whole = whole && json_object_set_new(report, "seconds", json_real(round(seconds * 10) / 10)) == 0;
        if (!whole) {
                if (e && e->code == ERROR_NONE)
                        (void) error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the report");
                return NULL;
        }
        return TAKE_PTR(report);
}
