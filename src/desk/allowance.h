// What holds calls to Freshdesk back: its allowance, the circuit breaker, a refused key; as health and metrics show it.
#pragma once

#include <jansson.h>

#include "freshdesk/freshdesk.h"

// Adds "key", "breaker" and "families" to health's Freshdesk part.
void allowance_add_json(json_t *part, const struct freshdesk_view *v);
void allowance_set_gauges(const struct freshdesk_view *v);
// In words, what is held back now and why, into out; empty when nothing is.
void allowance_words(const struct freshdesk_view *v, char *out, size_t size);
