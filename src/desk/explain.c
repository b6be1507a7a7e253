#include "desk/explain.h"

#include "base/clock.h"
#include "base/json.h"

enum { EXPLAIN_PASSAGES_MAX = 5 };

// All that were looked at, also those below the floor.
static json_t *passages_json(const struct findings *f) {
        json_t *list = json_array();

        for (size_t i = 0; i < f->n && i < EXPLAIN_PASSAGES_MAX; i++)
                json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "document", f->items[i].document, "title",
                                                      f->items[i].title, "passage", f->items[i].passage, "score",
                                                      json_rounded(f->items[i].score)));
        return list;
}

static json_t *opinion_json(const struct verdict *v) {
        return json_pack("{s:s, s:s, s:o, s:s, s:o, s:s}", "method", triage_method_name(v->method), "tier",
                         tier_name(v->tier), "confidence", json_rounded(v->confidence), "category", v->category,
                         "category_confidence", json_rounded(v->category_confidence), "why", v->why);
}

// A rung that was heard in the verdict, alone.
static json_t *mixed_json(const struct opinion *o) {
        return json_pack("{s:s, s:s, s:o, s:s, s:o, s:s}", "method", triage_method_name(o->method), "tier",
                         tier_name(o->tier), "confidence", json_rounded(o->confidence), "category", o->category,
                         "category_confidence", json_rounded(o->category_confidence), "why", "alone");
}

json_t *explain_outcome(struct desk *d, const struct reading *r, const struct outcome *o) {
        const struct verdict *v = &o->verdict;
        json_t *rungs = json_array(), *categories = json_object();

        json_array_append_new(rungs, opinion_json(v));
        for (size_t i = 0; i < v->opinions_n; i++)
                json_array_append_new(rungs, mixed_json(&v->opinions[i]));
        if (v->method != TRIAGE_KEYWORD && v->method != TRIAGE_NONE) {
                struct verdict words;
                triage_classify_first_day(d->triage, r->subject, r->body, NULL, &words);
                json_array_append_new(rungs, opinion_json(&words));
        }
        for (size_t i = 0; i < triage_categories(d->triage) && i < CATEGORIES_MAX; i++)
                json_object_set_new(categories, triage_category(d->triage, i), json_rounded(v->categories[i]));
        return json_pack("{s:o, s:{s:o, s:o, s:o}, s:o, s:o, s:s, s:o, s:o}", "rungs", rungs, "tiers", "tier_1",
                         json_rounded(v->tiers[TIER_1]), "tier_2", json_rounded(v->tiers[TIER_2]), "complex",
                         json_rounded(v->tiers[TIER_COMPLEX]), "categories", categories, "min_confidence",
                         json_rounded(settings_real(d->settings, SETTING_MIN_CONFIDENCE)), "retrieval",
                         retrieval_method_name(o->findings.method), "floor", json_rounded(o->findings.floor),
                         "passages", passages_json(&o->findings));
}

json_t *explain_answer(struct desk *d, const char *question, const struct answer *a, language_set of, int64_t took_us) {
        struct findings words _cleanup_findings_ = {0};

        if (knowledge_search_in(d->knowledge, of, question, NULL, EXPLAIN_PASSAGES_MAX, &words, NULL) < 0)
                return NULL;
        return json_pack("{s:o, s:o, s:o, s:{s:b, s:o, s:o}}", "duration_ms", json_real((double) took_us / 1000),
                         "floor", json_rounded(a->findings.floor), "passages", passages_json(&a->findings), "keyword",
                         "found", words.found && a->language.served, "floor", json_rounded(words.floor), "passages",
                         passages_json(&words));
}
