#include "desk/record.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "desk/identity.h"
#include "desk/served.h"
#include "desk/think.h"

void record_clear(struct record *r) {
        free(r->sources);
        free(r->language);
        free(r->signals);
}

static int write_out(json_t *owned, char **ret) {
        json_t *o _cleanup_json_ = owned;

        *ret = o ? json_text(o) : NULL;
        return *ret ? 0 : -ENOMEM;
}

int record_fill(const struct desk *d, int64_t ticket_id, const struct reading *r, const struct outcome *o,
                const char *mode, int64_t duration_ms, struct record *ret) {
        char *model = d->encoder ? (char *) (uintptr_t) encoder_version(d->encoder) : NULL;

        if (write_out(findings_json(&o->findings), &ret->sources) < 0 ||
            write_out(spoken_json(&o->language), &ret->language) < 0 ||
            write_out(signals_json(&o->signals), &ret->signals) < 0)
                return -ENOMEM;
        ret->ticket = (struct ticket){.id = ticket_id,
                                      .subject = r->subject,
                                      .description = r->body,
                                      .requester = r->requester,
                                      .priority = r->priority,
                                      .tier = (char *) (uintptr_t) tier_name(o->verdict.tier),
                                      .category = (char *) (uintptr_t) o->verdict.category,
                                      .method = (char *) (uintptr_t) triage_method_name(o->verdict.method),
                                      .action = (char *) (uintptr_t) action_name(o->action),
                                      .mode = (char *) (uintptr_t) mode,
                                      .confidence = o->verdict.confidence,
                                      .reason = (char *) (uintptr_t) o->reason,
                                      .response = o->response,
                                      .sources = ret->sources,
                                      .language = ret->language,
                                      .signals = ret->signals,
                                      .duration_ms = duration_ms,
                                      .model = model,
                                      .knowledge = (char *) (uintptr_t) o->findings.version};
        return 0;
}

// With what the decision can be made again from: desk/redecide.h.
static json_t *decided_json(const struct desk *d, const struct reading *r, const struct outcome *o, const char *mode) {
        json_t *row = think_decided_json(d, o, mode);
        char text[IDENTITY_SIZE];

        identity_of_text(r->subject, r->body, text);
        if (row && (json_object_set_new(row, "text", json_string(text)) < 0 ||
                    (r->to_person && json_object_set_new(row, "to_person", json_string(r->to_person)) < 0))) {
                json_decref(row);
                return NULL;
        }
        return row;
}

int record_trail(const struct desk *d, const struct reading *r, const struct outcome *o, const char *mode,
                 struct trail *trail) {
        if (trail_add(trail, "classified", think_classified_json(d, o)) < 0 ||
            trail_add(trail, "found", think_found_json(o)) < 0 ||
            trail_add(trail, "decided", decided_json(d, r, o, mode)) < 0)
                return -ENOMEM;
        return 0;
}
