// ONNX Runtime: its library found and opened when it is needed, its errors in our words, its messages in our log.
#pragma once

#include <onnxruntime_c_api.h>

#include "base/error.h"
#include "base/memory.h"

struct onnx {
        const OrtApi *api;
        OrtEnv *env;
};

// path: the library; NULL or "": the first of the places named when this was built. The library stays open until the
// process ends, because it does not survive being closed. -ELIBACC, -ENOMEM, with ERROR_MODEL_UNAVAILABLE.
_warn_unused_ int onnx_open(const char *path, struct onnx *ret, struct error *e);
void onnx_close(struct onnx *o);

// Releases the status and says in e what it said. 0 for NULL; -ENOMEM, -ENOENT, -ENOTSUP, -EINVAL (model or input),
// -EIO (all else).
int onnx_result(const struct onnx *o, OrtStatus *status, struct error *e);
