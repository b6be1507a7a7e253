// The alphabet of byte-level tokenizers: each byte has a character that can be seen and is no white space, so that any
// text is made of 256 characters. The one that GPT-2 began with, and all models of its kind have kept.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "model/unicode.h"

// Appends the characters of the UTF-8 bytes of in[0..n). -ENOMEM, -EMSGSIZE.
_warn_unused_ int bytes_alphabet(const uint32_t *in, size_t n, struct codepoints *out);

size_t bytes_of(uint32_t cp, uint8_t ret[4]); // the character in UTF-8: how many bytes

// The length of the first word of text[0..n), n > 0, by GPT-2's rule: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
// ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
size_t bytes_word(const uint32_t *text, size_t n);
