// A classifier: a ticket's likeness to landmarks (landmarks.h), tickets that were learned, gives its classes
// (intents, or tier with category) their scores; from their probabilities come those of tiers and categories, by adding
// them up.
//
// Kept as a text file: readable, small, the same on every machine, and with a checksum at its end.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "triage/kernel.h"
#include "triage/labels.h"
#include "triage/landmarks.h"
#include "triage/triage.h"

enum {
        CLASSIFIER_CLASSES_MAX = 1000, // intents; the largest public sets have 150
        CLASSIFIER_NAME_SIZE = 96,     // of an intent, with its NUL
        CLASSIFIER_VERSION_SIZE = 17,  // hex
        CLASSIFIER_MODEL_SIZE = 96,
        CLASSIFIER_DIMENSIONS_MAX = KERNEL_DIMENSIONS_MAX,
        CLASSIFIER_LANDMARKS_MAX = 10000, // a ticket is compared with all of them: a tenth of a millisecond a thousand
        CLASSIFIER_FILE_MAX = 64 * 1024 * 1024,
};

struct classifier_class {
        char name[CLASSIFIER_NAME_SIZE];
        enum tier tier;
        char category[CATEGORY_SIZE];
        size_t rows; // it was learned from
};

struct classifier {
        char model[CLASSIFIER_MODEL_SIZE]; // version of the encoder whose vectors it takes
        size_t dimensions;
        size_t n; // classes
        struct classifier_class *classes;
        struct landmarks *landmarks;
        float *weights;           // of each landmark a row of n: what likeness to it gives each class
        float *constants;         // n: what a class has that nothing speaks for
        float *centres;           // n rows of dimensions, unit length: the mean vector of a class
        double temperature;       // scores are divided by it before they become probabilities
        double mix, mix_category; // how much of what the example lines say of tier and category is heard beside it,
                                  // in [0, 1)
        double sharpness, sharpness_category; // of what comes of this: sums and means are less sure than they are right
        double like_floor; // a ticket whose likeness is lower is unlike all that was learned; -1: not known
        char version[CLASSIFIER_VERSION_SIZE]; // names its content; filled by reading and writing
};

struct classifier *classifier_free(struct classifier *c);
DEFINE_CLEANUP(struct classifier, classifier_free);
// All arrays made, all values 0, and the landmarks not ready yet. NULL: no memory, or more than the limits above.
struct classifier *classifier_new(size_t classes, size_t dimensions, size_t landmarks);

// The file as text, and its version. Weights are written with a fixed number of decimals, so that the text depends on
// them alone. NULL: no memory, or larger than CLASSIFIER_FILE_MAX. The caller frees.
_warn_unused_ char *classifier_text(struct classifier *c);
// The reverse. -EINVAL with ERROR_FILE_INVALID naming `what` and the line: not such a file, a later format, cut off,
// altered, a number out of range, a class twice. text is not changed.
_warn_unused_ int classifier_parse(const char *what, const char *text, size_t n, struct classifier **ret,
                                   struct error *e);
_warn_unused_ int classifier_read(const char *path, struct classifier **ret, struct error *e);

// Scores of all classes for a ticket, whose vector has c->dimensions, before the temperature. 0 or -ENOMEM.
_warn_unused_ int classifier_scores(const struct classifier *c, struct likened x, double *ret);
// In place: scores become probabilities that sum to 1.
void classifier_shares(const struct classifier *c, double *scores);
// How like the ticket is to the nearest class: the cosine with its centre, in [-1, 1].
double classifier_likeness(const struct classifier *c, const float *vector);

struct classified {
        double tiers[TIER_COUNT_];         // sum to 1
        double categories[CATEGORIES_MAX]; // by the labels; sum to 1, or all 0 when none of the classes' is there
        bool covered[CATEGORIES_MAX];      // by some class
        size_t best;                       // the likeliest class
        double likeness;
};
// Adds up the shares of the classes; likeness is left alone.
void classifier_sum(const struct classifier *c, const struct labels *labels, const double *shares,
                    struct classified *ret);
// In place: tiers and categories become the weighted geometric mean with those of the first day (the example lines),
// as the classifier mixes and sharpens them; of a category that no class covers the first day alone decides.
void classified_mix(struct classified *c, const struct classifier *by, const double *first_tiers,
                    const double *first_categories, size_t categories);
// The whole way from a ticket. 0, or -ENOMEM. Any thread.
_warn_unused_ int classifier_apply(const struct classifier *c, const struct labels *labels, struct likened x,
                                   struct classified *ret);
