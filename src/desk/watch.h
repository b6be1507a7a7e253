// The watch: automatic answers that did not hold are counted against their category, and one of which too many did not
// falls back to drafts. It returns by new evidence, or by a person's word.
//
// Nothing is remembered but the answers themselves (store/answers.h) and from when on they count: a category has fallen
// back for as long as running_breaks() says so of its answers, and no answer ever makes it say less.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "desk/desk.h"

struct watched {          // a category
        int64_t since_ms; // the answers that count: since the evidence, or since a person's word
        char by[64];      // whose; "": the evidence
        size_t answers, wrong, waiting;
        bool fallen_back;
};

// Fills ret[] for each of the desk's categories; since_ms: when the evidence was kept. With the chance of a false
// alarm, 1 - certainty, divided among the categories.
_warn_unused_ int watch_count(const struct desk *d, struct store *s, int64_t since_ms, double max_wrong,
                              double certainty, struct watched ret[CATEGORIES_MAX], struct error *e);
json_t *watch_json(const struct watched *w); // NULL: no memory

// Why the watch sees little: MAX_WRONG is set, answers go out, and FRESHDESK_POLL=0 lets nobody read what people do
// after them. NULL: it sees. Static.
const char *watch_blind(const struct settings *s, bool freshdesk);
