// Who wrote a message: the requester, an agent, we, another AI agent, or somebody else on the customer's side. Told by
// user id, against the ticket and against what Freshdesk says of that id; `incoming` alone is never believed.
#pragma once

#include "desk/parts.h"

struct authors; // what is known of ids, kept for an hour

_warn_unused_ int authors_new(struct authors **ret, struct error *e);
struct authors *authors_free(struct authors *a);
DEFINE_CLEANUP(struct authors, authors_free);

// Our agent's id, asked for once. 0: not known. Any thread; may call Freshdesk.
int64_t author_me(struct desk *d);

// Marks the newest messages of the ticket that are of a participant: of a contact who is not the requester, such as a
// colleague in copy. Whoever cannot be told counts as an agent, for then nothing is sent. Any thread; may call
// Freshdesk, a few times at most.
void author_mark(struct desk *d, struct freshdesk_ticket *t);

// Is this agent another AI agent, by the setting OTHER_BOTS or by its type?
bool author_is_bot(struct desk *d, int64_t user_id);
