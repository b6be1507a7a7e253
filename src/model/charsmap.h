// SentencePiece's table of characters and what takes their place: the "Precompiled" normalizer of tokenizer.json, that
// is NFKC as it was when the model was made, with SentencePiece's own rules for white space and controls.
//
// The format, base64 in the file: 32 bits with the length of a double-array trie in bytes, its units of 32 bits (all
// little-endian, those of the library darts-clone), then the replacements, each ended by a NUL; the trie's values are
// places among them. The reference implementation does not read the table, it computes NFKC: it differs for U+200D,
// which the tables in use keep, for characters younger than the table, and for marks in another than the canonical
// order.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/unicode.h"

struct charsmap;

// -EINVAL: not base64, too short, a place or a value outside of the table, not UTF-8. -ENOMEM.
_warn_unused_ int charsmap_parse(const char *base64, struct charsmap **ret, struct error *e);
struct charsmap *charsmap_free(struct charsmap *m);
DEFINE_CLEANUP(struct charsmap, charsmap_free);

// Appends what becomes of in[0..n): at each place the longest sequence of the table counts. -ENOMEM, -EMSGSIZE.
_warn_unused_ int charsmap_run(const struct charsmap *m, const uint32_t *in, size_t n, struct codepoints *out);
