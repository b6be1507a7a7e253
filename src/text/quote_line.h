// What a single line of a mail says about the lines around it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { QUOTE_FOLDED_MAX = 400 }; // bytes: no line that marks something is longer

struct quote_line {
        const char *text; // without its line break, borrowed
        size_t n;
};

struct quote_folded { // trimmed, lower case, "'" for every apostrophe, without "*"
        char text[QUOTE_FOLDED_MAX + 1];
        size_t n;
        bool cut; // the line is longer
};

enum quote_header { // bits
        QUOTE_HEADER_NONE = 0,
        QUOTE_HEADER_FROM = 1,
        QUOTE_HEADER_SENT = 2,
        QUOTE_HEADER_TO = 4,
        QUOTE_HEADER_SUBJECT = 8,
};

void quote_fold(const struct quote_line *line, struct quote_folded *ret);

bool quote_is_blank(const struct quote_line *line);
bool quote_is_quoted(const struct quote_line *line);             // "> ..."
bool quote_is_rule(const struct quote_folded *f);                // "________", "--------"
bool quote_is_signature(const struct quote_folded *f);           // "--"
bool quote_is_original(const struct quote_folded *f);            // "-----Original Message-----"
bool quote_is_forward(const struct quote_folded *f);             // "Begin forwarded message:"
bool quote_is_delimiter(const struct quote_folded *f);           // "please type your reply above this line"
bool quote_is_device(const struct quote_folded *f);              // "Sent from my phone"
bool quote_is_footer(const struct quote_folded *f);              // "This e-mail is confidential"
bool quote_is_pointer(const char *folded);                       // "see below"
enum quote_header quote_header_of(const struct quote_folded *f); // "From: ..."

// "Best regards,", also with a name behind it.
bool quote_is_closing(const struct quote_line *line, const struct quote_folded *f);
bool quote_is_name_like(const struct quote_folded *f); // may stand under a closing: a name, a job, an address

// How many lines from lines[0] on (at most n) say "On ... somebody wrote:"; 0: they do not.
size_t quote_attribution(const struct quote_line *lines, size_t n);
