// What Freshdesk said when it refused, in words: both shapes of its error bodies, and bodies that are neither.
#pragma once

#include <stddef.h>

#include "base/buffer.h"

enum { REFUSAL_MAX = 320 }; // bytes of words; leaves room in a struct error for what goes around them

// Adds "Validation failed: status: It should be one of 2,3 (invalid_value)" to out, or nothing when the body has no
// words that can be used (empty, HTML). Outside text: control characters are taken out, lengths are cut, and a text
// that repeats `secret` is left out.
void refusal_words(struct buffer *out, const char *body, size_t n, const char *secret);
