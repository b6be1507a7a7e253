#include "triage/triage.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "triage/classifier.h"
#include "triage/examples.h"
#include "triage/hypotheses.h"
#include "triage/intents.h"
#include "triage/keywords.h"
#include "triage/labels.h"
#include "triage/shares.h"
#include "triage/zero_shot.h"
#include "triage/zero_shot_model.h"

struct triage {
        struct labels labels;
        struct intents intents;
        struct examples *examples;
        struct keywords *keywords;
        struct classifier *starter; // NULL: none for this model
        char model[CLASSIFIER_MODEL_SIZE];
        size_t dimensions;      // of its vectors
        struct classifier *own; // the desk's; NULL: none yet
        pthread_rwlock_t lock;  // guards own: a new one takes its place while tickets are classified
        struct hypotheses *hypotheses;
        struct zero_shot_model model_rung; // without a cross: none
        char model_version[TRIAGE_VERSION_SIZE];
        pthread_mutex_t problem_lock; // guards problem
        char problem[VERDICT_WHY_SIZE];
};

static const char *const tier_names[TIER_COUNT_] = {
                [TIER_1] = "tier_1", [TIER_2] = "tier_2", [TIER_COMPLEX] = "complex"};
static const char *const method_names[] = {[TRIAGE_CLASSIFIER] = "classifier",
                                           [TRIAGE_ZERO_SHOT_MODEL] = "zero_shot_model",
                                           [TRIAGE_ZERO_SHOT] = "zero_shot",
                                           [TRIAGE_KEYWORD] = "keyword",
                                           [TRIAGE_NONE] = "none"};
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
        intents_clear(&t->intents);
        classifier_free(t->starter);
        classifier_free(t->own);
        free(t->hypotheses);
        pthread_rwlock_destroy(&t->lock);
        pthread_mutex_destroy(&t->problem_lock);
        free(t);
        return NULL;
}

static int load(struct triage *t, const char *config_dir, struct error *e) {
        char *categories _cleanup_free_ = file_join(config_dir, "categories.tsv");
        char *examples _cleanup_free_ = file_join(config_dir, "examples.tsv");
        char *keywords _cleanup_free_ = file_join(config_dir, "keywords.tsv");
        char *intents _cleanup_free_ = file_join(config_dir, "intents.tsv");
        char *hypotheses _cleanup_free_ = file_join(config_dir, "hypotheses.tsv");

        if (!categories || !examples || !keywords || !intents || !hypotheses)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        int r = labels_load(categories, &t->labels, e);
        if (r == 0)
                r = examples_load(examples, &t->labels, &t->examples, e);
        if (r == 0)
                r = keywords_load(keywords, &t->labels, &t->keywords, e);
        if (r == 0)
                r = intents_load(intents, &t->labels, &t->intents, e);
        if (r == 0)
                r = hypotheses_load(hypotheses, &t->labels, &t->hypotheses, e);
        return r;
}

// The starter is found by the model whose vectors it takes. One that is malformed stops the start, as any file does.
static int load_starter(struct triage *t, const char *config_dir, const struct encoder *m, struct error *e) {
        char *path _cleanup_free_ = str_printf("%s/classifier/%s.txt", config_dir, encoder_version(m));

        if (!path)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        str_copy(t->model, sizeof(t->model), encoder_version(m));
        t->dimensions = encoder_dimensions(m);
        if (!file_exists(path))
                return 0;
        int r = classifier_read(path, &t->starter, e);
        if (r == 0 && (strcmp(t->starter->model, t->model) != 0 || t->starter->dimensions != t->dimensions))
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s was learned under another model, %s", path,
                                 t->starter->model);
        return r;
}

