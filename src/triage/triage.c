#include "triage/triage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "triage/examples.h"
#include "triage/keywords.h"
#include "triage/labels.h"
#include "triage/zero_shot.h"

struct triage {
        struct labels labels;
        struct examples *examples;
        struct keywords *keywords;
};

static const char *const tier_names[TIER_COUNT_] = {
                [TIER_1] = "tier_1", [TIER_2] = "tier_2", [TIER_COMPLEX] = "complex"};
static const char *const method_names[] = {
                [TRIAGE_ZERO_SHOT] = "zero_shot", [TRIAGE_KEYWORD] = "keyword", [TRIAGE_NONE] = "none"};
// Where a ticket goes that nothing is known of, unless the desk's own list does without it.
static const char category_unknown[] = "general";

const char *tier_name(enum tier t) {
        return tier_names[t];
}

int tier_parse(const char *name, enum tier *ret) {
        for (enum tier t = TIER_1; t < TIER_COUNT_; t++)
                if (str_eq(name, tier_names[t])) {
                        *ret = t;
                        return 0;
                }
        return -EINVAL;
}

const char *triage_method_name(enum triage_method m) {
        return method_names[m];
}

struct triage *triage_free(struct triage *t) {
        if (!t)
                return NULL;
        examples_free(t->examples);
        keywords_free(t->keywords);
        free(t);
        return NULL;
}

static int load(struct triage *t, const char *config_dir, struct error *e) {
        char *categories _cleanup_free_ = file_join(config_dir, "categories.tsv");
        char *examples _cleanup_free_ = file_join(config_dir, "examples.tsv");
        char *keywords _cleanup_free_ = file_join(config_dir, "keywords.tsv");

        if (!categories || !examples || !keywords)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        int r = labels_load(categories, &t->labels, e);
        if (r == 0)
                r = examples_load(examples, &t->labels, &t->examples, e);
        if (r == 0)
                r = keywords_load(keywords, &t->labels, &t->keywords, e);
        return r;
}

int triage_open(const char *config_dir, struct encoder *m, struct store *s, struct triage **ret, struct error *e) {
        struct triage *t _cleanup_(triage_free_p) = calloc(1, sizeof(*t));
        struct error model = ERROR_INIT;

        if (!t)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        int r = load(t, config_dir, e);
        if (r < 0)
                return r;
        if (m && t->examples->n > 0 && examples_embed(t->examples, m, s, &model) < 0)
                log_warning("triage goes on by keywords: %s", model.message);
        *ret = TAKE_PTR(t);
        return 0;
}

size_t triage_categories(const struct triage *t) {
        return t->labels.n;
}

const char *triage_category(const struct triage *t, size_t i) {
        return t->labels.names[i];
}

enum triage_method triage_best_method(const struct triage *t) {
        if (t->examples->dimensions > 0)
                return TRIAGE_ZERO_SHOT;
        return keywords_count(t->keywords) > 0 ? TRIAGE_KEYWORD : TRIAGE_NONE;
}

static void classify_none(const struct labels *labels, struct verdict *ret) {
        int category = labels_find(labels, category_unknown);

        *ret = (struct verdict){.tier = TIER_COMPLEX, .method = TRIAGE_NONE};
        str_copy(ret->category, sizeof(ret->category), labels->names[category == LABEL_NONE ? 0 : category]);
        str_copy(ret->why, sizeof(ret->why), "nothing known was found in it");
}

void triage_classify(const struct triage *t, const char *subject, const char *body, const float *vector,
                     struct verdict *ret) {
        struct keyword_scores words;
        char why[VERDICT_WHY_SIZE * 2];

        // Without memory for the words the vector still decides, and without both a person does.
        if (keywords_score(t->keywords, subject, body, &words) < 0)
                words = (struct keyword_scores){0};
        *ret = (struct verdict){0};
        if (vector && zero_shot_classify(t->examples, &t->labels, &words, vector, ret))
                return;
        if (!keywords_classify(&t->labels, &words, ret)) {
                classify_none(&t->labels, ret);
                return;
        }
        snprintf(why, sizeof(why), "words: %s", words.words[ret->tier]);
        str_copy(ret->why, sizeof(ret->why), why);
}
