#include "triage/zero_shot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/string.h"
#include "triage/shares.h"

// How these were found, and what else was tried, is in doc/triage.md. All lie on a plateau: half or double changes
// accuracy by about a point.
enum { VOTERS_MAX = 20 }; // nearest lines that vote; the far ones are about something else

// A line's voice is exp(cosine / VOICE_WIDTH).
static const double VOICE_WIDTH = 0.06;
// Share that every answer keeps when no voter is for it: twenty lines are not all there is to know.
static const double UNHEARD_SHARE = 0.02;
// How much a point of the keyword table counts beside the vote.
static const double WORDS_WEIGHT = 0.3;
// A complex ticket taken for a simple one costs more than the other way round.
static const double COMPLEX_WEIGHT = 1.3;

struct voter {
        size_t example;
        double cosine;
};

// Keeps the nearest, nearest first. Of equals the earlier line, so that the order of the file decides and not chance.
static size_t keep(struct voter voters[VOTERS_MAX], size_t n, struct voter v) {
        size_t at = n;

        while (at > 0 && voters[at - 1].cosine < v.cosine)
                at--;
        if (at == VOTERS_MAX)
                return n;
        if (n < VOTERS_MAX)
                n++;
        for (size_t i = n - 1; i > at; i--)
                voters[i] = voters[i - 1];
        voters[at] = v;
        return n;
}

static size_t nearest(const struct examples *x, const float *placed, struct voter voters[VOTERS_MAX]) {
        size_t n = 0;

        for (size_t i = 0; i < x->n; i++) {
                float cosine = vector_dot(placed, x->vectors + i * x->dimensions, x->dimensions);
                n = keep(voters, n, (struct voter){.example = i, .cosine = (double) cosine});
        }
        return n;
}

static void vote(const struct examples *x, const struct voter *voters, size_t n, struct verdict *v) {
        double all = 0;

        for (size_t i = 0; i < n; i++) {
                const struct example *item = &x->items[voters[i].example];
                double voice = exp((voters[i].cosine - voters[0].cosine) / VOICE_WIDTH);
                v->tiers[item->tier] += voice;
                v->categories[item->category] += voice;
                all += voice;
        }
        for (size_t t = 0; t < TIER_COUNT_; t++)
                v->tiers[t] /= all;
        for (size_t c = 0; c < CATEGORIES_MAX; c++)
                v->categories[c] /= all;
}

// votes: shares of n answers. evidence: points from the keyword table.
static void weigh(double *votes, const double *evidence, size_t n) {
        for (size_t i = 0; i < n; i++)
                votes[i] = log(votes[i] + UNHEARD_SHARE) + WORDS_WEIGHT * evidence[i];
}

static void explain(const struct examples *x, const struct voter *voters, size_t n, const struct keyword_scores *words,
                    struct verdict *v) {
        char why[VERDICT_WHY_SIZE * 8]; // an example is longer than what is shown of it

        for (size_t i = 0; i < n; i++)
                if (x->items[voters[i].example].tier == v->tier) {
                        snprintf(why, sizeof(why), "like: %s", x->items[voters[i].example].text);
                        str_copy(v->why, sizeof(v->why), why);
                        return;
                }
        snprintf(why, sizeof(why), "words: %s", words->words[v->tier]);
        str_copy(v->why, sizeof(v->why), why);
}

bool zero_shot_classify(const struct examples *x, const struct labels *labels, const struct keyword_scores *words,
                        const float *vector, struct verdict *ret) {
        struct voter voters[VOTERS_MAX];
        float *placed _cleanup_free_ = malloc(MAX(x->dimensions, 1) * sizeof(*placed));
        struct verdict v = {.method = TRIAGE_ZERO_SHOT};

        if (!placed || x->n == 0 || x->dimensions == 0 || examples_place(x, vector, placed) < 0)
                return false;
        size_t n = nearest(x, placed, voters);
        vote(x, voters, n, &v);
        weigh(v.tiers, words->tiers, TIER_COUNT_);
        weigh(v.categories, words->categories, labels->n);
        v.tiers[TIER_COMPLEX] += log(COMPLEX_WEIGHT);
        shares_from_logs(v.tiers, TIER_COUNT_);
        shares_from_logs(v.categories, labels->n);
        shares_decide(labels, &v);
        explain(x, voters, n, words, &v);
        *ret = v;
        return true;
}
