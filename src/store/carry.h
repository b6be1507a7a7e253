// What was erased stays erased when an older backup takes the place of the database: the database knows whom and what
// it was asked to forget (by a keyed hash, and by ticket), and that is done again in the copy, and written down there
// for the next time.
#pragma once

#include "store/erase.h"
#include "store/sqlite.h"

struct carried {
        int64_t erasures; // that the copy did not know of
        struct erased again;
};

// From an open database, that nobody else uses, to the file of a copy, that nobody has open. -EAGAIN and others: the
// copy is not to be used.
_warn_unused_ int carry_erasures(struct database *from, const char *to, struct carried *ret, struct error *e);
