// A help centre to measure retrieval with: its articles written out as files in several layouts, and questions with the
// right one.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "knowledge/knowledge.h"

struct asked {
        char *question;
        char *document; // the right one; NULL: the help centre has no answer
        char *title;    // of the right article, where a document has several; NULL: any of the document
};

struct asked_list {
        struct asked *items;
        size_t n, cap;
};
void asked_clear(struct asked_list *l);
#define _cleanup_asked_ _cleanup_(asked_clear)

// X(id, name, help)
#define LAYOUT_TABLE(X)                                                                                                \
        X(PARAGRAPHS, "txt", "one .txt for each article: the question, then an answer a paragraph")                    \
        X(LINES, "lines", "one .txt for each article: the question, then an answer a line")                            \
        X(HEADING, "md", "one .md for each article: # question")                                                       \
        X(PAIRS, "qa", "one .txt for all: Q: and A: pairs")                                                            \
        X(PAGE, "html", "one .html for each article: <h1> question")                                                   \
        X(SECTIONS, "sections", "one .md for all: ## question")                                                        \
        X(ANSWERS, "answers", "one .md for each article: # question, ## Answer 1, ...")

enum layout {
#define LAYOUT(id, name, help) LAYOUT_##id,
        LAYOUT_TABLE(LAYOUT)
#undef LAYOUT
                        LAYOUT_COUNT_
};
const char *layout_name(enum layout l);

// Writes the articles of a JSON-lines file ("question", "answers", "queries" on each line) into an empty folder; adds
// the queries.
_warn_unused_ int helpcentre_write(const char *jsonl, const char *folder, enum layout layout, struct asked_list *l,
                                   struct error *e);

// Adds questions from a file of: document <tab> question [<tab> title]; document "-" means that there is no answer.
_warn_unused_ int asked_read_tsv(struct asked_list *l, const char *path, struct error *e);
// Adds every stride-th first field of a CSV file with a header line as a question without an answer.
_warn_unused_ int asked_read_csv(struct asked_list *l, const char *path, size_t stride, struct error *e);
// The same with the first fields of the arrays that `key` has in a JSON file.
_warn_unused_ int asked_read_json(struct asked_list *l, const char *path, const char *key, size_t stride,
                                  struct error *e);

struct retrieval {
        size_t answerable, top1, top3, found; // found: the right one first, and above the floor
        double reciprocal;                    // sum of 1 / rank
        size_t unanswerable, wrongly_found;
        struct grade { // one for each question: how like its best article is, from 0 (unrelated) to 1
                double score;
                double other; // the same of the best that is not the right one: what would be found if that were
                              // missing
                bool answerable, right;
        } * grades;
        size_t n;
};
void retrieval_clear(struct retrieval *r);
#define _cleanup_retrieval_ _cleanup_(retrieval_clear)

// The vectors of all questions, one after another, for several measurements. The caller frees.
_warn_unused_ int asked_embed(const struct asked_list *l, struct encoder *m, float **ret, struct error *e);

// Asks each question. vectors NULL: by keywords.
_warn_unused_ int retrieval_measure(struct knowledge *k, const struct asked_list *l, const float *vectors,
                                    size_t dimensions, struct retrieval *ret, struct error *e);
