// One line of the keyword table as it is looked for: words, beginnings of words ("crash*"), and gaps ("charged ..
// twice").
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/rows.h"
#include "text/words.h"

enum {
        PHRASE_PARTS_MAX = 8, // longer ones are never met word for word
        PHRASE_GAP_MAX = 3,   // words that ".." stands for
};

struct phrase_part {
        char word[WORD_SIZE];
        bool prefix; // any ending will do
        bool gap;    // up to PHRASE_GAP_MAX words may stand before it
};

struct phrase {
        struct phrase_part parts[PHRASE_PARTS_MAX];
        size_t n;
};

// The words are made comparable as those of tickets are. -EINVAL: no words, too many, or a gap at an end; -ENOMEM.
_warn_unused_ int phrase_parse(const char *text, struct phrase *ret);
// The same of a row's field: where phrase_parse says -EINVAL, naming file and line.
_warn_unused_ int phrase_read(const struct rows *r, const char *field, struct phrase *ret, struct error *e);
// Does it stand at word `at`?
bool phrase_matches(const struct phrase *p, const struct words *w, size_t at);
