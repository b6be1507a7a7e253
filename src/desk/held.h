// How many automatic answers held for WATCH_HOURS: nobody opened the ticket again, corrected the answer, or gave
// another one.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "desk/desk.h"

int64_t held_watch_ms(const struct desk *d); // WATCH_HOURS

// Of the last 30 days, as metrics. A database that fails leaves them as they are.
void held_set_gauges(const struct desk *d, struct store *s);

// Of the answers in [from_ms, to_ms): {"hours", "automatic", "held", "reopened", "corrected", "answered_again",
// "waiting", "held_rate"}, and with `tables` "by_day" and "by_category" of the same counts. The rate is of those whose
// hours are over, or that failed; null for none. NULL: the database failed, or no memory.
json_t *held_json(const struct desk *d, struct store *s, int64_t from_ms, int64_t to_ms, bool tables, struct error *e);