int triage_open(const char *config_dir, struct encoder *m, struct store *s, struct triage **ret, struct error *e) {
        struct triage *t _cleanup_(triage_free_p) = calloc(1, sizeof(*t));
        struct error model = ERROR_INIT;

        if (!t)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        pthread_rwlock_init(&t->lock, NULL);
        pthread_mutex_init(&t->problem_lock, NULL);
        int r = load(t, config_dir, e);
        if (r == 0 && m)
                r = load_starter(t, config_dir, m, e);
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

size_t triage_category_index(const struct triage *t, const char *name) {
        int i = labels_find(&t->labels, name);

        return i == LABEL_NONE ? t->labels.n : (size_t) i;
}

const struct labels *triage_labels(const struct triage *t) {
        return &t->labels;
}

const struct intents *triage_intents(const struct triage *t) {
        return &t->intents;
}

// The lock is the one part of a triage that looking at it changes.
static pthread_rwlock_t *lock_of(const struct triage *t) {
        return (pthread_rwlock_t *) (uintptr_t) &t->lock;
}

void triage_learned(const struct triage *t, enum triage_method method, char ret[TRIAGE_VERSION_SIZE]) {
        const struct classifier *c = method == TRIAGE_ZERO_SHOT ? t->starter : NULL;

        if (method == TRIAGE_ZERO_SHOT_MODEL) {
                str_copy(ret, TRIAGE_VERSION_SIZE, t->model_version);
                return;
        }
        pthread_rwlock_rdlock(lock_of(t));
        if (method == TRIAGE_CLASSIFIER)
                c = t->own;
        str_copy(ret, TRIAGE_VERSION_SIZE, c ? c->version : "");
        pthread_rwlock_unlock(lock_of(t));
}

enum triage_method triage_best_method(const struct triage *t) {
        char own[TRIAGE_VERSION_SIZE];

        triage_learned(t, TRIAGE_CLASSIFIER, own);
        if (*own)
                return TRIAGE_CLASSIFIER;
        if (t->model_rung.cross)
                return TRIAGE_ZERO_SHOT_MODEL;
        if (t->examples->dimensions > 0)
                return TRIAGE_ZERO_SHOT;
        return keywords_count(t->keywords) > 0 ? TRIAGE_KEYWORD : TRIAGE_NONE;
}

// What the table says of an intent now counts, not what it said when it was learned.
static bool apply_intents(const struct triage *t, struct classifier *c) {
        bool any = false;

        for (size_t k = 0; k < c->n; k++) {
                const struct intent *x = intents_find(&t->intents, c->classes[k].name);
                if (x) {
                        c->classes[k].tier = x->tier;
                        str_copy(c->classes[k].category, CATEGORY_SIZE, t->labels.names[x->category]);
                }
                any = any || labels_find(&t->labels, c->classes[k].category) != LABEL_NONE;
        }
        return any;
}

int triage_adopt(struct triage *t, struct classifier *c, struct error *e) {
        struct classifier *next _cleanup_(classifier_free_p) = c, *before _cleanup_(classifier_free_p) = NULL;

        if (next && strcmp(next->model, t->model) != 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "the classifier was learned under model %s, and this is %s: train anew", next->model,
                                 *t->model ? t->model : "none");
        // The name of a model is not proof of it: a database is hostile, and vectors are read as long as this says.
        if (next && next->dimensions != t->dimensions)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "the classifier takes vectors of %zu values, and those of this model have %zu: train "
                                 "anew",
                                 next->dimensions, t->dimensions);
        if (next && !apply_intents(t, next))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "the classifier knows none of the categories in categories.tsv: train anew");
        pthread_rwlock_wrlock(&t->lock);
        before = t->own;
        t->own = TAKE_PTR(next);
        pthread_rwlock_unlock(&t->lock);
        return 0;
}

static void classify_none(const struct labels *labels, struct verdict *ret) {
        int category = labels_find(labels, category_unknown);

        *ret = (struct verdict){.tier = TIER_COMPLEX, .method = TRIAGE_NONE};
        str_copy(ret->category, sizeof(ret->category), labels->names[category == LABEL_NONE ? 0 : category]);
        str_copy(ret->why, sizeof(ret->why), "nothing known was found in it");
}

