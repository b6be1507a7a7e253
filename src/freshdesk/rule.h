// An automation rule, judged: is it ours, does it do what ours must, would it loop? And ours, made. Pure functions.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "freshdesk/automation.h"

#define RULE_WEBHOOK "trigger_webhook"
#define RULE_SECRET_HEADER "X-Webhook-Secret"

enum { RULE_PERFORMER_REQUESTER = 2 };

struct rule_wish {
        const char *url;    // where our rules post
        const char *secret; // what they prove themselves with
};

// What keeps a rule from being what ours must be: X(id, help)
#define RULE_FAULT_TABLE(X)                                                                                            \
        X(INACTIVE, "it is switched off")                                                                              \
        X(URL, "it posts to another address")                                                                          \
        X(FORM, "it does not POST JSON of its own layout")                                                             \
        X(BODY, "its body is not the ticket's id and the event alone")                                                 \
        X(SECRET_MISSING, "it sends no X-Webhook-Secret")                                                              \
        X(SECRET_OTHER, "the secret it sends is not WEBHOOK_SECRET")                                                   \
        X(PERFORMER, "it runs for what agents do, too: our own replies would come back as events")                     \
        X(EVENT_MISSING, "it does not run when a customer replies")                                                    \
        X(EVENT_OTHER, "it runs for other events than replies")

enum rule_fault {
#define RULE_FAULT(id, help) RULE_FAULT_##id,
        RULE_FAULT_TABLE(RULE_FAULT)
#undef RULE_FAULT
                        RULE_FAULT_COUNT_
};
const char *rule_fault_help(enum rule_fault fault); // static

const char *rule_name(const json_t *rule); // borrowed; never NULL
int64_t rule_id(const json_t *rule);
// The rule's action that posts to url, else (url NULL) its first that posts anywhere. Borrowed; NULL: none.
const json_t *rule_webhook(const json_t *rule, const char *url);
bool rule_posts_to(const json_t *rule, const char *url);

const char *rule_our_name(enum automation_type type); // that we give to a rule we make
// The rule among those of this type that is ours: it posts to our address, or has the name that we give it and posts
// anywhere. Borrowed; NULL: none.
const json_t *rule_ours(enum automation_type type, const json_t *rules, const struct rule_wish *w);

// Its faults, as bits 1 << enum rule_fault. A secret that Freshdesk shows only as stars cannot be told from ours: that
// is none.
unsigned rule_faults(enum automation_type type, const json_t *rule, const struct rule_wish *w);

// The body that makes our rule, or that corrects `old` (NULL: none): name, conditions, position and other actions of
// that are kept, for they are the team's. NULL: no memory.
_warn_unused_ json_t *rule_make(enum automation_type type, const json_t *old, const struct rule_wish *w);

// Why a rule beside ours is dangerous, as a sentence; NULL: it is not. Static text.
const char *rule_danger(enum automation_type type, const json_t *rule, const struct rule_wish *w);
// Does it let only some tickets through? The poll knows nothing of that.
bool rule_has_conditions(const json_t *rule);
