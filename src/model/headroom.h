// How much memory this process may still take, so that a model that cannot fit is refused instead of the process
// killed.
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

// Bytes: the least of what the machine has available, what the control group still allows and what the limit on address
// space leaves. INT64_MAX where nothing is known.
int64_t headroom_bytes(void);

// Is there room for a session on a model whose weights have `bytes`? 0, or -ENOMEM naming the file `onnx` and both
// sizes.
_warn_unused_ int headroom_check(const char *onnx, int64_t bytes, struct error *e);
