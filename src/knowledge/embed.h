// The vectors of an index: those that were computed before are taken over, only the others are embedded.
#pragma once

#include "knowledge/index.h"

// Fills vectors, dimensions and background of x, whose texts are known and sorted. A failing encoder is logged, and x
// stays without vectors. 0, -ENOMEM, -ECANCELED.
_warn_unused_ int embed_texts(struct index *x, const struct index_parts *parts, const struct index *old,
                              struct error *e);
