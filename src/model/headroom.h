// How much memory this process may still take, so that a model that cannot fit is refused instead of the process
// killed.
#pragma once

#include <stdint.h>

// Bytes: the least of what the machine has available, what the control group still allows and what the limit on address
// space leaves. INT64_MAX where nothing is known.
int64_t headroom_bytes(void);
