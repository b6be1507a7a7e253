// An article's passages: what is shown as an answer, and the windows of it that are embedded.
#pragma once

#include <stddef.h>

#include "base/memory.h"
#include "knowledge/article.h"
#include "knowledge/page.h"

struct passage {
        size_t article;    // index within the document
        size_t start, end; // what is shown: the whole article when it is short, else some of its paragraphs
        size_t from, to;   // the window within it that is searched
};

_warn_unused_ int passages_cut(const struct page *p, const struct article *articles, size_t n_articles,
                               struct passage **ret, size_t *ret_n);
// What is embedded for an article's title, with the headings above it where it is short, and for a passage: the same,
// then the window. NULL: no memory. The caller frees.
_warn_unused_ char *passage_title(const struct article *a);
_warn_unused_ char *passage_text(const struct page *p, const struct article *a, const struct passage *w);
