#include "desk/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/string.h"

enum {
        PRIORITY_HIGH = 3, // Freshdesk's number
        TAG_SIZE = 32,     // Freshdesk takes 32 characters
};

void outbox_clear(struct outbox *o) {
        for (size_t i = 0; i < o->n; i++)
                step_clear(&o->steps[i]);
        o->n = 0;
}

// Takes the reference to payload.
static int add(struct outbox *o, const char *kind, json_t *payload) {
        json_t *owned _cleanup_json_ = payload;
        struct step *st = &o->steps[o->n];

        if (!owned || o->n == OUTBOX_STEPS_MAX)
                return -ENOMEM;
        st->payload = json_text(owned);
        if (!st->payload)
                return -ENOMEM;
        str_copy(st->kind, sizeof(st->kind), kind);
        o->n++;
        return 0;
}

// For the team's own rules: a signal that is only shown changes nothing, and has no tag.
static void add_tags(const struct reply_facts *f, json_t *tags) {
        char tag[TAG_SIZE];

        for (size_t i = 0; f->signals && i < f->signals->n; i++) {
                const struct signal *s = &f->signals->items[i];
                snprintf(tag, sizeof(tag), "signal_%s", s->name);
                if (s->effect != SIGNAL_SHOW)
                        json_array_append_new(tags, json_string(tag));
        }
        if (f->language && !f->language->served) {
                snprintf(tag, sizeof(tag), "language_%s", language_code(f->language->guess.language));
                json_array_append_new(tags, json_string(tag));
        }
}

static bool urgent(const struct reply_facts *f) {
        for (size_t i = 0; f->signals && i < f->signals->n; i++)
                if (f->signals->items[i].effect != SIGNAL_SHOW)
                        return true;
        return false;
}

static int add_update(struct outbox *o, const struct reply_facts *f, int status, int priority_min) {
        json_t *tags = json_pack("[s, s, s]", "firstline", tier_name(f->verdict->tier), f->verdict->category);

        if (!tags)
                return -ENOMEM;
        add_tags(f, tags);
        return add(o, STEP_KIND_UPDATE,
                   json_pack("{s:i, s:i, s:o, s:O*}", "status", status, "priority_min",
                             urgent(f) ? MAX(priority_min, (int) PRIORITY_HIGH) : priority_min, "tags", tags, "had",
                             f->reading->tags));
}

// With what the decision was made from, where it was read from Freshdesk.
static json_t *reply_payload(const struct reply_facts *f, const char *html) {
        const struct guard_seen *seen = &f->reading->seen;

        if (!f->reading->from_freshdesk)
                return json_pack("{s:s, s:b}", "html", html, "approved", f->approved);
        return json_pack("{s:s, s:b, s:{s:I, s:I}}", "html", html, "approved", f->approved, "seen", "messages",
                         (json_int_t) seen->messages, "responder", (json_int_t) seen->responder_id);
}

static int add_escalation(struct outbox *o, const struct replies *r, const struct reply_facts *f,
                          const char *customer_html, bool acknowledge) {
        char *note _cleanup_free_ = NULL;
        int k = reply_for_agent(r, f, &note);

        if (k == 0 && acknowledge)
                k = add(o, STEP_KIND_REPLY, reply_payload(f, customer_html));
        if (k == 0)
                k = add(o, STEP_KIND_NOTE, json_pack("{s:s, s:b}", "html", note, "handover", 1));
        return k == 0 ? add_update(o, f, 0, PRIORITY_HIGH) : k;
}

static int add_draft(struct outbox *o, const struct replies *r, const struct reply_facts *f, const char *response) {
        char *draft _cleanup_free_ = NULL;
        int k = reply_as_draft(r, f, response, &draft);

        if (k == 0)
                k = add(o, STEP_KIND_NOTE, json_pack("{s:s}", "html", draft));
        return k == 0 ? add_update(o, f, 0, 0) : k;
}

static int add_answer(struct outbox *o, const struct settings *s, const struct reply_facts *f,
                      const char *customer_html) {
        int status = (int) settings_int(s, f->action == ACTION_AUTO_RESOLVE ? SETTING_FRESHDESK_RESOLVED
                                                                            : SETTING_FRESHDESK_PENDING);
        int k = add(o, STEP_KIND_REPLY, reply_payload(f, customer_html));

        return k == 0 ? add_update(o, f, status, 0) : k;
}

static int not_written(int k, struct error *e) {
        return error_set(e, k, ERROR_INTERNAL, "the reply could not be written: %s",
                         k == -EMSGSIZE ? "it is longer than its limit" : "not enough memory");
}

int outbox_fill_answer(const struct settings *s, const struct reply_facts *f, const char *customer_html,
                       struct outbox *ret, struct error *e) {
        struct outbox o _cleanup_outbox_ = {0};
        int k = add_answer(&o, s, f, customer_html);

        if (k < 0)
                return not_written(k, e);
        *ret = o;
        o.n = 0;
        return 0;
}

int outbox_fill(const struct settings *s, const struct replies *r, const struct reply_facts *f,
                const char *customer_html, const char *response, struct outbox *ret, struct error *e) {
        struct outbox o _cleanup_outbox_ = {0};
        const char *mode = settings_text(s, SETTING_MODE);
        bool draft = f->draft || str_eq(mode, "draft");
        int k = 0;

        if (str_eq(mode, "shadow")) {
                *ret = o;
                return 0;
        }
        if (f->action == ACTION_ESCALATE)
                // Who wrote again knows already that we are there, an answering machine must not be thanked without
                // end, and the acknowledgement is of a language that the customer may not read.
                k = add_escalation(&o, r, f, customer_html,
                                   !draft && !f->reading->follow_up && !f->reading->quiet &&
                                                   (!f->language || f->language->served) &&
                                                   settings_bool(s, SETTING_ACKNOWLEDGE));
        else if (draft)
                k = add_draft(&o, r, f, response);
        else
                k = add_answer(&o, s, f, customer_html);
        if (k < 0)
                return not_written(k, e);
        *ret = o;
        o.n = 0;
        return 0;
}
