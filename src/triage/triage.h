// What kind of ticket is it, and how sure are we: a chain of rungs, each of which works without the ones above it.
//
// classifier: learned from this desk's own tickets (`firstline train`) → zero_shot_model: a cross-encoder that reads
// the ticket with what each tier and category means (hypotheses.tsv), if there is one, mixed with → zero_shot: the
// ticket's vector against example lines (CONFIG_DIR/examples.tsv) and against what was learned from other businesses
// (CONFIG_DIR/classifier/) → keyword: a table of words (keywords.tsv) → none: complex, with confidence 0. Every verdict
// says which rung gave it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/encoder.h"
#include "store/store.h"

enum tier { TIER_1, TIER_2, TIER_COMPLEX, TIER_COUNT_ };
const char *tier_name(enum tier t);               // "tier_1", "tier_2", "complex"
int tier_parse(const char *name, enum tier *ret); // 0 or -EINVAL

enum triage_method { TRIAGE_CLASSIFIER, TRIAGE_ZERO_SHOT_MODEL, TRIAGE_ZERO_SHOT, TRIAGE_KEYWORD, TRIAGE_NONE };
const char *triage_method_name(enum triage_method m); // "classifier", "zero_shot_model", "zero_shot", ...

enum { CATEGORY_SIZE = 48, CATEGORIES_MAX = 64, VERDICT_WHY_SIZE = 200, TRIAGE_VERSION_SIZE = 17 };

// What one rung alone says of a ticket that several are heard on.
struct opinion {
        enum triage_method method;
        enum tier tier;
        double confidence;
        char category[CATEGORY_SIZE];
        double category_confidence;
};

enum { OPINIONS_MAX = 2 };

struct verdict {
        enum tier tier;
        char category[CATEGORY_SIZE];
        double confidence;          // probability that the tier is right, in [0, 1]
        double category_confidence; // the same of the category
        enum triage_method method;
        double tiers[TIER_COUNT_];         // sum to 1, or all 0
        double categories[CATEGORIES_MAX]; // in the order of triage_category()
        bool unlike;                       // it is like nothing that the classifier has learned
        char learned[TRIAGE_VERSION_SIZE]; // version of the classifier that was heard: the desk's, or the starter; "":
                                           // none
        char why[VERDICT_WHY_SIZE];        // the nearest example, or the words that counted
        struct opinion opinions[OPINIONS_MAX]; // of the rungs that were mixed, the upper one first
        size_t opinions_n;
        char stepped[VERDICT_WHY_SIZE]; // why the zero-shot model was not heard though there is one; "" otherwise
};

struct triage;

// Reads categories.tsv, examples.tsv and keywords.tsv of the folder. A malformed file is -EINVAL naming file and line.
// encoder and store may be NULL: then without the first rung, without stored vectors. Both are borrowed. An encoder
// that fails here costs only its rung (logged).
_warn_unused_ int triage_open(const char *config_dir, struct encoder *m, struct store *s, struct triage **ret,
                              struct error *e);
struct triage *triage_free(struct triage *t);
DEFINE_CLEANUP(struct triage, triage_free);

// The zero-shot model is heard from now on; before the first ticket. It is borrowed. weight: beside the rung below, in
// (0, 1]. budget_ms: what it may take for one ticket; what takes longer steps down to the rung below.
struct cross;
void triage_use_model(struct triage *t, struct cross *m, double weight, int64_t budget_ms);
// Why the last ticket was not read by it; "" when it was, or there is none. Any thread.
void triage_model_problem(const struct triage *t, char ret[VERDICT_WHY_SIZE]);

// The same without what was learned from this desk and without the zero-shot model: as on the first day.
void triage_classify_first_day(const struct triage *t, const char *subject, const char *body, const float *vector,
                               struct verdict *ret);

// Puts a classifier of the desk's own in the place of the one before; NULL: none any more. Takes c. -EINVAL when it was
// learned under another model than the encoder given at open, or knows no category that is left: then nothing changes
// and c is freed. Any thread.
struct classifier;
_warn_unused_ int triage_adopt(struct triage *t, struct classifier *c, struct error *e);
// The version of the classifier that this method hears now, "" where there is none: what verdicts have in `learned`.
void triage_learned(const struct triage *t, enum triage_method method, char ret[TRIAGE_VERSION_SIZE]);

struct labels;
struct intents;
const struct labels *triage_labels(const struct triage *t);
const struct intents *triage_intents(const struct triage *t);
size_t triage_categories(const struct triage *t);
const char *triage_category(const struct triage *t, size_t i);
// The reverse; triage_categories(): there is none of that name.
size_t triage_category_index(const struct triage *t, const char *name);
enum triage_method triage_best_method(const struct triage *t); // of the rungs that work

// subject and body are plain text, either may be empty; vector: of both, from the encoder given at open, NULL when
// there is none. Cannot fail: the last rung always answers. Any thread.
void triage_classify(const struct triage *t, const char *subject, const char *body, const float *vector,
                     struct verdict *ret);
