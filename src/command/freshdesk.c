// `firstline freshdesk connect` and `check`: our automation rules, and the agent we act as.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/string.h"
#include "command/connection.h"
#include "command/list.h"
#include "command/output.h"
#include "freshdesk/webhook_url.h"

enum {
        WARNINGS_MAX = 8,
        WARNING_SIZE = 512,
        WHY_MAX = 1024,
        SCOPE_ALL = 1, // an agent that sees all tickets
        EXIT_NOT_RIGHT = 1,
};

// What became of one of our two rules.
enum rule_state { RULE_RIGHT, RULE_TO_CREATE, RULE_TO_CORRECT, RULE_CREATED, RULE_CORRECTED };

static const struct {
        const char *name, *words;
        enum output_style style;
} states[] = {
                [RULE_RIGHT] = {"right", "as it should be", OUTPUT_GOOD},
                [RULE_TO_CREATE] = {"to_create", "missing: connect makes it", OUTPUT_WARN},
                [RULE_TO_CORRECT] = {"to_correct", "not right: connect corrects it", OUTPUT_WARN},
                [RULE_CREATED] = {"created", "created", OUTPUT_GOOD},
                [RULE_CORRECTED] = {"corrected", "corrected", OUTPUT_GOOD},
};

static const char *const labels[CONNECTION_TYPES] = {"New tickets", "Replies"};
static const char *const types[CONNECTION_TYPES] = {"creation", "update"};

struct outcome_of_rule {
        enum rule_state state;
        int64_t id;
        char name[WARNING_SIZE];
        unsigned faults; // that it had
};

struct report {
        struct outcome_of_rule rules[CONNECTION_TYPES];
        char warnings[WARNINGS_MAX][WARNING_SIZE];
        size_t n_warnings;
};

static void warn(struct report *r, const char *fmt, ...) _printf_(2, 3);
static void warn(struct report *r, const char *fmt, ...) {
        struct error line = ERROR_INIT;
        char text[WARNING_SIZE];
        va_list ap;

        if (r->n_warnings == WARNINGS_MAX)
                return;
        va_start(ap, fmt);
        if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        // What an error may contain suits here as well: one line, no control characters, whole characters.
        error_set(&line, 0, ERROR_INTERNAL, "%s", text);
        (void) str_copy(r->warnings[r->n_warnings++], WARNING_SIZE, line.message);
}

// ---- what is there

static void look_at_agent(const struct connection *c, struct report *r) {
        if (c->agent_tickets > 0)
                warn(r,
                     "tickets are assigned to this agent (%" PRId64
                     "), so it is a person's: give Firstline an agent of "
                     "its own, or nobody can tell its replies from theirs",
                     c->agent_tickets);
        if (c->agent.scope > SCOPE_ALL)
                warn(r, "this agent does not see all tickets: set its scope to global access");
}

static void look_at_others(const struct connection *c, const struct rule_wish *w, struct report *r) {
        for (size_t t = 0; t < CONNECTION_TYPES; t++) {
                const json_t *rules = c->rules[t].rules, *ours = rule_ours(connection_types[t], rules, w);

                for (size_t i = 0; i < json_array_size(rules); i++) {
                        const json_t *rule = json_array_get(rules, i);
                        const char *danger = rule == ours ? NULL : rule_danger(connection_types[t], rule, w);
                        if (danger)
                                warn(r, "rule %" PRId64 " \"%s\" %s", rule_id(rule), rule_name(rule), danger);
                }
                if (ours && rule_has_conditions(ours))
                        warn(r,
                             "rule %" PRId64
                             " lets only some tickets through, and the poll knows nothing of that: name the "
                             "groups that are Firstline's in FRESHDESK_GROUPS, or set FRESHDESK_POLL=0 where the "
                             "others "
                             "must be left alone",
                             rule_id(ours));
        }
        if (c->rules[1].cascading)
                warn(r, "rules see what other rules have done (cascading is on): look that none of them posts to us "
                        "or replies because of what Firstline sets");
}

// ---- what is done

