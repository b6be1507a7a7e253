// Vectors of many texts, each computed once: what is stored under the model's version and the text's hash is not
// embedded again.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "model/encoder.h"
#include "store/store.h"

// Embeds n texts into out[n * dimensions]. Known ones come from the store (NULL: none), the others are embedded on up
// to `threads` threads (0: one per processor) and stored. progress (may be NULL) is called from the calling thread with
// how many of the n are there, before each block of 64 and at the end; never when all were known. A failing store only
// costs time. 0, -ENOMEM, -EIO, -EINVAL (an empty text): e says which text.
_warn_unused_ int vectors_embed(struct encoder *m, struct store *s, const char *const *texts, size_t n,
                                unsigned threads, float *out, void (*progress)(void *arg, size_t done, size_t all),
                                void *arg, struct error *e);

// Mean cosine between unrelated everyday sentences under this model: about 0.05 for MiniLM, 0.7 for gte-small. A
// threshold is set between it and 1, so that it means the same under every model.
_warn_unused_ int vectors_background(struct encoder *m, struct store *s, double *ret, struct error *e);
