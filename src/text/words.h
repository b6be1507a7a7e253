// A text as words that can be compared: lower case, without accents and apostrophes, cut at Unicode word boundaries.
//
// "Don't PAY, François!" gives dont, pay, francois. Ideographs and kana, which are written without spaces, are one word
// each.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

enum {
        WORD_SIZE = 64,    // bytes kept of a word: longer ones are no words
        WORDS_MAX = 20000, // of a text; a long ticket has hundreds
};

struct words {
        char *text; // each word ends in a NUL
        size_t len, text_cap;
        uint32_t *at; // where each begins
        size_t n, cap;
};

// Adds the words of a UTF-8 text (ill-formed bytes part words), and behind them an empty word, so that no phrase spans
// two texts. Linear in the text's length; what comes after WORDS_MAX words is not read. 0 or -ENOMEM.
_warn_unused_ int words_add(struct words *w, const char *text);
void words_free(struct words *w);
#define _cleanup_words_ _cleanup_(words_free)

static inline const char *words_get(const struct words *w, size_t i) {
        return w->text + w->at[i];
}
