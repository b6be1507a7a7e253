// Where a text may be cut: sentence ends, by Unicode punctuation and the usual abbreviations.
#pragma once

#include <stddef.h>

// The end of the sentence that starts at text[0], white space behind it included; n at the end. 0 only for n == 0.
size_t sentence_next(const char *text, size_t n);

// The same in the text of somebody who may begin sentences with a small letter. More is cut then than there are
// sentences, never less.
size_t sentence_next_loose(const char *text, size_t n);

// The largest cut point <= limit at a sentence end; else at white space; else at a character. Always > 0 for n, limit >
// 0.
size_t sentence_cut(const char *text, size_t n, size_t limit);
