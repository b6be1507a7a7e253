#include "freshdesk/rule.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/string.h"

#define PATH "/webhook"

enum {
        PERFORMER_AGENT = 1,
        PERFORMER_ANYBODY = 3,
        STATUS_OPEN = 2,
        LAYOUT_OWN = 2,       // "advanced": a body as we write it
        CONTENT_DEPTH_MAX = 4 // of a body: ours has one level, a wrapped one two
};

static const char *const fault_help[] = {
#define RULE_FAULT(id, help) [RULE_FAULT_##id] = help,
                RULE_FAULT_TABLE(RULE_FAULT)
#undef RULE_FAULT
};

const char *rule_fault_help(enum rule_fault fault) {
        return fault_help[fault];
}

// ---- reading what may have any shape

// A number, or a number as text; 0: neither.
static int64_t number_of(const json_t *v) {
        int64_t n = 0;

        if (json_is_integer(v))
                return (int64_t) json_integer_value(v);
        if (json_is_string(v) && str_to_int64(json_string_value(v), 0, INT64_MAX, &n) == 0)
                return n;
        return 0;
}

static bool text_is(const json_t *o, const char *key, const char *text) {
        const char *s = json_str_or_null(o, key);

        return s && str_ieq(s, text);
}

const char *rule_name(const json_t *rule) {
        const char *name = json_str_or_null(rule, "name");

        return name ? name : "";
}

int64_t rule_id(const json_t *rule) {
        return number_of(json_object_get(rule, "id"));
}

static bool is_webhook(const json_t *action) {
        return text_is(action, "field_name", RULE_WEBHOOK) || text_is(action, "name", RULE_WEBHOOK);
}

const json_t *rule_webhook(const json_t *rule, const char *url) {
        const json_t *actions = json_object_get(rule, "actions");

        for (size_t i = 0; i < json_array_size(actions); i++) {
                const json_t *action = json_array_get(actions, i);
                if (is_webhook(action) && (!url || text_is(action, "url", url)))
                        return action;
        }
        return NULL;
}

bool rule_posts_to(const json_t *rule, const char *url) {
        return rule_webhook(rule, url) != NULL;
}

// How surely a rule is ours: 3 by address and name, 2 by address, 1 by name alone; 0: it is not.
static unsigned likeness(enum automation_type type, const json_t *rule, const struct rule_wish *w) {
        const char *url = json_str_or_null(rule_webhook(rule, NULL), "url");
        bool named = str_eq(rule_name(rule), rule_our_name(type)), here = rule_posts_to(rule, w->url);

        if (here)
                return named ? 3 : 2;
        return named && url && str_ends(url, PATH) ? 1 : 0;
}

const json_t *rule_ours(enum automation_type type, const json_t *rules, const struct rule_wish *w) {
        const json_t *best = NULL;

        for (size_t i = 0; i < json_array_size(rules); i++) {
                const json_t *rule = json_array_get(rules, i);
                if (likeness(type, rule, w) > (best ? likeness(type, best, w) : 0))
                        best = rule;
        }
        return best;
}

// ---- the body

// Counts the placeholders of a body that may be there, and those that may not: customers' words are not escaped for
// certain, and break the JSON around them.
struct placeholders {
        unsigned id, event, other;
};

static void count_text(const char *s, struct placeholders *p) {
        static const char id[] = "{{ticket.id}}", event[] = "{{triggered_event}}";

        for (s = strstr(s, "{{"); s; s = strstr(s + 2, "{{")) {
                p->id += str_starts(s, id);
                p->event += str_starts(s, event);
                p->other += !str_starts(s, id) && !str_starts(s, event);
        }
}

static void count_placeholders(json_t *v, unsigned depth, struct placeholders *p) {
        const char *key;
        json_t *item;

        if (json_is_string(v))
                count_text(json_string_value(v), p);
        if (depth == 0 || !json_is_object(v))
                return;
        json_object_foreach(v, key, item) {
                count_placeholders(item, depth - 1, p);
        }
}

static bool body_right(const json_t *action) {
        struct placeholders p = {0};

        count_placeholders(json_object_get(action, "content"), CONTENT_DEPTH_MAX, &p);
        return p.id > 0 && p.event > 0 && p.other == 0;
}

static bool form_right(const json_t *action) {
        const json_t *layout = json_object_get(action, "content_layout");
        bool own = number_of(layout) == LAYOUT_OWN || text_is(action, "content_layout", "advanced");

        return text_is(action, "request_type", "POST") && text_is(action, "content_type", "JSON") && own;
}

// ---- the secret

