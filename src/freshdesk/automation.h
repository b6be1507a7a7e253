// Freshdesk's automation rules: reading them, and making ours. Needs the key of an administrator.
//
// What is documented of them leaves much open; names and shapes are those of the API's reference and of rules that
// were read from real accounts. Numbers may come as text, lists bare or in an object, fields may be missing.
#pragma once

#include <jansson.h>

#include "freshdesk/freshdesk.h"

enum automation_type {
        AUTOMATION_CREATION = 1, // rules that run when a ticket is made
        AUTOMATION_UPDATE = 4,   // rules that run when it is updated
};

struct automation_rules {
        json_t *rules;  // array of objects, each one of Freshdesk's rules
        bool cascading; // rules see what other rules have done
};
void automation_rules_clear(struct automation_rules *a);
#define _cleanup_automation_rules_ _cleanup_(automation_rules_clear)

// At most 1,000 rules, which is more than an account may have. Failures as freshdesk_ticket; FRESHDESK_REFUSED (403) or
// FRESHDESK_NOT_FOUND where the key is no administrator's, or the plan has no such API. ret must be empty.
_warn_unused_ int automation_list(struct freshdesk *f, enum automation_type type, struct automation_rules *ret,
                                  struct freshdesk_result *r, struct error *e);
// Makes a rule (id 0), or writes one anew. *ret_id is its id.
_warn_unused_ int automation_save(struct freshdesk *f, enum automation_type type, int64_t id, const json_t *rule,
                                  int64_t *ret_id, struct freshdesk_result *r, struct error *e);
