// How alike tickets are by their terms: the cosine of what they say, where a term counts more the fewer tickets have it
// and not much more for being said often (G. Salton, C. Buckley, Term-weighting approaches in automatic text retrieval,
// 1988: (1 + ln times) * (1 + ln((1 + n) / (1 + tickets)))).
#pragma once

#include <stddef.h>

#include "base/memory.h"
#include "triage/terms.h"

struct term_index;

// Of the terms of n tickets, which are not needed afterwards. 0 or -ENOMEM.
_warn_unused_ int term_index_new(const struct terms *all, size_t n, struct term_index **ret);
struct term_index *term_index_free(struct term_index *x);
DEFINE_CLEANUP(struct term_index, term_index_free);

// ret: of each of the n tickets, in [0, 1]. Terms that none of them has are not looked at. Any thread.
void term_index_liken(const struct term_index *x, const struct terms *t, double *ret);
