// Documents in, passages and answers out. Documents are the .txt, .md and .html files of a folder and the folders in
// it.
//
// Never stops the service: what cannot be read is skipped and listed as a problem; without a model search goes by
// keywords; without documents nothing is found. An index is immutable; a changed folder gives a new one, swapped in
// while searches go on.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/encoder.h"
#include "store/store.h"
#include "text/language.h"

struct knowledge;

struct knowledge_options {
        const char *folder;
        double floor;            // 0 (any two texts) to 1 (the same text): what a passage must reach to count as found
        unsigned reload_s;       // 0: never looks by itself
        struct encoder *encoder; // borrowed; NULL: keyword search only
        struct store *store;     // borrowed; NULL: vectors are not kept
        void (*progress)(void *arg, size_t done, size_t all); // while passages are embedded; may be NULL
        void *progress_arg;
};

// Indexes the folder as it is (before it returns), then watches it. Fails only for lack of memory or threads.
_warn_unused_ int knowledge_open(const struct knowledge_options *o, struct knowledge **ret, struct error *e);
struct knowledge *knowledge_free(struct knowledge *k);
DEFINE_CLEANUP(struct knowledge, knowledge_free);

enum retrieval_method { RETRIEVAL_SEMANTIC, RETRIEVAL_KEYWORD, RETRIEVAL_NONE };
const char *retrieval_method_name(enum retrieval_method m); // "semantic", "keyword", "none"

struct finding {
        char *document; // path within the folder
        char *title;    // the article's: a question, a heading, or the document's title
        char *passage;  // word for word; of a question and answer only the answer
        double score;   // semantic: cosine, a third of it with the title, moved by exact codes; keyword: share of the
                        // question's words, weighted by rarity; in [0, 1]
        bool above;     // at least the floor
};
struct findings {
        enum retrieval_method method;
        bool found;            // the first one is above the floor
        struct finding *items; // best first, one for each article
        size_t n;
        double floor;     // on the scale of the scores
        char version[17]; // of the index: hash over all passages
};
void findings_clear(struct findings *f);
#define _cleanup_findings_ _cleanup_(findings_clear)

// vector: of the question, from the encoder given at open; NULL: keywords. Any thread. -ENOMEM.
_warn_unused_ int knowledge_search(struct knowledge *k, const char *question, const float *vector, size_t max,
                                   struct findings *ret, struct error *e);
// The same in documents of these languages only, and in those whose language cannot be told.
_warn_unused_ int knowledge_search_in(struct knowledge *k, language_set languages, const char *question,
                                      const float *vector, size_t max, struct findings *ret, struct error *e);

// What the documents with passages are written in.
struct knowledge_languages {
        language_set set;
        size_t documents;
        size_t unknown; // of these: those whose language cannot be told
};
void knowledge_languages(struct knowledge *k, struct knowledge_languages *ret);

struct knowledge_state {
        size_t documents, passages, problems;
        bool semantic;      // passages have vectors
        int64_t indexed_ms; // wall clock
        char version[17];
        char problem[ERROR_MESSAGE_MAX]; // the first one, "" when there is none
};
void knowledge_state(struct knowledge *k, struct knowledge_state *ret);
// Looks at the folder now; 1 when something had changed and was indexed, 0 when not, negative on failure (the old index
// stays).
_warn_unused_ int knowledge_reload(struct knowledge *k, struct error *e);
struct knowledge_document {       // borrowed
        const char *path, *title; // path: within the folder
        size_t passages;
        enum language language; // LANGUAGE_UNKNOWN where it cannot be told for sure: it counts for all
        const char *problem;    // NULL when well
};
void knowledge_documents(struct knowledge *k, void (*fn)(void *arg, const struct knowledge_document *doc), void *arg);
// The passages of one document in their order, at most max from the skip-th on: title of the article, and text.
// -ENOENT: there is no such document. Any thread.
_warn_unused_ int knowledge_passages(struct knowledge *k, const char *document, size_t skip, size_t max,
                                     void (*fn)(void *arg, const char *title, const char *passage), void *arg);