// Even where all is clear, something about one ticket in fifty is not in its words.
static const double OWN_DOUBT = 0.02;

static void add_doubt(double *shares, size_t n) {
        for (size_t i = 0; i < n; i++)
                shares[i] = shares[i] * (1 - OWN_DOUBT) + OWN_DOUBT / (double) n;
}

// By what was learned from this desk, with what is said of it on the first day. False: there is nothing, or the vector
// cannot be used.
static bool classify_own(const struct triage *t, struct likened x, const struct verdict *first, struct verdict *ret) {
        struct verdict v = {.method = TRIAGE_CLASSIFIER};
        struct classified c;
        char why[VERDICT_WHY_SIZE];
        bool done = false;

        pthread_rwlock_rdlock(lock_of(t));
        if (t->own && classifier_apply(t->own, &t->labels, x, &c) == 0 && isfinite(c.tiers[TIER_1])) {
                classified_mix(&c, t->own, first->tiers, first->categories, t->labels.n);
                memcpy(v.tiers, c.tiers, sizeof(v.tiers));
                memcpy(v.categories, c.categories, sizeof(v.categories));
                str_copy(v.learned, sizeof(v.learned), t->own->version);
                v.unlike = c.likeness < t->own->like_floor;
                snprintf(why, sizeof(why), "%s: %s", v.unlike ? "unlike all that was learned; nearest" : "intent",
                         t->own->classes[c.best].name);
                done = true;
        }
        pthread_rwlock_unlock(lock_of(t));
        if (!done)
                return false;
        add_doubt(v.tiers, TIER_COUNT_);
        add_doubt(v.categories, t->labels.n);
        shares_decide(&t->labels, &v);
        str_copy(v.why, sizeof(v.why), why);
        *ret = v;
        return true;
}

static void classify_first_day(const struct triage *t, const char *subject, const char *body, struct likened x,
                               struct verdict *ret) {
        struct keyword_scores words;
        struct classified starter;
        char why[VERDICT_WHY_SIZE * 2];

        // Without memory for the words the vector still decides, and without both a person does.
        if (keywords_score(t->keywords, subject, body, &words) < 0)
                words = (struct keyword_scores){0};
        *ret = (struct verdict){0};
        bool both = x.vector && t->starter && classifier_apply(t->starter, &t->labels, x, &starter) == 0 &&
                    isfinite(starter.tiers[TIER_1]);
        if (x.vector && zero_shot_classify(t->examples, &t->labels, &words, both ? &starter : NULL, x.vector, ret)) {
                if (both)
                        str_copy(ret->learned, sizeof(ret->learned), t->starter->version);
                return;
        }
        if (!keywords_classify(&t->labels, &words, ret)) {
                classify_none(&t->labels, ret);
                return;
        }
        snprintf(why, sizeof(why), "words: %s", words.words[ret->tier]);
        str_copy(ret->why, sizeof(ret->why), why);
}

// Without memory for the terms the vector still decides.
static struct likened liken(const char *subject, const char *body, const float *vector, struct terms *terms) {
        return (struct likened){.vector = vector,
                                .terms = vector && terms_of(subject, body, terms) == 0 ? terms : NULL};
}

void triage_classify_first_day(const struct triage *t, const char *subject, const char *body, const float *vector,
                               struct verdict *ret) {
        struct terms terms _cleanup_terms_ = {0};

        classify_first_day(t, subject, body, liken(subject, body, vector, &terms), ret);
}

// ---- the zero-shot model

