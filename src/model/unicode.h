// Text as code points, and what tokenizers ask of Unicode: classes of characters, lower case, normal forms.
//
// Classes follow ECMAScript's, because the reference implementation is written in it. Which characters exist is up to
// the version of Unicode that utf8proc knows.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

// A growing sequence of code points. All adders return 0, -ENOMEM, or -EMSGSIZE when it would exceed CODEPOINTS_MAX.
struct codepoints {
        uint32_t *at;
        size_t n, cap;
};

// No text is longer: 64 MiB of them. A normalizer that replaces a character by several, many times over, ends here.
#define CODEPOINTS_MAX ((size_t) 16 << 20)

_warn_unused_ int codepoints_add(struct codepoints *c, uint32_t cp);
_warn_unused_ int codepoints_append(struct codepoints *c, const uint32_t *at, size_t n);
_warn_unused_ int codepoints_decode(struct codepoints *c, const char *utf8, size_t n); // ill-formed bytes become U+FFFD
void codepoints_clear(struct codepoints *c);
#define _cleanup_codepoints_ _cleanup_(codepoints_clear)

bool unicode_space(uint32_t cp);           // ECMAScript's \s: white space, line ends and U+FEFF, but not U+0085
bool unicode_word(uint32_t cp);            // ECMAScript's \w: ASCII letters, digits and the underscore
bool unicode_punctuation(uint32_t cp);     // category P, and the ASCII signs that BERT counts with it ($, +, <, ^, ...)
bool unicode_control(uint32_t cp);         // categories Cc, Cf, Co and Cs
bool unicode_mark(uint32_t cp);            // category M
bool unicode_mark_nonspacing(uint32_t cp); // category Mn
bool unicode_ideograph(uint32_t cp);       // the unified and compatibility ideographs of the Basic Multilingual Plane
// Is it of this general category ("Lu") or group of them ("L")? known: is there such a one?
bool unicode_category(uint32_t cp, const char *category);
bool unicode_category_known(const char *category);
bool unicode_assigned(uint32_t cp); // in the version of Unicode that utf8proc knows

// Each appends what becomes of in[0..n) to out, in time linear in n.
_warn_unused_ int unicode_lower(const uint32_t *in, size_t n,
                                struct codepoints *out); // full mapping, final sigma included
_warn_unused_ int unicode_decompose(const uint32_t *in, size_t n, bool compatibility,
                                    struct codepoints *out); // NFD, NFKD
_warn_unused_ int unicode_compose(const uint32_t *in, size_t n, bool compatibility,
                                  struct codepoints *out); // NFC, NFKC
