// One ONNX model, loaded: token ids in, its output out. Any thread may run it; each run has its own memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/onnx.h"

struct session;

enum session_output {
        SESSION_TOKENS,   // a row per token: last_hidden_state, token_embeddings
        SESSION_SENTENCE, // one row, pooled by the model itself: sentence_embedding
};

// Loads and checks the model: it must want input_ids and perhaps attention_mask and token_type_ids (int64), and have
// one of the outputs above (float). o must outlive it. -ENOENT, -EINVAL (no model), -ENOTSUP (a model of another kind),
// -ENOMEM.
_warn_unused_ int session_open(const struct onnx *o, const char *path, struct session **ret, struct error *e);
struct session *session_free(struct session *s);
DEFINE_CLEANUP(struct session, session_free);

enum session_output session_output(const struct session *s);

// Runs the model on n ids and calls fn with its output, rows of `columns` values, which are valid during the call. What
// fn returns is returned. -EIO, -ENOMEM, -EINVAL (an id or a position that the model does not have).
_warn_unused_ int session_run(const struct session *s, const int64_t *ids, size_t n,
                              int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg,
                              struct error *e);
