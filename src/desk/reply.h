// From a decision to words: for the customer, and for the agent. Words come from templates and from passages, nowhere
// else.
#pragma once

#include "desk/desk.h"
#include "desk/reading.h"

struct replies; // the templates, loaded and checked

_warn_unused_ int replies_open(const char *config_dir, const char *team, struct replies **ret, struct error *e);
struct replies *replies_free(struct replies *r);
DEFINE_CLEANUP(struct replies, replies_free);

struct reply_facts {   // borrowed
        bool approved; // a person has read it
        int64_t ticket_id;
        const struct reading *reading;
        const struct verdict *verdict;
        const struct findings *findings;
        const struct spoken *language;       // NULL: not looked at again
        const struct signals_found *signals; // the same
        enum action action;
        bool draft; // an answer that an agent looks at first
        const char *reason;
};

// What the customer reads, as HTML: the answer, or for an escalation the acknowledgement. The caller frees. -ENOMEM,
// -EMSGSIZE.
_warn_unused_ int reply_for_customer(const struct replies *r, const struct reply_facts *f, char **ret_html);
// What the agent reads when a person takes over.
_warn_unused_ int reply_for_agent(const struct replies *r, const struct reply_facts *f, char **ret_html);
// The customer's answer as a draft, for an agent to check; `text`: the answer as plain text.
_warn_unused_ int reply_as_draft(const struct replies *r, const struct reply_facts *f, const char *text,
                                 char **ret_html);
