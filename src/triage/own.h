// The desk's own classifiers in the database: which one is in use, and taking it up.
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "store/store.h"
#include "triage/triage.h"

// Takes up what the database says is in use, when that is another one than *in_use (an id; 0: none), and notes it
// there. One that cannot be used (another model, altered) is logged and noted as well: the rungs below go on. Cheap
// when nothing has changed. 0, or the store's errors.
_warn_unused_ int own_follow(struct triage *t, struct store *s, int64_t *in_use, struct error *e);
