// One ONNX model, loaded: token ids in, its output out. Any thread may run it; each run has its own memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/onnx.h"

struct session;

enum session_kind {
        SESSION_EMBEDDING,
        SESSION_CLASSIFIER, // of a text or a pair
};

enum session_output {
        SESSION_TOKENS,   // a row per token: last_hidden_state, token_embeddings
        SESSION_SENTENCE, // one row, pooled by the model itself: sentence_embedding
        SESSION_LOGITS,   // one row, a classifier's: logits
};

// Loads and checks the model: it must want input_ids and perhaps attention_mask and token_type_ids (int64), and have
// an output of its kind (float). o must outlive it. -ENOENT, -EINVAL (no model), -ENOTSUP (a model of another kind),
// -ENOMEM.
_warn_unused_ int session_open(const struct onnx *o, const char *path, enum session_kind kind, struct session **ret,
                               struct error *e);
struct session *session_free(struct session *s);
DEFINE_CLEANUP(struct session, session_free);

enum session_output session_output(const struct session *s);

// Runs the model on n ids, types being their token_type_ids (NULL: all 0), and calls fn with its output, rows of
// `columns` values, which are valid during the call. What fn returns is returned. -EIO, -ENOMEM, -EINVAL (an id or a
// position that the model does not have).
_warn_unused_ int session_run(const struct session *s, const int64_t *ids, const int64_t *types, size_t n,
                              int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg,
                              struct error *e);
