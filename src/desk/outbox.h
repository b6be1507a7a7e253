// What a decision puts into the outbox: the steps that make it true in Freshdesk, in their order.
#pragma once

#include "desk/reply.h"
#include "store/store.h"

enum { OUTBOX_STEPS_MAX = 3 };

#define STEP_KIND_REPLY                                                                                                \
        "reply" // {"html", "seen", "approved"}: a public reply; the customer gets it by mail, nobody can take it back
#define STEP_KIND_NOTE "note" // {"html", "handover"}: a private note for agents
#define STEP_KIND_UPDATE                                                                                               \
        "update" // {"status": 0 or number, "priority_min": 0 or 1 to 4, "tags": [...] to be added, "had": [...] that it
                 // had}

struct outbox {
        struct step steps[OUTBOX_STEPS_MAX];
        size_t n;
};
void outbox_clear(struct outbox *o);
#define _cleanup_outbox_ _cleanup_(outbox_clear)

// The answer itself, whatever the mode: verdict and action of the facts are read.
_warn_unused_ int outbox_fill_answer(const struct settings *s, const struct reply_facts *f, const char *customer_html,
                                     struct outbox *ret, struct error *e);

// By mode and action. `customer_html`: as reply_for_customer gave it; `response`: the same as plain text. In shadow
// mode: none.
_warn_unused_ int outbox_fill(const struct settings *s, const struct replies *r, const struct reply_facts *f,
                              const char *customer_html, const char *response, struct outbox *ret, struct error *e);
