#include "desk/think.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "desk/decide.h"
#include "desk/limits.h"
#include "desk/reply.h"
#include "desk/served.h"
#include "text/html.h"

enum {
        THINK_FINDINGS_MAX = 5,    // what is looked at and audited; replies quote fewer
        RESPONSE_MAX = 128 * 1024, // bytes of plain text, as the HTML it is made from
};

float *think_vector(struct desk *d, const char *text) {
        struct error e = ERROR_INIT;

        if (!d->encoder || str_empty(text))
                return NULL;
        float *v = calloc(encoder_dimensions(d->encoder), sizeof(*v));
        if (!v)
                return NULL;

        int64_t start = clock_monotonic_us();
        int r = encoder_embed(d->encoder, text, v, &e);
        metric_observe_us(METRIC_STEP_SECONDS, "embed", clock_monotonic_us() - start);
        atomic_store(&d->encoder_failing, r < 0);
        if (r < 0) {
                log_warning("going on without the model: %s", e.message);
                free(v);
                return NULL;
        }
        return v;
}

static int search(struct desk *d, language_set languages, const char *question, const float *vector,
                  struct findings *ret, struct error *e) {
        int64_t start = clock_monotonic_us();
        int r = knowledge_search_in(d->knowledge, languages, question, vector, THINK_FINDINGS_MAX, ret, e);

        metric_observe_us(METRIC_STEP_SECONDS, "retrieve", clock_monotonic_us() - start);
        return r;
}

static int respond(struct desk *d, const struct reading *r, int64_t ticket_id, struct outcome *o, char **ret_html,
                   struct error *e) {
        struct reply_facts facts = {.ticket_id = ticket_id,
                                    .reading = r,
                                    .verdict = &o->verdict,
                                    .findings = &o->findings,
                                    .language = &o->language,
                                    .signals = &o->signals,
                                    .action = o->action,
                                    .reason = o->reason};
        char *html _cleanup_free_ = NULL;
        int k = reply_for_customer(d->replies, &facts, &html);

        if (k < 0)
                return error_set(e, k, k == -EMSGSIZE ? ERROR_INTERNAL : ERROR_OUT_OF_MEMORY,
                                 "the reply could not be written");
        o->response = html_to_text(html, strlen(html), RESPONSE_MAX);
        if (!o->response)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the reply");
        *ret_html = TAKE_PTR(html);
        return 0;
}

// Who was answered with this passage and writes again is not helped by it.
static const char *said_before(const struct reading *r, const struct findings *f) {
        bool same = f->found && r->last_document && r->last_title && str_eq(f->items[0].document, r->last_document) &&
                    str_eq(f->items[0].title, r->last_title);

        return same ? "the customer wrote again, and the answer found is the one that was given" : NULL;
}

// The first signal that wants a person: they come in order of strength.
static const char *wants_person(const struct outcome *o, char why[REASON_SIZE]) {
        const struct signal *s = o->signals.items;

        if (o->signals.n == 0 || s->effect != SIGNAL_PERSON)
                return NULL;
        snprintf(why, REASON_SIZE, "a person is wanted for the signal %s: \"%s\"", s->name, s->words);
        return why;
}

// Language and signals of *o, and why a person must answer whatever is understood and found; NULL: no reason.
static int listen(struct desk *d, const struct reading *r, struct outcome *o, language_set *ret_of,
                  char why[REASON_SIZE], const char **ret_to_person) {
        char not_served[SERVED_WHY_SIZE];
        int k = served_look(d, r->subject, r->body, &o->language, ret_of, not_served);

        if (k == 0)
                k = signals_find(d->signals, r->subject, r->body, &o->signals);
        if (k < 0)
                return k;
        if (*not_served)
                str_copy(why, REASON_SIZE, not_served);
        *ret_to_person = r->to_person ? r->to_person : *not_served ? why : wants_person(o, why);
        return 0;
}

