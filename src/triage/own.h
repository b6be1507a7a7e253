// The desk's own classifiers in the database: which one is in use, and taking it up.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"
#include "triage/triage.h"

// The tickets that a classifier was learned from, by their keys (triage/samples.h).
struct own_lessons {
        char *text;
        const char **keys; // sorted
        size_t n;
};
// Of what classifier_row has as seen; NULL: of none. -ENOMEM.
_warn_unused_ int own_lessons_of(const char *seen, struct own_lessons *ret);
// Of the classifier that is in use; none: of none. The errors of the store, -ENOMEM.
_warn_unused_ int own_lessons_in_use(struct store *s, struct own_lessons *ret, struct error *e);
bool own_lessons_have(const struct own_lessons *l, const char *key);
void own_lessons_clear(struct own_lessons *l);
#define _cleanup_own_lessons_ _cleanup_(own_lessons_clear)

// Takes the classifier `id` into use, here and in the database, from which every server follows. -ENOENT: there is no
// such one; -EINVAL: it was altered, or the errors of triage_adopt. Then nothing changes.
_warn_unused_ int own_use(struct triage *t, struct store *s, int64_t id, struct error *e);

// Takes up what the database says is in use, when that is another one than *in_use (an id; 0: none), and notes it
// there. One that cannot be used (another model, altered) is logged and noted as well: the rungs below go on. Cheap
// when nothing has changed. 0, or the store's errors.
_warn_unused_ int own_follow(struct triage *t, struct store *s, int64_t *in_use, struct error *e);
