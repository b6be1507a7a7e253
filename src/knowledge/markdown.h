// Markdown into plain text and blocks: what a customer can read in a mail, links written out.
#pragma once

#include <stddef.h>

#include "knowledge/page.h"

// Fills an empty page. The title: "title:" of the front matter, else the first block when it is a heading. 0, -ENOMEM,
// -EMSGSIZE (more text than its source, which no document needs).
_warn_unused_ int markdown_read(const char *markdown, size_t n, struct page *p);