// {"X-Webhook-Secret": "..."}, or a list of {"name" or "key", "value"}. NULL: not there.
static const json_t *secret_of(const json_t *action) {
        json_t *headers = json_object_get(action, "custom_headers");
        const char *key;
        json_t *value;

        json_object_foreach(headers, key, value) {
                if (str_ieq(key, RULE_SECRET_HEADER))
                        return value;
        }
        for (size_t i = 0; i < json_array_size(headers); i++) {
                const json_t *h = json_array_get(headers, i);
                if (text_is(h, "name", RULE_SECRET_HEADER) || text_is(h, "key", RULE_SECRET_HEADER))
                        return json_object_get(h, "value");
        }
        return NULL;
}

static bool same(const char *a, const char *b) {
        return digest_equal(a, strlen(a), b, strlen(b));
}

static bool is_masked(const char *s) {
        return strspn(s, "*.xX") == strlen(s);
}

static unsigned secret_faults(const json_t *action, const char *secret) {
        const json_t *sent = secret_of(action);
        const char *password = json_str_or_null(json_object_get(action, "auth_header"), "password");

        if (!sent && password)
                return same(secret, password) || is_masked(password) ? 0 : 1u << RULE_FAULT_SECRET_OTHER;
        if (!sent)
                return 1u << RULE_FAULT_SECRET_MISSING;
        if (!json_is_string(sent) || is_masked(json_string_value(sent)))
                return 0;
        return same(secret, json_string_value(sent)) ? 0 : 1u << RULE_FAULT_SECRET_OTHER;
}

// ---- who and what makes it run

static int64_t performer_of(const json_t *rule) {
        const json_t *performer = json_object_get(rule, "performer");

        return number_of(json_is_object(performer) ? json_object_get(performer, "type") : performer);
}

static bool is_reply(const json_t *event) {
        return text_is(event, "field_name", "reply_sent") ||
               (text_is(event, "field_name", "note_type") && text_is(event, "value", "public"));
}

static unsigned event_faults(const json_t *rule) {
        const json_t *events = json_object_get(rule, "events");
        bool reply = false, other = false;

        for (size_t i = 0; i < json_array_size(events); i++) {
                const json_t *event = json_array_get(events, i);
                reply = reply || text_is(event, "field_name", "reply_sent");
                other = other || !is_reply(event);
        }
        return (reply ? 0 : 1u << RULE_FAULT_EVENT_MISSING) | (other ? 1u << RULE_FAULT_EVENT_OTHER : 0);
}

unsigned rule_faults(enum automation_type type, const json_t *rule, const struct rule_wish *w) {
        const json_t *action = rule_webhook(rule, w->url);
        unsigned faults = json_bool_or(rule, "active", true) ? 0 : 1u << RULE_FAULT_INACTIVE;

        if (!action) {
                faults |= 1u << RULE_FAULT_URL;
                action = rule_webhook(rule, NULL);
        }
        faults |= form_right(action) ? 0 : 1u << RULE_FAULT_FORM;
        faults |= body_right(action) ? 0 : 1u << RULE_FAULT_BODY;
        faults |= secret_faults(action, w->secret);
        if (type == AUTOMATION_UPDATE) {
                faults |= performer_of(rule) == RULE_PERFORMER_REQUESTER ? 0 : 1u << RULE_FAULT_PERFORMER;
                faults |= event_faults(rule);
        }
        return faults;
}

// ---- dangers beside ours

static bool runs_for_agents(const json_t *rule) {
        int64_t performer = performer_of(rule);

        return performer == PERFORMER_AGENT || performer == PERFORMER_ANYBODY || performer == 0;
}

static bool reopens(const json_t *rule) {
        const json_t *actions = json_object_get(rule, "actions");

        for (size_t i = 0; i < json_array_size(actions); i++) {
                const json_t *action = json_array_get(actions, i);
                if (text_is(action, "field_name", "status") &&
                    number_of(json_object_get(action, "value")) == STATUS_OPEN)
                        return true;
        }
        return false;
}

static bool runs_on_replies(const json_t *rule) {
        const json_t *events = json_object_get(rule, "events");

        for (size_t i = 0; i < json_array_size(events); i++)
                if (is_reply(json_array_get(events, i)))
                        return true;
        return false;
}

const char *rule_danger(enum automation_type type, const json_t *rule, const struct rule_wish *w) {
        if (!json_bool_or(rule, "active", true))
                return NULL;
        if (type == AUTOMATION_UPDATE && rule_posts_to(rule, w->url) && runs_for_agents(rule))
                return "posts to us what agents do: each of our own replies would come back as an event";
        if (rule_posts_to(rule, w->url))
                return "posts to us as well: each event comes twice";
        if (type == AUTOMATION_UPDATE && runs_for_agents(rule) && runs_on_replies(rule) && reopens(rule))
                return "opens a ticket again when an agent replies: what we resolve would not stay resolved";
        return NULL;
}
