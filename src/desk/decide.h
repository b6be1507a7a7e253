// From what was understood and found to what is done about it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/desk.h"

enum { REASON_SIZE = 256 };

// The policy, in one place: tier_1, found and sure enough → auto_resolve; tier_2, found and sure enough → answer; all
// else → escalate. `to_person`: why a person takes over whatever is understood and found; NULL: no reason. reason: one
// sentence for people.
enum action decide(const struct verdict *v, const struct findings *f, const char *to_person, double min_confidence,
                   char reason[REASON_SIZE]);

// Is the best passage near enough to be sent to a customer unasked? By meaning that takes more than the floor, which is
// what somebody who asks is shown: requests that belong to no desk come that near (doc/quality.md).
bool decide_answers(const struct findings *f);

// What a ticket's sentences, each judged alone, make of an answer: where one is surely complex, or not all could be
// judged, it becomes an escalation. Other actions stay as they are. reason then ends with the sentence, from
// *ret_said_at on; 0: the customer's words are not in it.
enum action decide_alone(const struct alone *a, const struct verdict *v, enum action action, char reason[REASON_SIZE],
                         size_t *ret_said_at);

// What MAX_WRONG makes of an answer: under the category's threshold it becomes an escalation; where there is too little
// evidence *draft is set, and an agent looks at it first. Other actions stay as they are.
enum action decide_within(const struct limit *l, const struct verdict *v, enum action action, bool *draft,
                          char reason[REASON_SIZE]);
