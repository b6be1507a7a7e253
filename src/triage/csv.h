// Comma-separated values (RFC 4180), one record at a time, unquoted in place.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS_MAX = 256 }; // columns of an export; Freshdesk's has about 40

struct csv {
        char *at; // where the next record begins; NUL-terminated text, which is changed
        char separator;
        size_t line; // of the record that was read last, from 1
        size_t lines;
        // Where the first quote opened that never closes, or that closes lines later in front of other text, as one
        // does that takes in the rows behind it; 0: none so far.
        size_t open_quote;
};

// Takes ";" or a tab for the separator when the first line has more of them than commas, and skips a byte order mark.
// A text whose lines end with a carriage return alone is taken as well.
void csv_begin(struct csv *c, char *text);
// The next record's fields, borrowed from the text; those beyond the record's end are "". Returns how many there were,
// at most `max` are given; 0 at the end. Empty lines are skipped.
size_t csv_next(struct csv *c, const char **fields, size_t max);
