// HTML from tickets and documents to plain text, and text back into HTML without ever becoming markup.
#pragma once

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

// Plain text with line breaks where a reader would see them (blocks, br, list items as "- ", table cells), entities
// resolved, scripts, styles, comments and hidden elements gone, at most `max` bytes. NULL: no memory. The caller frees.
_warn_unused_ char *html_to_text(const char *html, size_t n, size_t max);

// As html_to_text, and *ret_title (the caller frees, NULL when there is none) from <title>, else the first heading;
// headings of the body are marked as Markdown headings ("# ", "## ") so that passages can be cut at them.
_warn_unused_ char *html_to_markdown(const char *html, size_t n, size_t max, char **ret_title);

void html_escape(struct buffer *out, const char *text, size_t n); // & < > " ' and control characters
// Escaped text with <br> at line breaks and paragraphs at blank lines.
void html_from_text(struct buffer *out, const char *text, size_t n);
