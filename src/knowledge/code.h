// Exact tokens in text: error codes, product and order numbers ("TW-429", "E1234", "error code 500"). An embedding
// model cannot tell one from another.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct code_set {
        uint64_t *hashes; // sorted, each once; of the codes in lower case without what stands between letters and
                          // digits
        size_t n, cap;
};

// Adds the codes of n bytes of text. 0 or -ENOMEM.
_warn_unused_ int code_add(struct code_set *s, const char *text, size_t n);
bool code_has(const struct code_set *s, uint64_t hash);
void code_clear(struct code_set *s);
#define _cleanup_codes_ _cleanup_(code_clear)
