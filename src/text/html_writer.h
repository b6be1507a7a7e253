// Plain text as a reader of a page would see it: white space collapsed, line breaks only where they show.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct html_writer {
        struct buffer out;
        bool full; // the maximum is reached: everything after it is dropped
        bool line_has_text;
        bool space;       // collapsed white space before the next character
        bool cell;        // a table cell ended before it
        unsigned breaks;  // line breaks before it
        int32_t joiner;   // U+200C or U+200D, kept only between two visible characters
        unsigned pre;     // inside so many preformatted elements
        unsigned quote;   // inside so many quotations
        bool line_quoted; // the last line was
        unsigned indent;  // columns
        char marker[16];  // "- ", "2. ", "## ": goes in front of the next text
        bool single_line; // a heading or a title: line breaks become spaces
        bool escape_hash; // "#" at the start of a line gets a backslash, so that it is no heading
};

void html_writer_init(struct html_writer *w, size_t max);
// One character of text. Invisible ones are dropped, every kind of blank is a space.
void html_writer_char(struct html_writer *w, int32_t codepoint);
// n bytes of UTF-8 with character references.
void html_writer_text(struct html_writer *w, const char *s, size_t n);
void html_writer_newline(struct html_writer *w);                  // <br>
void html_writer_break(struct html_writer *w, unsigned at_least); // 1: a new line, 2: a blank line
void html_writer_cell(struct html_writer *w);
void html_writer_marker(struct html_writer *w, const char *marker); // copied