// Where an answer would go out: does a sentence of the ticket forbid it?
static int sentence_by_sentence(struct desk *d, const struct reading *r, struct outcome *o) {
        int64_t start = clock_monotonic_us();

        if (o->action == ACTION_ESCALATE)
                return 0;
        int k = alone_judge(d->triage, d->encoder, r->subject, r->body, &o->alone);
        metric_observe_us(METRIC_STEP_SECONDS, "sentences", clock_monotonic_us() - start);
        if (k == 0)
                o->action = decide_alone(&o->alone, &o->verdict, o->action, o->reason, &o->said_at);
        return k;
}

static void count(const struct outcome *o) {
        metric_inc(METRIC_TRIAGE_RUNG, triage_method_name(o->verdict.method));
        metric_inc(METRIC_RETRIEVAL_RUNG, retrieval_method_name(o->findings.method));
        metric_inc(METRIC_FOUND, o->findings.found ? "yes" : "no");
        for (size_t i = 0; i < o->signals.n; i++)
                metric_inc(METRIC_SIGNALS, o->signals.items[i].name);
        if (!o->language.served)
                metric_inc(METRIC_NOT_SERVED, NULL);
}

int think(struct desk *d, const struct reading *r, int64_t ticket_id, struct outcome *ret, char **ret_html,
          struct error *e) {
        struct outcome o _cleanup_outcome_ = {.ticket_id = ticket_id};
        char *text _cleanup_free_ = str_printf("%s\n%s", r->subject, r->body);

        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");
        float *vector _cleanup_free_ = think_vector(d, text);

        int64_t start = clock_monotonic_us();
        triage_classify(d->triage, r->subject, r->body, vector, &o.verdict);
        metric_observe_us(METRIC_STEP_SECONDS, "classify", clock_monotonic_us() - start);

        language_set of = 0;
        char why[REASON_SIZE];
        const char *to_person = NULL;
        int k = listen(d, r, &o, &of, why, &to_person);
        if (k < 0)
                return error_set(e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");
        k = search(d, of, text, vector, &o.findings, e);
        if (k < 0)
                return k;

        o.action = decide(&o.verdict, &o.findings, to_person ? to_person : said_before(r, &o.findings),
                          settings_real(d->settings, SETTING_MIN_CONFIDENCE), o.reason);
        k = sentence_by_sentence(d, r, &o);
        if (k < 0)
                return error_set(e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");

        start = clock_monotonic_us();
        if (o.action != ACTION_ESCALATE)
                o.limit = limits_for(d->limits, &o.verdict);
        o.action = decide_within(&o.limit, &o.verdict, o.action, &o.draft, o.reason);
        k = respond(d, r, ticket_id, &o, ret_html, e);
        metric_observe_us(METRIC_STEP_SECONDS, "decide", clock_monotonic_us() - start);
        if (k < 0)
                return k;

        count(&o);
        log_debug("tier %s %.3f (tier_1 %.3f, tier_2 %.3f, complex %.3f), category %s %.3f by %s, %s",
                  tier_name(o.verdict.tier), o.verdict.confidence, o.verdict.tiers[TIER_1], o.verdict.tiers[TIER_2],
                  o.verdict.tiers[TIER_COMPLEX], o.verdict.category, o.verdict.category_confidence,
                  triage_method_name(o.verdict.method), o.verdict.why);
        for (size_t i = 0; i < o.findings.n; i++)
                log_debug("passage %.3f (floor %.3f) %s: %s", o.findings.items[i].score, o.findings.floor,
                          o.findings.items[i].document, o.findings.items[i].title);
        *ret = o;
        o = (struct outcome){0};
        return 0;
}

const char *think_mode(const struct desk *d, const struct outcome *o) {
        const char *mode = settings_text(d->settings, SETTING_MODE);

        return o->draft && str_eq(mode, "auto") ? "draft" : mode;
}

// What the rungs that were mixed say alone; null where one alone spoke.
static json_t *opinions_json(const struct verdict *v) {
        json_t *list = v->opinions_n > 0 ? json_array() : NULL;

        for (size_t i = 0; i < v->opinions_n; i++) {
                const struct opinion *o = &v->opinions[i];
                json_array_append_new(list,
                                      json_pack("{s:s, s:s, s:o, s:s, s:o}", "method", triage_method_name(o->method),
                                                "tier", tier_name(o->tier), "confidence", json_rounded(o->confidence),
                                                "category", o->category, "category_confidence",
                                                json_rounded(o->category_confidence)));
        }
        return list;
}

json_t *think_classified_json(const struct desk *d, const struct outcome *o) {
        const struct verdict *v = &o->verdict;
        json_t *categories = json_object();
        for (size_t i = 0; i < triage_categories(d->triage) && i < CATEGORIES_MAX; i++)
                json_object_set_new(categories, triage_category(d->triage, i), json_rounded(v->categories[i]));
        return json_pack("{s:s, s:o, s:s, s:o, s:s, s:{s:o, s:o, s:o}, s:o, s:s, s:s?, s:b, s:s?, s:s?, s:o*, s:s*, "
                         "s:o, s:o}",
                         "tier", tier_name(v->tier), "confidence", json_rounded(v->confidence), "category", v->category,
                         "category_confidence", json_rounded(v->category_confidence), "method",
                         triage_method_name(v->method), "tiers", "tier_1", json_rounded(v->tiers[TIER_1]), "tier_2",
                         json_rounded(v->tiers[TIER_2]), "complex", json_rounded(v->tiers[TIER_COMPLEX]), "categories",
                         categories, "why", v->why, "model", d->encoder ? encoder_version(d->encoder) : NULL, "unlike",
                         v->unlike, "classifier", *v->learned ? v->learned : NULL, "zero_shot_model",
                         d->zero_shot ? cross_version(d->zero_shot) : NULL, "opinions", opinions_json(v),
                         "stepped_down", *v->stepped ? v->stepped : NULL, "language", spoken_json(&o->language),
                         "signals", signals_json(&o->signals));
}

json_t *think_found_json(const struct outcome *o) {
        json_t *items = json_array();

        for (size_t i = 0; i < o->findings.n; i++) {
                const struct finding *f = &o->findings.items[i];
                json_array_append_new(items,
                                      json_pack("{s:s, s:s, s:o, s:b}", "document", f->document, "title", f->title,
                                                "score", json_rounded(f->score), "above_floor", f->above));
        }
        return json_pack("{s:s, s:b, s:o, s:o, s:s}", "method", retrieval_method_name(o->findings.method), "found",
                         o->findings.found, "floor", json_rounded(o->findings.floor), "passages", items, "knowledge",
                         o->findings.version);
}

// What the sentences say alone; the customer's words only where they are the reason. Null where none was judged.
static json_t *alone_json(const struct outcome *o) {
        const struct alone *a = &o->alone;

        return a->judged == 0 ? NULL
                              : json_pack("{s:I, s:b, s:o, s:s*}", "judged", (json_int_t) a->judged, "all", a->all,
                                          "complex", json_rounded(a->complex), "text", o->said_at > 0 ? a->text : NULL);
}

json_t *think_decided_json(const struct desk *d, const struct outcome *o, const char *mode) {
        return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s?, s:s, s:s, s:o*, s:o*, s:o*}", "action",
                         action_name(o->action), "reason", o->reason, "mode", mode, "mode_set",
                         settings_text(d->settings, SETTING_MODE), "min_confidence",
                         json_rounded(settings_real(d->settings, SETTING_MIN_CONFIDENCE)), "floor",
                         json_rounded(o->findings.floor), "model", d->encoder ? encoder_version(d->encoder) : NULL,
                         "knowledge", o->findings.version, "rules", d->rules, "limit", limit_json(&o->limit), "watch",
                         limit_watch_json(&o->limit), "sentences", alone_json(o));
}
