// The automation rules: are ours there and right, and does another make a loop?
#include <inttypes.h>

#include "base/buffer.h"
#include "base/string.h"
#include "command/doctor.h"

enum { WORDS_MAX = 4096 }; // more than a finding shows

static const char connect_advice[] =
                "`firstline freshdesk connect` sets it right; with --dry-run it only shows what it "
                "would do.";

// False where there is nothing to look at: no account, or no address and secret that rules could have.
static bool rules_known(struct check_context *c, struct rule_wish *w) {
        *w = (struct rule_wish){.url = settings_text(c->settings, SETTING_WEBHOOK_URL),
                                .secret = settings_text(c->settings, SETTING_WEBHOOK_SECRET)};
        if (!c->connected)
                return false;
        connection_read_rules(&c->connection);
        return c->connection.rules_read == 0 && *w->url && *w->secret;
}

static void add_rule(struct check_context *c, size_t t, const struct rule_wish *w, struct buffer *words) {
        static const char *const what[CONNECTION_TYPES] = {"of new tickets", "of customers' replies"};
        const json_t *ours = rule_ours(connection_types[t], c->connection.rules[t].rules, w);
        unsigned faults = ours ? rule_faults(connection_types[t], ours, w) : 0;

        if (!ours)
                buffer_addf(words, "%sno rule tells Firstline %s", words->len ? "; " : "", what[t]);
        for (int i = 0; i < RULE_FAULT_COUNT_; i++)
                if (faults & 1u << i)
                        buffer_addf(words, "%srule %" PRId64 ": %s", words->len ? "; " : "", rule_id(ours),
                                    rule_fault_help((enum rule_fault) i));
}

static void look_at_rules(struct check_context *c, struct check_finding *f) {
        struct buffer words _cleanup_buffer_ = BUFFER_INIT(WORDS_MAX);
        struct rule_wish w;

        if (!rules_known(c, &w)) {
                if (c->connected && connection_without_rules(&c->connection))
                        finding_set(f, CHECK_NOTE,
                                    "Reading them needs an administrator's key: `firstline freshdesk check "
                                    "--freshdesk-api-key KEY` looks once with another one. README.md says what they "
                                    "must be.",
                                    "this key may not read automation rules (%d)", c->connection.rules_result.status);
                else if (c->connected && c->connection.rules_read < 0)
                        finding_set(f, CHECK_NOTE, "Try again.", "not read: %s", c->connection.rules_error.message);
                else if (c->connected)
                        finding_set(f, CHECK_NOTE,
                                    "Set WEBHOOK_URL and WEBHOOK_SECRET, then `firstline freshdesk connect`.",
                                    "not looked at: WEBHOOK_URL or WEBHOOK_SECRET is not set");
                return;
        }
        for (size_t t = 0; t < CONNECTION_TYPES; t++)
                add_rule(c, t, &w, &words);
        if (words.len)
                finding_set(f, CHECK_PROBLEM, connect_advice, "%s", buffer_str(&words));
        else
                finding_set(f, CHECK_OK, NULL, "both are there, for requesters only, with our address and secret");
}

static void look_at_loops(struct check_context *c, struct check_finding *f) {
        struct buffer words _cleanup_buffer_ = BUFFER_INIT(WORDS_MAX);
        struct rule_wish w;

        if (!rules_known(c, &w))
                return;
        for (size_t t = 0; t < CONNECTION_TYPES; t++) {
                const json_t *rules = c->connection.rules[t].rules, *ours = rule_ours(connection_types[t], rules, &w);

                for (size_t i = 0; i < json_array_size(rules); i++) {
                        const json_t *rule = json_array_get(rules, i);
                        const char *danger = rule == ours ? NULL : rule_danger(connection_types[t], rule, &w);
                        if (danger)
                                buffer_addf(&words, "%srule %" PRId64 " \"%.80s\" %s", words.len ? "; " : "",
                                            rule_id(rule), rule_name(rule), danger);
                }
        }
        if (words.len)
                finding_set(f, CHECK_PROBLEM,
                            "Switch these rules off, or set \"performed by\" to Requester: Admin, Automations.", "%s",
                            buffer_str(&words));
        else if (c->connection.rules[1].cascading)
                finding_set(f, CHECK_NOTE,
                            "Look that no rule replies, or posts to us, because of the status or the tags that "
                            "Firstline sets; or switch cascading off: Admin, Automations, settings.",
                            "rules see what other rules have done (cascading is on)");
        else
                finding_set(f, CHECK_OK, NULL, "no rule would answer Firstline, or bring back what it does");
}

const struct check check_rules = {"rules", look_at_rules};
const struct check check_loops = {"loops", look_at_loops};
