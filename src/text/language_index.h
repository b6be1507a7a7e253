// The words and letters of language_table.h, found by their hash.
#pragma once

#include <stdint.h>

#include "base/memory.h"
#include "text/language.h"

enum script {
        SCRIPT_NONE, // no letter
        SCRIPT_LATIN,
        SCRIPT_CYRILLIC,
        SCRIPT_ARABIC,
        SCRIPT_DEVANAGARI,
        SCRIPT_GREEK,
        SCRIPT_HEBREW,
        SCRIPT_BENGALI,
        SCRIPT_GURMUKHI,
        SCRIPT_GUJARATI,
        SCRIPT_TAMIL,
        SCRIPT_TELUGU,
        SCRIPT_KANNADA,
        SCRIPT_MALAYALAM,
        SCRIPT_SINHALA,
        SCRIPT_THAI,
        SCRIPT_LAO,
        SCRIPT_BURMESE,
        SCRIPT_KHMER,
        SCRIPT_GEORGIAN,
        SCRIPT_ARMENIAN,
        SCRIPT_ETHIOPIC,
        SCRIPT_KANA,
        SCRIPT_HAN,
        SCRIPT_HANGUL,
        SCRIPT_COUNT_,
};

// Makes the index on the first call; before that nothing is found. 0 or -ENOMEM. Any thread.
_warn_unused_ int language_index_open(void);
// The languages that have this word, as words.h makes it; or this letter, of n bytes.
language_set language_of_word(const char *word);
language_set language_of_letter(const char *letter, size_t n);

enum script script_of(int32_t code_point);
language_set languages_of_script(enum script s);
