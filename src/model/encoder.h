// Text in, a vector of unit length out: an embedding model from a folder, run by ONNX Runtime on the CPU.
//
// The folder has an ONNX file (onnx/model_quantized.onnx, onnx/model.onnx, model_quantized.onnx, model.onnx, or the
// only *.onnx), tokenizer.json and config.json. ONNX Runtime is loaded at run time, so that a machine without it only
// loses this part.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"

struct encoder;

struct encoder_options {
        const char *folder;
        const char *runtime;   // path of the ONNX Runtime library; NULL or "": the default places
        unsigned parallel_max; // runs at a time, with those of all other models; 0: one per processor. More wait.
};

// Loads the model and tries it at its full length and with the largest token id. -ENOENT, -EINVAL (wrong type, broken,
// files that contradict each other), -ENOTSUP (a model or tokenizer of a kind that is not known), -EFBIG, -ENOMEM,
// -ELIBACC (no runtime): e says which file and what to do, with ERROR_MODEL_UNAVAILABLE.
_warn_unused_ int encoder_open(const struct encoder_options *o, struct encoder **ret, struct error *e);
struct encoder *encoder_free(struct encoder *m);
DEFINE_CLEANUP(struct encoder, encoder_free);

size_t encoder_dimensions(const struct encoder *m);
// Names weights and tokenizer by content (hex SHA-256, 16 characters), and the way of pooling and the limit of tokens
// with them: what vectors are stored and audited under.
const char *encoder_version(const struct encoder *m);
const char *encoder_name(const struct encoder *m);  // the folder's last part
size_t encoder_tokens_max(const struct encoder *m); // longer texts are cut here

// Mean of the token vectors (or what the model's folder says instead), normalised, into v[dimensions]. Text is UTF-8 of
// any length; one without a token gives -EINVAL. Any thread; blocks while parallel_max others run. -ENOMEM, -EIO (the
// runtime refused, or the vector is not finite).
_warn_unused_ int encoder_embed(struct encoder *m, const char *text, float *v, struct error *e);

float vector_dot(const float *a, const float *b, size_t n); // cosine, for vectors of unit length
