// The language that a text is written in: by its script, by the words that hardly a sentence does without, and by
// letters that few languages have. Made for tickets of a line or three; for long texts its beginning is enough.
//
// "Unknown" is an answer. English is held to be likelier than the others, because its words stand in texts of all
// languages and because a name, a code or a quoted line must not make another language of an English text.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "text/language_table.h"

enum language {
#define LANGUAGE(id, code, name, script, words) LANGUAGE_##id,
        LANGUAGE_TABLE(LANGUAGE)
#undef LANGUAGE
                        LANGUAGE_COUNT_,
        LANGUAGE_UNKNOWN = LANGUAGE_COUNT_,
};

const char *language_code(enum language l); // "de"; NULL for LANGUAGE_UNKNOWN
const char *language_name(enum language l); // "German"; "an unknown language"
// By its code, small letters. -EINVAL: none that is told apart.
int language_parse(const char *code, size_t n, enum language *ret);

typedef uint64_t language_set; // bit per language
static inline language_set language_bit(enum language l) {
        return (language_set) 1 << l;
}

struct language_guess {
        enum language language;
        double confidence; // probability that it is right, in [0, 1]; 0 of LANGUAGE_UNKNOWN
};

// subject may be NULL. Words with digits or signs (addresses, codes, paths) do not count, and what stands in quotation
// marks only when there is nothing else. Linear in the text's length, of which the first 16 KiB are read. 0 or -ENOMEM.
// Any thread.
_warn_unused_ int language_of(const char *subject, const char *text, struct language_guess *ret);
