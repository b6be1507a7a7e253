// Our automation rules as they are sent to Freshdesk.
#include "base/json.h"
#include "base/string.h"
#include "freshdesk/rule.h"

const char *rule_our_name(enum automation_type type) {
        return type == AUTOMATION_CREATION ? "Firstline: new tickets" : "Firstline: replies of customers";
}

static json_t *our_action(const struct rule_wish *w) {
        return json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:{s:s, s:s}}", "field_name", RULE_WEBHOOK, "request_type",
                         "POST", "url", w->url, "content_type", "JSON", "content_layout", "2", "custom_headers",
                         RULE_SECRET_HEADER, w->secret, "content", "ticket_id", "{{ticket.id}}", "triggered_event",
                         "{{triggered_event}}");
}

static bool posts_to(const json_t *action, const char *url) {
        const char *to = json_str_or_null(action, "url");

        return to && str_ieq(to, url);
}

// The team's other actions stay where they are; ours takes the place of the webhook that was.
static json_t *our_actions(const json_t *old, const struct rule_wish *w) {
        const json_t *actions = json_object_get(old, "actions");
        const json_t *replaced = rule_webhook(old, w->url);
        json_t *all = json_array();

        if (!replaced)
                replaced = rule_webhook(old, NULL);
        int r = all ? 0 : -1;
        for (size_t i = 0; r == 0 && i < json_array_size(actions); i++) {
                json_t *action = json_array_get(actions, i);
                if (action == replaced)
                        r = json_array_append_new(all, our_action(w));
                else if (!posts_to(action, w->url)) // a second one would bring each event twice
                        r = json_array_append(all, action);
        }
        if (r == 0 && !replaced)
                r = json_array_append_new(all, our_action(w));
        if (r < 0)
                json_decref(all);
        return r < 0 ? NULL : all;
}

// Conditions are mandatory: this one holds for every ticket.
static json_t *every_ticket(void) {
        return json_pack("[{s:s, s:s, s:[{s:s, s:s, s:s, s:[i, i, i, i]}]}]", "name", "condition_set_1", "match_type",
                         "any", "properties", "field_name", "priority", "resource_type", "ticket", "operator", "in",
                         "value", 1, 2, 3, 4);
}

json_t *rule_make(enum automation_type type, const json_t *old, const struct rule_wish *w) {
        static const char *const kept[] = {"operator", "position"};
        json_t *conditions = json_object_get(old, "conditions");
        json_t *rule = json_pack("{s:s, s:b, s:o, s:o}", "name", *rule_name(old) ? rule_name(old) : rule_our_name(type),
                                 "active", 1, "conditions",
                                 json_array_size(conditions) > 0 ? json_incref(conditions) : every_ticket(), "actions",
                                 our_actions(old, w));

        for (size_t i = 0; rule && i < ARRAY_LEN(kept); i++) {
                json_t *v = json_object_get(old, kept[i]);
                if (v && !json_is_null(v))
                        json_object_set(rule, kept[i], v);
        }
        if (rule && type == AUTOMATION_UPDATE) {
                json_object_set_new(rule, "performer", json_pack("{s:i}", "type", RULE_PERFORMER_REQUESTER));
                json_object_set_new(rule, "events",
                                    json_pack("[{s:s}, {s:s, s:s}]", "field_name", "reply_sent", "field_name",
                                              "note_type", "value", "public"));
        }
        return rule;
}

// Ours for every ticket, and what says the same in other words: any priority.
bool rule_has_conditions(const json_t *rule) {
        const json_t *conditions = json_object_get(rule, "conditions");
        json_t *every _cleanup_json_ = every_ticket();

        return json_array_size(conditions) > 0 && every && !json_equal(conditions, every);
}
