// How a text is written, whatever it says: in capitals, with one mark after the other.
#pragma once

#include <stddef.h>

// X(id, name in signals.tsv)
#define SHOUT_TABLE(X)                                                                                                 \
        X(CAPITALS, "{capitals}") /* several words in a row, or all of a short text */                                 \
        X(EXCLAIMED, "{!!!}")     /* three or more in a row, or mixed with "?" */                                      \
        X(QUESTIONED, "{???}")

enum shout {
#define SHOUT(id, name) SHOUT_##id,
        SHOUT_TABLE(SHOUT)
#undef SHOUT
                        SHOUT_COUNT_
};

// Which one this is the name of; -1: none.
int shout_parse(const char *name);
// A bit for each that is found in one of the two texts.
unsigned shout_find(const char *subject, const char *text);