static int make(struct connection *c, size_t t, const json_t *old, const struct rule_wish *w,
                struct outcome_of_rule *ret, struct error *e) {
        json_t *rule _cleanup_json_ = rule_make(connection_types[t], old, w);
        struct freshdesk_result result;
        int64_t id = 0;

        if (!rule)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the rule");
        int r = automation_save(c->freshdesk, connection_types[t], old ? rule_id(old) : 0, rule, &id, &result, e);
        // A refusal may repeat what was refused.
        if (r < 0 && e && strstr(e->message, w->secret))
                return error_set(e, r, e->code, "Freshdesk refused the rule (%d)", result.status);
        if (r < 0)
                return r;
        ret->id = id;
        ret->state = old ? RULE_CORRECTED : RULE_CREATED;
        (void) str_copy(ret->name, sizeof(ret->name), rule_name(rule));
        return 0;
}

static int settle_rule(struct connection *c, size_t t, const struct rule_wish *w, bool change,
                       struct outcome_of_rule *ret, struct error *e) {
        const json_t *ours = rule_ours(connection_types[t], c->rules[t].rules, w);

        *ret = (struct outcome_of_rule){.state = RULE_TO_CREATE};
        (void) str_copy(ret->name, sizeof(ret->name), ours ? rule_name(ours) : rule_our_name(connection_types[t]));
        if (ours) {
                ret->id = rule_id(ours);
                ret->faults = rule_faults(connection_types[t], ours, w);
                ret->state = ret->faults ? RULE_TO_CORRECT : RULE_RIGHT;
        }
        return change && ret->state != RULE_RIGHT ? make(c, t, ours, w, ret, e) : 0;
}

// ---- what is shown

static json_t *faults_json(unsigned faults) {
        json_t *all = json_array();

        for (int i = 0; all && i < RULE_FAULT_COUNT_; i++)
                if (faults & 1u << i)
                        json_array_append_new(all, json_string(rule_fault_help((enum rule_fault) i)));
        return all;
}

static json_t *report_json(const struct connection *c, const struct report *r, const char *url, bool right) {
        json_t *rules = json_array(), *warnings = json_array();

        for (size_t t = 0; t < CONNECTION_TYPES; t++)
                json_array_append_new(rules, json_pack("{s:s, s:I, s:s, s:s, s:o}", "type", types[t], "id",
                                                       (json_int_t) r->rules[t].id, "name", r->rules[t].name, "state",
                                                       states[r->rules[t].state].name, "why",
                                                       faults_json(r->rules[t].faults)));
        for (size_t i = 0; i < r->n_warnings; i++)
                json_array_append_new(warnings, json_string(r->warnings[i]));
        return json_pack("{s:b, s:s, s:s, s:{s:I, s:s, s:s, s:s, s:i}, s:o, s:o}", "ok", right, "account",
                         freshdesk_host(c->freshdesk), "url", url, "agent", "id", (json_int_t) c->agent.id, "name",
                         c->agent.name, "email", c->agent.email, "type", c->agent.type, "scope", c->agent.scope,
                         "rules", rules, "warnings", warnings);
}

static void show_rule(size_t t, const struct outcome_of_rule *o) {
        struct buffer why _cleanup_buffer_ = BUFFER_INIT(WHY_MAX);

        for (int i = 0; i < RULE_FAULT_COUNT_; i++)
                if (o->faults & 1u << i)
                        buffer_addf(&why, "%s%s", why.len ? "; " : ": ", rule_fault_help((enum rule_fault) i));
        if (o->id)
                output_field(stdout, labels[t], "rule %" PRId64 " \"%s\" %s%s", o->id, o->name, states[o->state].words,
                             buffer_str(&why));
        else
                output_field(stdout, labels[t], "rule \"%s\" %s", o->name, states[o->state].words);
}

static void show(const struct connection *c, const struct report *r, const char *url) {
        output_field(stdout, "Account", "%s", freshdesk_host(c->freshdesk));
        output_field(stdout, "Agent", "%s <%s>, %" PRId64 "%s%s", c->agent.name, c->agent.email, c->agent.id,
                     *c->agent.type ? ", " : "", c->agent.type);
        output_field(stdout, "Posts to", "%s", url);
        for (size_t t = 0; t < CONNECTION_TYPES; t++)
                show_rule(t, &r->rules[t]);
        for (size_t i = 0; i < r->n_warnings; i++) {
                fputc('\n', stdout);
                output_styled(stdout, OUTPUT_WARN, "Mind");
                fputc('\n', stdout);
                output_paragraphs(stdout, r->warnings[i], 2, output_width(stdout));
        }
}

