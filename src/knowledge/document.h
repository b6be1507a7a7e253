// One document: read from a file or from memory, cut into articles and passages. Immutable and shared once made.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/memory.h"
#include "knowledge/article.h"
#include "knowledge/listing.h"
#include "knowledge/page.h"
#include "knowledge/passage.h"
#include "text/language.h"

struct document {
        unsigned references; // changed atomically
        char *path;
        struct file file;             // as it was seen when it was read; its path and problem are not used
        uint8_t content[DIGEST_SIZE]; // SHA-256 of the file's bytes
        struct page page;
        struct article *articles;
        size_t n_articles;
        struct passage *passages;
        size_t n_passages;
        enum language language; // LANGUAGE_UNKNOWN where it cannot be told for sure
        char *note;             // what was wrong with it: NULL when nothing; it may still have passages
};

// Reads the file. What cannot be read makes a document without passages and with a note. 0 or -ENOMEM.
_warn_unused_ int document_load(const struct file *file, struct document **ret);
// From bytes: for tests and measurements too.
_warn_unused_ int document_parse(const char *path, enum document_format format, const char *bytes, size_t n,
                                 struct document **ret);

struct document *document_ref(struct document *d);
struct document *document_unref(struct document *d); // NULL is fine; returns NULL
DEFINE_CLEANUP(struct document, document_unref);

const char *document_title(const struct document *d); // as it names itself, else after its file
