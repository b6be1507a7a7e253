// What became of a ticket, as the faces show it.
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "desk/served.h"

static const char *const action_names[] = {
                [ACTION_AUTO_RESOLVE] = "auto_resolve",
                [ACTION_ANSWER] = "answer",
                [ACTION_ESCALATE] = "escalate",
};

const char *action_name(enum action a) {
        return action_names[a];
}

void outcome_clear(struct outcome *o) {
        findings_clear(&o->findings);
        free(o->response);
        *o = (struct outcome){0};
}

void answer_clear(struct answer *a) {
        findings_clear(&a->findings);
        free(a->text);
        *a = (struct answer){0};
}

// Four digits say all that an int8 model knows, and keep answers short.
json_t *answer_json(const struct answer *a) {
        return json_pack("{s:s, s:b, s:s, s:o, s:o}", "answer", a->text, "found", a->found, "method",
                         retrieval_method_name(a->findings.method), "sources",
                         a->found ? findings_json(&a->findings) : json_array(), "language", spoken_json(&a->language));
}

json_t *findings_json(const struct findings *f) {
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->n; i++) {
                const struct finding *item = &f->items[i];
                if (!item->above)
                        continue;
                json_t *one = json_pack("{s:s, s:s, s:s, s:o}", "document", item->document, "title", item->title,
                                        "passage", item->passage, "score", json_rounded(item->score));
                if (json_array_append_new(list, one) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

json_t *signals_json(const struct signals_found *f) {
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->n; i++) {
                const struct signal *x = &f->items[i];
                json_t *one = json_pack("{s:s, s:s, s:s}", "signal", x->name, "words", x->words, "effect",
                                        signal_effect_name(x->effect));
                if (json_array_append_new(list, one) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

json_t *outcome_json(const struct outcome *o) {
        json_t *id = o->ticket_id ? json_integer(o->ticket_id) : json_null();

        return json_pack("{s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "ticket_id", id, "tier",
                         tier_name(o->verdict.tier), "category", o->verdict.category, "confidence",
                         json_rounded(o->verdict.confidence), "method", triage_method_name(o->verdict.method), "action",
                         action_name(o->action), "reason", o->reason, "response", o->response ? o->response : "",
                         "sources", findings_json(&o->findings), "delivered", o->delivered, "duration_ms",
                         json_real(round(o->duration_ms * 1000) / 1000), "language", spoken_json(&o->language),
                         "signals", signals_json(&o->signals));
}
