// HTML as a row of tokens: text, start tags, end tags. One pass, never back: time grows with the input, whatever is in
// it.
//
// Not a parser library's tree: libxml2 2.9 needs seconds for half a megabyte of attributes, or of end tags that close
// nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "text/html_element.h"

enum html_token_kind { HTML_TEXT, HTML_START, HTML_END, HTML_EOF };

struct html_slice { // of the input; not NUL-terminated
        const char *data;
        size_t n;
};

enum { HTML_NAME_MAX = 15 }; // longer than any element's name that means something here

struct html_token {
        enum html_token_kind kind;
        struct html_slice text;       // HTML_TEXT: references are not resolved yet
        bool raw;                     // the text is content of a raw element
        char name[HTML_NAME_MAX + 1]; // of a tag: lower case, cut
        const struct html_element *element;
        bool self_closing; // "<x/>"
        // The attributes that matter; the first of a name counts. data is NULL for one that is not there.
        struct html_slice style, hidden, alt, type, class_, cite, start;
};

struct html_tokens {
        const char *p, *end;
        const char *last_tag_end;    // behind the last '>' of the input: no tag ends after it
        const char *last_quote[2];   // the same for '"' and '\''
        char raw[HTML_NAME_MAX + 1]; // the raw element whose end tag comes next, "" outside
        bool raw_gone;               // the content of that element is not handed out
};

void html_tokens_init(struct html_tokens *t, const char *html, size_t n); // the input is borrowed
void html_tokens_next(struct html_tokens *t, struct html_token *ret);
