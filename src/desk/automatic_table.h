// The lines of config/automatic.tsv and config/followup.tsv's like, and where they are found in a mail.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "triage/phrases.h"

// X(id, name in the file, for people)
#define AUTOMATIC_KIND_TABLE(X)                                                                                        \
        X(BOUNCE, "bounce", "a report on delivery")                                                                    \
        X(REPORT, "report", "a report on abuse")                                                                       \
        X(AWAY, "away", "an absence note")                                                                             \
        X(NOTICE, "notice", "an automatic message")                                                                    \
        X(ACKNOWLEDGEMENT, "acknowledgement", "an acknowledgement")                                                    \
        X(RECEIPT, "receipt", "a read receipt")                                                                        \
        X(CALENDAR, "calendar", "a calendar notice")                                                                   \
        X(BULK, "bulk", "a newsletter")                                                                                \
        X(PERSON, "person", "a person")

// X(id, name in the file)
#define AUTOMATIC_PLACE_TABLE(X)                                                                                       \
        X(ADDRESS, "address")                                                                                          \
        X(NAME, "name")                                                                                                \
        X(SUBJECT, "subject")                                                                                          \
        X(HEADING, "heading")                                                                                          \
        X(IN_SUBJECT, "in_subject")                                                                                    \
        X(OPENING, "opening")                                                                                          \
        X(TEXT, "text")

enum automatic_kind {
#define AUTOMATIC_KIND(id, name, words) KIND_##id,
        AUTOMATIC_KIND_TABLE(AUTOMATIC_KIND)
#undef AUTOMATIC_KIND
                        KIND_COUNT_
};
enum automatic_place {
#define AUTOMATIC_PLACE(id, name) PLACE_##id,
        AUTOMATIC_PLACE_TABLE(AUTOMATIC_PLACE)
#undef AUTOMATIC_PLACE
                        PLACE_COUNT_
};
const char *automatic_kind_words(enum automatic_kind k);

struct automatic_line {
        enum automatic_kind kind;
        enum automatic_place place;
        double weight;
        char *text; // as in the file; of an address comparable
};

enum {
        AUTOMATIC_LINES_MAX = 8192, // thirty languages' worth
};

struct automatic {
        struct automatic_line *lines;
        size_t n, cap;
        struct phrases phrases; // of all places but "address"; values are lines
};

// An address as the lines know it: lower case, the part before the "@" without "-", "_" and ".". NULL: no memory.
_warn_unused_ char *automatic_address(const char *address);
