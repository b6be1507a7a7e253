// Why it came out so, for those who try: what each rung says, the passages that were not near enough, what keyword
// search alone would have found.
#pragma once

#include "desk/parts.h"
#include "desk/reading.h"

json_t *explain_outcome(struct desk *d, const struct reading *r, const struct outcome *o); // NULL: no memory
// of: the languages it was searched in; took_us: how long the answer took. NULL: no memory.
json_t *explain_answer(struct desk *d, const char *question, const struct answer *a, language_set of, int64_t took_us);