// ---- the command

static const struct command_option options[] = {
                {.name = "--dry-run", .help = "connect: show what would be done, and do nothing"},
                {.name = "--url", .value = "URL", .help = "public address of /webhook; WEBHOOK_URL if not given"},
                {.name = NULL},
};

static int check_wish(const struct invocation *i, const struct rule_wish *w, struct error *e) {
        const char *problem = webhook_url_problem(w->url);

        if (problem)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "WEBHOOK_URL %s", problem);
        if (str_empty(w->secret))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "WEBHOOK_SECRET is not set: the rules must prove themselves; `openssl rand -hex 32` "
                                 "makes a good one");
        if (settings_bool(i->settings, SETTING_WEBHOOK_TIMESTAMP))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "WEBHOOK_TIMESTAMP is true, and Freshdesk's rules cannot sign: Firstline would refuse "
                                 "all they post");
        return 0;
}

// What keeps us from going on, in words that say what to do.
static int check_connection(const struct connection *c, struct error *e) {
        if (c->reached < 0)
                return error_set(e, c->reached, c->error.code, "%s", c->error.message);
        if (connection_without_rules(c))
                return error_set(e, c->rules_read, c->rules_error.code,
                                 "this key may not read automation rules (%d): give --freshdesk-api-key an "
                                 "administrator's for this command, or make the two rules by hand as README.md says; "
                                 "plans without webhooks have none",
                                 c->rules_result.status);
        if (c->rules_read < 0)
                return error_set(e, c->rules_read, c->rules_error.code, "%s", c->rules_error.message);
        return 0;
}

static int connect_account(const struct invocation *i, bool change, struct error *e) {
        struct connection c _cleanup_connection_ = {.agent_tickets = -1};
        struct rule_wish w = {.url = invocation_value(i, "--url"),
                              .secret = settings_text(i->settings, SETTING_WEBHOOK_SECRET)};
        struct report report = {.n_warnings = 0};
        bool right = true;
        int r;

        if (!w.url)
                w.url = settings_text(i->settings, SETTING_WEBHOOK_URL);
        if ((r = check_wish(i, &w, e)) < 0 || (r = connection_open(i->settings, &c, e)) < 0)
                return r;
        connection_read_rules(&c);
        r = check_connection(&c, e);
        for (size_t t = 0; r == 0 && t < CONNECTION_TYPES; t++) {
                r = settle_rule(&c, t, &w, change, &report.rules[t], e);
                right = right && report.rules[t].state != RULE_TO_CREATE && report.rules[t].state != RULE_TO_CORRECT;
        }
        if (r < 0)
                return r;
        look_at_agent(&c, &report);
        look_at_others(&c, &w, &report);
        if (i->json)
                r = output_json(stdout, report_json(&c, &report, w.url, right), e);
        else
                show(&c, &report, w.url);
        return r < 0 ? r : right || invocation_value(i, "--dry-run") ? 0 : EXIT_NOT_RIGHT;
}

static int run(const struct invocation *i, struct error *e) {
        if (str_eq(i->operands[0], "connect"))
                return connect_account(i, !invocation_value(i, "--dry-run"), e);
        if (str_eq(i->operands[0], "check"))
                return connect_account(i, false, e);
        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not connect or check", i->operands[0]);
}

const struct command command_freshdesk = {
                .name = "freshdesk",
                .summary = "connect an account: make its automation rules, or check them",
                .operands = "connect|check",
                .about = "connect: makes the two automation rules that tell Firstline of new tickets and of replies "
                         "that customers write, or corrects those that are there. A second time changes nothing. "
                         "Names, conditions and other actions of rules that are there are kept. It needs the key of "
                         "an administrator, which may be given for this command alone.\n"
                         "check: looks at the same and changes nothing. The exit status is not 0 when something is "
                         "missing or not right.\n"
                         "Both say which agent Firstline acts as, and warn of rules that would make a loop.",
                .options = options,
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
