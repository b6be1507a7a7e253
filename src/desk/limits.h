// MAX_WRONG: from which confidence on each category is answered by itself, by evidence; and which is not, so that
// agents get drafts.
//
// The evidence is kept in the database by `firstline rehearse --keep`: tickets whose truth is known, through the very
// journey. It counts for the model and the method that it was made with, and for no other.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "desk/desk.h"
#include "desk/watch.h"
#include "triage/risk.h"

struct limits;

// Without MAX_WRONG limits_for says that nothing is limited. -ENOMEM.
_warn_unused_ int limits_new(struct desk *d, struct limits **ret, struct error *e);
struct limits *limits_free(struct limits *l);

// Thread-safe. Looks for newer evidence every half minute; a database that is away leaves what is known.
struct limit limits_for(struct limits *l, const struct verdict *v);
// For audit rows; NULL when nothing is limited (or no memory). What the watch has counted stands apart, because it is
// another one after each answer.
json_t *limit_json(const struct limit *l);
json_t *limit_watch_json(const struct limit *l);
// What the watch says of a category. -ENOENT: there is no such one, or nothing is limited.
_warn_unused_ int limits_watched(struct limits *l, const char *category, struct watched *ret, struct error *e);
// Something was said of an answer: the next look is not to wait. Any thread.
void limits_look_again(struct limits *l);
// Looks, when it is time: so a category falls back, and says so, without a ticket. Any thread.
void limits_tend(struct limits *l);
// How many categories have fallen back, and their names for people, as of the last look. Never waits for the database.
size_t limits_fallen_back(struct limits *l, char *names, size_t size);
// For GET /stats: {"max_wrong", "certainty", "evidence_date", "problem", "categories": [...]}; null without MAX_WRONG.
json_t *limits_json(struct limits *l);
