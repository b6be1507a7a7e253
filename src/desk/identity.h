// What a decision rests on beside the ticket, by hash: so that it can be said whether it would come out the same today.
#pragma once

#include "desk/parts.h"

enum { IDENTITY_SIZE = 17 }; // 16 hex digits

// Of the files that triage reads (categories, examples, keywords, intents, signals, the starter) and the
// settings that decide.
void identity_of_rules(const struct desk *d, char ret[IDENTITY_SIZE]);

// Of a ticket's text as it was read.
void identity_of_text(const char *subject, const char *body, char ret[IDENTITY_SIZE]);
