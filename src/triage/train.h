// From labelled tickets to a classifier: kernel ridge regression (ridge.h) on the vectors of an embedding model.
//
// What is learned is a class per intent, or per tier and category where a desk has no intents. How sure the classifier
// may be is found on rows that it did not see: the rows are dealt into folds, each is scored by what was learned from
// the others.
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "triage/classifier.h"
#include "triage/samples.h"

enum {
        TRAIN_ROWS_MIN = 20,
        TRAIN_FOLDS = 5,
        TRAIN_ROWS_MANY = 4000, // from which on...
        TRAIN_FOLDS_MANY = 2,   // ...half of the rows teach nearly as much as four fifths, in a third of the time
        TRAIN_LANDMARKS = 2000, // more of them tell no more, and take longer: doc/quality.md
};

struct train_options {
        double balance; // how much more rows of a rare class count: 0 not at all, 1 so that each class counts the same
        size_t landmarks;                // at most so many of the rows; 0: the default, TRAIN_LANDMARKS
        unsigned threads;                // 0: one per processor
        const char *model;               // version of the encoder
        size_t dimensions;               // of the vectors
        const struct verdict *first_day; // of each row, by the example lines: then how much they are heard is found as
                                         // well; NULL: they are not
        bool by_intent;                  // a class per intent where a row has one; else per tier and category
        void (*progress)(void *arg, size_t done, size_t all); // may be NULL; counts regressions
        void *progress_arg;
};

// What the rows that were set aside say, each scored by a classifier that had not seen it.
struct trained {
        struct classifier *classifier; // learned from all rows, with the temperature of the rows set aside
        struct classified *held_out;   // one for each row
        size_t n;
};
void trained_clear(struct trained *t);
#define _cleanup_trained_ _cleanup_(trained_clear)

// vectors: s->n * dimensions, of unit length. Deterministic: equal rows in equal order give an equal classifier,
// whatever the threads. Rows with the same group, or the same text, are never dealt apart. -EINVAL: too few rows, or
// only one class; -ENOMEM.
_warn_unused_ int train_classifier(const struct samples *s, const float *vectors, const struct labels *labels,
                                   const struct train_options *o, struct trained *ret, struct error *e);
