// A keyword index in memory: SQLite's FTS5 with BM25. Built once, then only searched.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct fulltext;

_warn_unused_ int fulltext_new(struct fulltext **ret, struct error *e);
struct fulltext *fulltext_free(struct fulltext *f);
DEFINE_CLEANUP(struct fulltext, fulltext_free);

// id: the caller's. Words are folded (case, accents) and stemmed (Porter). Not after the first search.
_warn_unused_ int fulltext_add(struct fulltext *f, int64_t id, const char *title, const char *text, struct error *e);

struct fulltext_hit {
        int64_t id;
        double bm25; // larger is better
};
// The best of those that have any word of the query, at most `max` into hits. The query is data: no operator in it
// counts. Words that more than half of the texts have are left out when others remain. Number of hits, or negative. Any
// thread.
_warn_unused_ int fulltext_search(struct fulltext *f, const char *query, struct fulltext_hit *hits, size_t max,
                                  struct error *e);
// Share of the query's words, weighted by how rare they are here (idf), that text `id` has: 0 to 1, or negative.
double fulltext_coverage(struct fulltext *f, const char *query, int64_t id);
