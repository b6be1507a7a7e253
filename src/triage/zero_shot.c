#include "triage/zero_shot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/string.h"
#include "triage/shares.h"

enum { VOTERS_MAX = 30 }; // nearest lines that vote; the far ones are about something else

// How these were found, and what else was tried, is in doc/triage.md. They lie on a plateau: half or double changes
// accuracy by about a point.
struct weighing {
        double width;     // a line's voice is exp(cosine / width); a narrow one trusts the nearest line
        double words;     // how much a point of the keyword table counts beside the vote
        double sharpness; // makes confidence equal accuracy; without it the vote is right more often than it says
};

// What is to be done about a topic is told by many lines a little, and by words; what it is about, by the nearest.
static const struct weighing tier_weighing = {.width = 0.09, .words = 0.5, .sharpness = 1.3};
static const struct weighing category_weighing = {.width = 0.06, .words = 0.3, .sharpness = 1.0};

// Share that every answer keeps when no voter is for it: thirty lines are not all there is to know.
static const double UNHEARD_SHARE = 0.02;
// A complex ticket taken for a simple one costs more than the other way round.
static const double COMPLEX_WEIGHT = 1.3;
// Even where all lines and words agree, about one ticket in forty is another matter.
static const double DOUBT = 0.04;

// How much the starter is heard, and a further head start for complex tickets, which it takes for simple ones when they
// are short. Found on businesses that it had not seen (doc/quality.md).
static const double STARTER_PART = 0.4;
static const double STARTER_COMPLEX_WEIGHT = 1.8;
// The mean of two opinions is less sure than either where they agree, and then it is right more often than it says.
static const double BOTH_TIER_SHARPNESS = 1.2;
static const double BOTH_CATEGORY_SHARPNESS = 1.1;
static const double SHARE_MIN = 1e-6;

struct voter {
        size_t example;
        double cosine;
};

struct voters {
        struct voter at[VOTERS_MAX]; // the nearest first
        size_t n;
};

// Of equals the earlier line, so that the order of the file decides and not chance.
static void keep(struct voters *v, struct voter one) {
        size_t at = v->n;

        while (at > 0 && v->at[at - 1].cosine < one.cosine)
                at--;
        if (at == VOTERS_MAX)
                return;
        if (v->n < VOTERS_MAX)
                v->n++;
        for (size_t i = v->n - 1; i > at; i--)
                v->at[i] = v->at[i - 1];
        v->at[at] = one;
}

static void nearest(const struct examples *x, const float *placed, struct voters *ret) {
        ret->n = 0;
        for (size_t i = 0; i < x->n; i++) {
                float cosine = vector_dot(placed, x->vectors + i * x->dimensions, x->dimensions);
                keep(ret, (struct voter){.example = i, .cosine = (double) cosine});
        }
}

static double voice(const struct voters *v, size_t i, const struct weighing *w) {
        return exp((v->at[i].cosine - v->at[0].cosine) / w->width);
}

// votes: voices for each of n answers, made into shares. evidence: points from the keyword table.
static void weigh(double *votes, const double *evidence, size_t n, const struct weighing *w) {
        double all = 0;

        for (size_t i = 0; i < n; i++)
                all += votes[i];
        for (size_t i = 0; i < n; i++)
                votes[i] = w->sharpness * (log(votes[i] / all + UNHEARD_SHARE) + w->words * evidence[i]);
}

// In place: log weights of the vote become a weighted mean with the logs of the starter's shares. What the starter does
// not cover keeps its share of the vote. sharpness makes confidence equal accuracy.
static void listen(double *votes, const double *starter, const bool *covered, size_t n, double sharpness) {
        double known = 0;

        shares_from_logs(votes, n, 0);
        for (size_t i = 0; i < n; i++)
                if (!covered || covered[i])
                        known += votes[i];
        for (size_t i = 0; i < n; i++) {
                bool both = !covered || covered[i];
                double vote = log(fmax(votes[i], SHARE_MIN));
                double other = both ? log(fmax(starter[i] * known, SHARE_MIN)) : vote;
                votes[i] = sharpness * ((1 - STARTER_PART) * vote + STARTER_PART * other);
        }
}

// A category that the desk has just made: no line, no word and no ticket of another business speaks for it, and how
// much it is meant cannot be told from silence.
static void leave_out_unknown(const struct examples *x, const struct keyword_scores *words,
                              const struct classified *starter, double *categories, size_t n) {
        double known = 0;

        for (size_t i = 0; i < n; i++) {
                if (!x->covered[i] && words->categories[i] == 0 && !(starter && starter->covered[i]))
                        categories[i] = 0;
                known += categories[i];
        }
        for (size_t i = 0; i < n; i++)
                categories[i] /= known;
}

static void explain(const struct examples *x, const struct voters *voters, const struct keyword_scores *words,
                    struct verdict *v) {
        char why[VERDICT_WHY_SIZE * 8]; // an example is longer than what is shown of it

        for (size_t i = 0; i < voters->n; i++)
                if (x->items[voters->at[i].example].tier == v->tier) {
                        snprintf(why, sizeof(why), "like: %s", x->items[voters->at[i].example].text);
                        str_copy(v->why, sizeof(v->why), why);
                        return;
                }
        snprintf(why, sizeof(why), "words: %s", words->words[v->tier]);
        str_copy(v->why, sizeof(v->why), why);
}

bool zero_shot_classify(const struct examples *x, const struct labels *labels, const struct keyword_scores *words,
                        const struct classified *starter, const float *vector, struct verdict *ret) {
        struct voters voters;
        float *placed _cleanup_free_ = malloc(MAX(x->dimensions, 1) * sizeof(*placed));
        struct verdict v = {.method = TRIAGE_ZERO_SHOT};

        if (!placed || x->n == 0 || x->dimensions == 0 || examples_place(x, vector, placed) < 0)
                return false;
        nearest(x, placed, &voters);
        for (size_t i = 0; i < voters.n; i++) {
                const struct example *item = &x->items[voters.at[i].example];
                v.tiers[item->tier] += voice(&voters, i, &tier_weighing);
                v.categories[item->category] += voice(&voters, i, &category_weighing);
        }
        weigh(v.tiers, words->tiers, TIER_COUNT_, &tier_weighing);
        weigh(v.categories, words->categories, labels->n, &category_weighing);
        v.tiers[TIER_COMPLEX] += tier_weighing.sharpness * log(COMPLEX_WEIGHT);
        if (starter)
                listen(v.tiers, starter->tiers, NULL, TIER_COUNT_, BOTH_TIER_SHARPNESS);
        if (starter)
                listen(v.categories, starter->categories, starter->covered, labels->n, BOTH_CATEGORY_SHARPNESS);
        if (starter)
                v.tiers[TIER_COMPLEX] += BOTH_TIER_SHARPNESS * log(STARTER_COMPLEX_WEIGHT);
        shares_from_logs(v.tiers, TIER_COUNT_, DOUBT);
        shares_from_logs(v.categories, labels->n, DOUBT);
        leave_out_unknown(x, words, starter, v.categories, labels->n);
        shares_decide(labels, &v);
        explain(x, &voters, words, &v);
        *ret = v;
        return true;
}
