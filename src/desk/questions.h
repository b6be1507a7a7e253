// What customers asked lately and no article answers, put together by likeness: the gap report of the desk's own
// tickets.
#pragma once

#include <jansson.h>

#include "desk/desk.h"

enum {
        QUESTIONS_MAX = 400,      // the newest, that are put together: some seconds of the model's time, once
        QUESTIONS_LOOKED = 20000, // tickets looked at for them
};

struct questions; // the vectors of those that were looked at last, in memory only: they are of customers' words

_warn_unused_ int questions_new(struct questions **ret, struct error *e);
struct questions *questions_free(struct questions *q);

// {"days", "questions", "grouped", "method", "groups": [{"tickets", "examples": [{"ticket_id", "text"}]}]}: how many
// there were in the last `days`, and groups of the newest, the most frequent first. Without a model (method "none")
// each stands alone, the newest first. May wait for the model for seconds; one at a time. NULL: e says why.
json_t *questions_json(struct desk *d, struct store *s, int64_t days, struct error *e);
