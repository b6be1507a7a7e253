// From what was understood and found to what is done about it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/desk.h"

enum { REASON_SIZE = 256 };

// The policy, in one place: tier_1, found and sure enough → auto_resolve; tier_2, found and sure enough → answer; all
// else → escalate. `follow_up`: the customer wrote again after an automatic answer, so a person takes over. reason: one
// sentence for people.
enum action decide(const struct verdict *v, const struct findings *f, bool follow_up, double min_confidence,
                   char reason[REASON_SIZE]);
