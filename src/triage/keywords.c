#include "triage/keywords.h"

#include <errno.h>
#include <math.h>

#include "base/rows.h"
#include "base/string.h"
#include "text/words.h"
#include "triage/phrases.h"
#include "triage/shares.h"
#include "triage/weightiest.h"

enum {
        KEYWORDS_MAX = 4096, // lines; a desk's vocabulary is hundreds
        WORDS_SHOWN_MAX = 5, // in a verdict's reason
};
static const double WEIGHT_MAX = 10;
static const double SCORE_MAX = 6; // more words of one kind make no one surer

// How much surer one point of weight makes. Chosen so that confidence equals accuracy on the development tickets
// (doc/triage.md).
static const double TIER_SHARPNESS = 1.4;
static const double CATEGORY_SHARPNESS = 1.5;
// Even where all words agree, about one ticket in twelve is another matter.
static const double DOUBT = 0.12;
// A head start that decides only ties: a missed complex ticket costs most, and a ticket about nothing in particular is
// "general".
static const double COMPLEX_START = 0.2;
static const double GENERAL_START = 0.25;

struct entry {
        char *text;         // as in the file, for people
        int tier, category; // -1: does not speak for any
        double weight;
};

struct keywords {
        struct entry *entries;
        size_t n, cap;
        struct phrases phrases; // values are entries
};

struct keywords *keywords_free(struct keywords *k) {
        if (!k)
                return NULL;
        for (size_t i = 0; i < k->n; i++)
                free(k->entries[i].text);
        free(k->entries);
        phrases_clear(&k->phrases);
        free(k);
        return NULL;
}

size_t keywords_count(const struct keywords *k) {
        return k->n;
}

static int parse_names(const struct rows *rows, const char **f, const struct labels *labels, struct entry *ret,
                       struct error *e) {
        enum tier tier = TIER_COMPLEX;

        ret->tier = ret->category = -1;
        if (!str_eq(f[0], "-")) {
                if (tier_parse(f[0], &tier) < 0)
                        return rows_error(rows, e, "\"%s\" is not a tier: tier_1, tier_2, complex or -", f[0]);
                ret->tier = (int) tier;
        }
        if (!str_eq(f[1], "-")) {
                int r = labels_read_category(labels, rows, f[1], &ret->category, e);
                if (r < 0)
                        return r;
        }
        if (ret->tier < 0 && ret->category < 0)
                return rows_error(rows, e, "the line speaks for no tier and no category");
        return 0;
}

struct reader {
        struct keywords *k;
        const struct labels *labels;
};

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        const struct reader *reader = arg;
        struct keywords *k = reader->k;
        struct entry entry = {0};
        struct phrase phrase;
        int r = parse_names(rows, f, reader->labels, &entry, e);

        if (r == 0)
                r = rows_weight(rows, f[2], -WEIGHT_MAX, WEIGHT_MAX, &entry.weight, e);
        if (r == 0)
                r = phrase_read(rows, f[3], &phrase, e);
        if (r < 0)
                return r;
        if (k->n == KEYWORDS_MAX)
                return rows_error(rows, e, "there can be at most %d lines", KEYWORDS_MAX);
        r = memory_grow((void **) &k->entries, &k->cap, k->n + 1, sizeof(*k->entries));
        if (r < 0 || !(entry.text = str_dup(f[3])))
                return -ENOMEM;
        k->entries[k->n] = entry;
        return phrases_add(&k->phrases, &phrase, k->n++);
}

int keywords_load(const char *path, const struct labels *labels, struct keywords **ret, struct error *e) {
        struct keywords *k _cleanup_(keywords_free_p) = calloc(1, sizeof(*k));

        if (!k)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the keywords");
        int r = rows_read(path, 4, "the keywords", add_row, &(struct reader){k, labels}, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(k);
        return 0;
}

struct search {
        const struct keywords *k;
        struct words words;
        bool seen[KEYWORDS_MAX];
        struct keyword_scores *scores;
        struct weightiest shown[TIER_COUNT_];
};

static void count(void *arg, size_t i, const struct phrase *phrase) {
        struct search *s = arg;
        const struct entry *entry = &s->k->entries[i];

        (void) phrase;
        if (s->seen[i])
                return;
        s->seen[i] = true;
        if (entry->category >= 0)
                s->scores->categories[entry->category] += entry->weight;
        if (entry->tier < 0)
                return;
        s->scores->tiers[entry->tier] += entry->weight;
        if (entry->weight > 0)
                weightiest_take(&s->shown[entry->tier], WORDS_SHOWN_MAX, entry->weight, entry->text);
}

static void write_shown(struct search *s) {
        for (int t = 0; t < TIER_COUNT_; t++)
                weightiest_join(&s->shown[t], s->scores->words[t], VERDICT_WHY_SIZE);
}

int keywords_score(const struct keywords *k, const char *subject, const char *body, struct keyword_scores *ret) {
        struct search *s _cleanup_free_ = calloc(1, sizeof(*s));

        *ret = (struct keyword_scores){0};
        if (!s)
                return -ENOMEM;
        s->k = k;
        s->scores = ret;
        int r = words_add(&s->words, subject);
        if (r == 0)
                r = words_add(&s->words, body);
        if (r == 0) {
                for (size_t i = 0; i < s->words.n; i++)
                        phrases_at(&k->phrases, &s->words, i, count, s);
                write_shown(s);
        }
        words_free(&s->words);
        for (int t = 0; t < TIER_COUNT_; t++) {
                ret->found = ret->found || ret->tiers[t] > 0;
                ret->tiers[t] = fmin(fmax(ret->tiers[t], -SCORE_MAX), SCORE_MAX);
        }
        for (size_t c = 0; c < CATEGORIES_MAX; c++)
                ret->categories[c] = fmin(fmax(ret->categories[c], -SCORE_MAX), SCORE_MAX);
        return r;
}

bool keywords_classify(const struct labels *labels, const struct keyword_scores *s, struct verdict *ret) {
        int general = labels_find(labels, "general");

        if (!s->found)
                return false;
        for (int t = 0; t < TIER_COUNT_; t++)
                ret->tiers[t] = TIER_SHARPNESS * (s->tiers[t] + (t == TIER_COMPLEX ? COMPLEX_START : 0));
        for (size_t c = 0; c < labels->n; c++)
                ret->categories[c] = CATEGORY_SHARPNESS * (s->categories[c] + ((int) c == general ? GENERAL_START : 0));
        shares_from_logs(ret->tiers, TIER_COUNT_, DOUBT);
        shares_from_logs(ret->categories, labels->n, DOUBT);
        shares_decide(labels, ret);
        ret->method = TRIAGE_KEYWORD;
        return true;
}
