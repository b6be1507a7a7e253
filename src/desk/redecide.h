// A decision made again from what the database has of it: does it come out the same, and if not, what has changed
// since?
#pragma once

#include <jansson.h>

#include "desk/desk.h"

// {"ticket_id", "decided_at", "same", "inputs": [{"name", "then", "now", "same"}], "results": [the same]}: the newest
// decision. Inputs: text, model, classifier (what was learned, where that decided), knowledge, rules (triage's files
// and the thresholds, by hash), limit, mode (the setting); results: tier, category, confidence, language, signals,
// action, mode, answer. Nothing is stored and nothing is sent. -ENOENT: no such ticket, or none that was decided;
// -ENODATA: its text is no longer there.
_warn_unused_ int desk_redecide(struct desk *d, int64_t ticket_id, json_t **ret, struct error *e);
