// The text of one document, and the blocks it is made of, whatever format it was written in.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

enum block_kind { BLOCK_HEADING, BLOCK_TEXT, BLOCK_QUESTION, BLOCK_ANSWER };

enum { PAGE_LEVEL_BOLD = 4 }; // of a line that is a heading only because it is bold

struct block {
        enum block_kind kind;
        unsigned level;    // of a heading: 1 to 6
        size_t start, end; // bytes of the text, without white space around them
};

struct page {
        char *text; // valid UTF-8, NUL-terminated, "\n" as line break
        size_t n;
        char *title;          // of the document; NULL: it names none
        struct block *blocks; // in order
        size_t n_blocks, cap;
};

// Blocks without text are left out. Level over 6 counts as 6. 0 or -ENOMEM.
_warn_unused_ int page_add(struct page *p, enum block_kind kind, unsigned level, size_t start, size_t end);
// A copy of a block's text as one line, without Markdown's emphasis around it. NULL: no memory.
_warn_unused_ char *page_line(const struct page *p, size_t start, size_t end);
void page_clear(struct page *p);
#define _cleanup_page_ _cleanup_(page_clear)
