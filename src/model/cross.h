// Two texts in, a score out: a cross-encoder from a folder, which reads a ticket and a sentence about it together and
// says how well the one follows from the other. An entailment (NLI) model or one with a single score, as ONNX.
//
// The folder is as encoder.h describes it. config.json tells by id2label (or label2id) which of the model's logits is
// "entailment"; a model with one logit needs no labels.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

struct cross;

struct cross_options {
        const char *folder;
        const char *runtime;   // path of the ONNX Runtime library; NULL or "": the default places
        unsigned parallel_max; // runs at a time, with those of all other models; 0: one per processor
};

// Loads the model and tries it at its full length. Errors as encoder_open, and -ENOTSUP for a classifier of something
// else.
_warn_unused_ int cross_open(const struct cross_options *o, struct cross **ret, struct error *e);
struct cross *cross_free(struct cross *m);
DEFINE_CLEANUP(struct cross, cross_free);

const char *cross_version(const struct cross *m); // names weights, tokenizer and reading by content, as encoder_version
const char *cross_name(const struct cross *m);    // the folder's last part
size_t cross_tokens_max(const struct cross *m);   // the ticket is cut so that both fit into it

// The logit of entailment, or the one logit: the larger, the better `hypothesis` fits `premise`; differences between
// hypotheses of one premise are what it means. Any thread; waits for its turn. -EINVAL: no word in the premise, or the
// hypothesis leaves no room for it; -ENOMEM; -EIO: the runtime refused, or the score is not finite.
_warn_unused_ int cross_score(struct cross *m, const char *premise, const char *hypothesis, double *ret,
                              struct error *e);
