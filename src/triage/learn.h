// Learning from a desk's labelled tickets, from texts to a classifier that is better than what decides now, or not.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/encoder.h"
#include "store/store.h"
#include "triage/measure.h"
#include "triage/samples.h"
#include "triage/train.h"
#include "triage/triage.h"

enum { LEARN_COMPARED_MIN = 20 }; // rows; fewer say nothing of which is better

// The vectors of all samples, s->n * dimensions; those that the store (may be NULL) has are not computed again. The
// caller frees.
_warn_unused_ int learn_embed(struct encoder *m, struct store *st, const struct samples *s,
                              void (*progress)(void *arg, size_t done, size_t all), void *arg, float **ret,
                              struct error *e);

// Every .jsonl file of a folder, in the order of their names, each a group of its own.
_warn_unused_ int learn_read_folder(struct samples *s, const char *folder, const struct labels *labels,
                                    const struct intents *intents, struct error *e);

// What a classifier that has not seen a row says of it, as a verdict: labelled rows in, probabilities out.
void learn_verdict(const struct trained *t, const struct labels *labels, size_t row, struct verdict *ret);

struct learned {
        struct trained trained;
        struct measure fresh, current; // of the new one and of what decides now, on the same rows
        struct measure all;            // of the new one, on all rows, each while it was set aside
        bool better;
};
void learned_clear(struct learned *l);
#define _cleanup_learned_ _cleanup_(learned_clear)

// Learns, and compares on the rows that `seen` (may be NULL: none) does not name, which are those that the classifier
// in use has not learned from. Better is what measure_better() says. Fewer than LEARN_COMPARED_MIN rows:
// not better.
_warn_unused_ int learn(const struct triage *t, const struct samples *s, const float *vectors, const bool *seen,
                        const struct train_options *o, struct learned *ret, struct error *e);