// Verdicts by it are only as good as all that was mixed: model, words for the labels, starter, weight.
static void name_mix(struct triage *t) {
        struct digest *d = digest_new();
        uint8_t bytes[DIGEST_SIZE] = {0};

        if (!d)
                return;
        digest_update(d, cross_version(t->model_rung.cross), strlen(cross_version(t->model_rung.cross)));
        digest_update(d, t->hypotheses, sizeof(*t->hypotheses));
        digest_update(d, &t->model_rung.weight, sizeof(t->model_rung.weight));
        if (t->starter)
                digest_update(d, t->starter->version, strlen(t->starter->version));
        if (digest_end(d, bytes) == 0)
                digest_hex(bytes, (TRIAGE_VERSION_SIZE - 1) / 2, t->model_version);
}

void triage_use_model(struct triage *t, struct cross *m, double weight, int64_t budget_ms) {
        t->model_rung = (struct zero_shot_model){.cross = m, .weight = weight, .budget_ms = budget_ms};
        *t->model_version = '\0';
        if (m)
                name_mix(t);
}

// Guards what may change in a triage that is only looked at.
static pthread_mutex_t *problem_lock_of(const struct triage *t) {
        return (pthread_mutex_t *) (uintptr_t) &t->problem_lock;
}

void triage_model_problem(const struct triage *t, char ret[VERDICT_WHY_SIZE]) {
        pthread_mutex_lock(problem_lock_of(t));
        str_copy(ret, VERDICT_WHY_SIZE, t->problem);
        pthread_mutex_unlock(problem_lock_of(t));
}

// It is logged when it begins and when it ends, not for every ticket.
static void note_problem(const struct triage *t, const char *problem) {
        char *slot = (char *) (uintptr_t) t->problem;

        pthread_mutex_lock(problem_lock_of(t));
        if (*problem && !*slot)
                log_warning("triage goes on without the zero-shot model: %s", problem);
        else if (!*problem && *slot)
                log_info("the zero-shot model is heard again");
        str_copy(slot, VERDICT_WHY_SIZE, problem);
        pthread_mutex_unlock(problem_lock_of(t));
}

static struct opinion opinion_of(const struct verdict *v) {
        struct opinion o = {.method = v->method,
                            .tier = v->tier,
                            .confidence = v->confidence,
                            .category_confidence = v->category_confidence};

        str_copy(o.category, sizeof(o.category), v->category);
        return o;
}

// By the zero-shot model, mixed with what the rung below says. Where it fails the rung below stands, saying why.
static void classify_model(const struct triage *t, const char *subject, const char *body, const struct verdict *below,
                           struct verdict *ret) {
        struct verdict none = {.method = TRIAGE_NONE};
        struct entailed said;
        struct error why = ERROR_INIT;
        int r = zero_shot_model_read(&t->model_rung, t->hypotheses, &t->labels, subject, body, &said, &why);

        *ret = *below;
        if (r < 0) {
                str_copy(ret->stepped, sizeof(ret->stepped), why.message);
                if (r != -EINVAL) // a ticket without a word is not the model's fault
                        note_problem(t, ret->stepped);
                return;
        }
        note_problem(t, "");
        zero_shot_model_mix(&t->model_rung, t->hypotheses, &t->labels, &said, below, ret);
        str_copy(ret->learned, sizeof(ret->learned), t->model_version);
        str_copy(none.category, sizeof(none.category), below->category);
        zero_shot_model_mix(&t->model_rung, t->hypotheses, &t->labels, &said, &none, &none);
        ret->opinions[0] = opinion_of(&none);
        ret->opinions[1] = opinion_of(below);
        ret->opinions_n = 2;
}

void triage_classify(const struct triage *t, const char *subject, const char *body, const float *vector,
                     struct verdict *ret) {
        struct terms terms _cleanup_terms_ = {0};
        struct likened x = liken(subject, body, vector, &terms);
        struct verdict first;

        classify_first_day(t, subject, body, x, &first);
        if (vector && classify_own(t, x, &first, ret))
                return;
        if (t->model_rung.cross)
                classify_model(t, subject, body, &first, ret);
        else
                *ret = first;
}
