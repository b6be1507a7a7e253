// Everything that a search needs, made once from a set of documents and never changed. Shared by counting references.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/memory.h"
#include "knowledge/code.h"
#include "knowledge/document.h"
#include "knowledge/listing.h"
#include "model/encoder.h"
#include "store/fulltext.h"
#include "store/store.h"

enum { INDEX_VERSION_SIZE = 17 };

struct row { // a passage, and where it belongs
        size_t document;
        size_t article; // counted over all documents
        const struct article *of;
        const struct passage *passage;
};

struct index {
        unsigned references; // changed atomically
        struct document **documents;
        size_t n_documents; // with those that have only a note
        struct row *rows;
        const struct article **articles;
        struct codes { // the exact tokens of each article
                struct code_set all, title;
        } * codes;
        size_t n_rows, n_articles;
        struct text {                      // what is embedded: the rows' passages, then the articles' titles
                uint8_t hash[DIGEST_SIZE]; // SHA-256
        } * texts;
        size_t n_texts;
        size_t *by_hash; // texts, sorted
        float *vectors;  // one of `dimensions` for each text; NULL: keywords only
        size_t dimensions;
        double background;         // cosine of unrelated texts under the model
        struct fulltext *fulltext; // ids are rows; NULL when there are none
        char version[INDEX_VERSION_SIZE];
        int64_t indexed_ms;
        size_t problems;
        char problem[ERROR_MESSAGE_MAX]; // the first one, "" when there is none
};

struct index_parts {             // all borrowed
        struct encoder *encoder; // NULL: keywords only
        struct store *store;
        void (*progress)(void *arg, size_t done, size_t all);
        void *arg;
        const bool *stop; // looked at between passages: true gives up with -ECANCELED
};

// What text i is. NULL: no memory. The caller frees.
_warn_unused_ char *index_text(const struct index *x, size_t i);

// Reads the documents of a listing; those of `old` (may be NULL) that did not change are taken over. *ret_changed: not
// the same documents as in `old`. 0 or -ENOMEM.
_warn_unused_ int index_load(const struct listing *l, const struct index *old, struct document ***ret, size_t *ret_n,
                             bool *ret_changed);
void index_unload(struct document **documents, size_t n);

// Takes the documents over when it succeeds. folder_problem may be NULL. Only passages that `old` does not have are
// embedded; without memory or a working encoder for that, the index is one for keywords. -ENOMEM, -ECANCELED.
_warn_unused_ int index_build(const struct index_parts *parts, struct document **documents, size_t n,
                              const char *folder_problem, const struct index *old, struct index **ret, struct error *e);
struct index *index_ref(struct index *x);
struct index *index_unref(struct index *x); // NULL is fine; returns NULL
DEFINE_CLEANUP(struct index, index_unref);
