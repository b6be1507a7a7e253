// A document's articles: each question with its answer, each heading with its text.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "knowledge/page.h"

struct article {
        char *title;
        bool named;        // the document gives the title itself; else it is made from the file's name
        char *context;     // the headings above it, outermost first; "" when there are none
        size_t start, end; // its text in the page, without its title
};

// name: what the document is called when it does not say so itself. An article without text (a heading over others) is
// left out, unless it is all there is. The caller clears. 0 or -ENOMEM.
_warn_unused_ int articles_cut(const struct page *p, const char *name, struct article **ret, size_t *ret_n);
void articles_free(struct article *articles, size_t n);
