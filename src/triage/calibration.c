#include "triage/calibration.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "triage/shares.h"

// Scores lie between 0 and 1, and divided by this they are as sure as they are right before the classes are added up.
// It is not searched for where sharpness, which comes after the sum, can be: the rows of one desk choose by luck among
// temperatures that are as good, and a high one costs right tiers (doc/quality.md).
static const double TEMPERATURE = 0.06;
// What is tried: of the first day from nothing to nine tenths, sharpness from 0.4 to 2.5; without a first day
// temperatures from 0.02 to about 0.5.
static const double MIX_STEP = 0.1, SHARPNESS_MIN = 0.4, SHARPNESS_STEP = 0.1;
static const double TEMPERATURE_MIN = 0.02, TEMPERATURE_STEP = 1.1;
enum { MIXES = 10, SHARPNESSES = 22, TEMPERATURES = 34 };
static const double SURPRISE_FLOOR = 1e-9; // one row must not decide alone

struct choice {
        double mix, sharpness, surprise;
};

static const struct verdict *first_of(const struct calibration *x, size_t i) {
        static const struct verdict nothing;

        return x->first_day ? &x->first_day[i] : &nothing;
}

// What the classes come to with c's temperature, before anything is mixed.
static void sum_up(const struct classifier *c, const struct calibration *x, double *shares) {
        for (size_t i = 0; i < x->samples->n; i++) {
                memcpy(shares, x->scores + i * c->n, c->n * sizeof(*shares));
                classifier_shares(c, shares);
                classifier_sum(c, x->labels, shares, &x->said[i]);
        }
}

// Summed over the rows, with this mix and sharpness.
typedef double surprise_fn(const struct calibration *x, double mix, double sharpness);

static double surprise_of_tiers(const struct calibration *x, double mix, double sharpness) {
        double sum = 0, tiers[TIER_COUNT_];

        for (size_t i = 0; i < x->samples->n; i++) {
                if (x->samples->items[i].aid)
                        continue;
                memcpy(tiers, x->said[i].tiers, sizeof(tiers));
                shares_mix(tiers, first_of(x, i)->tiers, NULL, TIER_COUNT_, mix, sharpness);
                sum -= log(fmax(tiers[x->samples->items[i].tier], SURPRISE_FLOOR));
        }
        return sum;
}

static double surprise_of_categories(const struct calibration *x, double mix, double sharpness) {
        double sum = 0, shares[CATEGORIES_MAX];

        for (size_t i = 0; i < x->samples->n; i++) {
                int category = labels_find(x->labels, x->samples->items[i].category);
                if (x->samples->items[i].aid || category == LABEL_NONE)
                        continue;
                memcpy(shares, x->said[i].categories, sizeof(shares));
                shares_mix(shares, first_of(x, i)->categories, x->said[i].covered, x->labels->n, mix, sharpness);
                sum -= log(fmax(shares[category], SURPRISE_FLOOR));
        }
        return sum;
}

static struct choice choose(const struct calibration *x, surprise_fn *surprise) {
        struct choice best = {.surprise = INFINITY};

        for (int m = 0; m < MIXES; m++)
                for (int k = 0; k < SHARPNESSES; k++) {
                        struct choice one = {.mix = MIX_STEP * m, .sharpness = SHARPNESS_MIN + SHARPNESS_STEP * k};
                        one.surprise = surprise(x, one.mix, one.sharpness);
                        if (one.surprise < best.surprise)
                                best = one;
                }
        return best;
}

static void choose_temperature(struct classifier *c, const struct calibration *x, double *shares) {
        double best = 1, least = INFINITY;

        for (int k = 0; k < TEMPERATURES; k++) {
                c->temperature = TEMPERATURE_MIN * pow(TEMPERATURE_STEP, k);
                sum_up(c, x, shares);
                double surprise = surprise_of_tiers(x, 0, 1);
                if (surprise < least) {
                        least = surprise;
                        best = c->temperature;
                }
        }
        c->temperature = best;
        sum_up(c, x, shares);
}

int calibrate(struct classifier *c, const struct calibration *x) {
        double *shares _cleanup_free_ = calloc(c->n, sizeof(*shares));

        if (!shares)
                return -ENOMEM;
        if (!x->first_day) {
                choose_temperature(c, x, shares);
                return 0;
        }
        c->temperature = TEMPERATURE;
        sum_up(c, x, shares);
        struct choice tier = choose(x, surprise_of_tiers), category = choose(x, surprise_of_categories);
        c->mix = tier.mix;
        c->sharpness = tier.sharpness;
        c->mix_category = category.mix;
        c->sharpness_category = category.sharpness;
        for (size_t i = 0; i < x->samples->n; i++)
                classified_mix(&x->said[i], c, x->first_day[i].tiers, x->first_day[i].categories, x->labels->n);
        return 0;
}
