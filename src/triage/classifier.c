#include "triage/classifier.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/string.h"
#include "model/encoder.h"
#include "triage/shares.h"

struct classifier *classifier_free(struct classifier *c) {
        if (!c)
                return NULL;
        free(c->classes);
        landmarks_free(c->landmarks);
        free(c->weights);
        free(c->constants);
        free(c->centres);
        free(c);
        return NULL;
}

struct classifier *classifier_new(size_t classes, size_t dimensions, size_t landmarks) {
        struct classifier *c _cleanup_(classifier_free_p) = calloc(1, sizeof(*c));

        if (!c || classes < 1 || classes > CLASSIFIER_CLASSES_MAX || dimensions < 1 ||
            dimensions > CLASSIFIER_DIMENSIONS_MAX || landmarks < 1 || landmarks > CLASSIFIER_LANDMARKS_MAX)
                return NULL;
        c->n = classes;
        c->dimensions = dimensions;
        c->temperature = c->sharpness = c->sharpness_category = 1;
        c->like_floor = -1;
        c->classes = calloc(classes, sizeof(*c->classes));
        c->landmarks = landmarks_new(landmarks, dimensions);
        c->weights = calloc(landmarks * classes, sizeof(*c->weights));
        c->constants = calloc(classes, sizeof(*c->constants));
        c->centres = calloc(classes * dimensions, sizeof(*c->centres));
        bool whole = c->classes && c->landmarks && c->weights && c->constants && c->centres;
        return whole ? TAKE_PTR(c) : NULL;
}

int classifier_scores(const struct classifier *c, struct likened x, double *ret) {
        double *like _cleanup_free_ = malloc(c->landmarks->n * sizeof(*like));

        if (!like)
                return -ENOMEM;
        landmarks_liken(c->landmarks, x, like);
        for (size_t k = 0; k < c->n; k++)
                ret[k] = (double) c->constants[k];
        for (size_t i = 0; i < c->landmarks->n; i++)
                for (size_t k = 0; k < c->n; k++)
                        ret[k] += like[i] * (double) c->weights[i * c->n + k];
        return 0;
}

void classifier_shares(const struct classifier *c, double *scores) {
        for (size_t k = 0; k < c->n; k++)
                scores[k] /= c->temperature;
        shares_from_logs(scores, c->n, 0);
}

double classifier_likeness(const struct classifier *c, const float *vector) {
        double best = -1;

        for (size_t k = 0; k < c->n; k++)
                best = fmax(best, (double) vector_dot(c->centres + k * c->dimensions, vector, c->dimensions));
        return fmin(best, 1);
}

void classifier_sum(const struct classifier *c, const struct labels *labels, const double *shares,
                    struct classified *ret) {
        double known = 0;

        memset(ret->tiers, 0, sizeof(ret->tiers));
        memset(ret->categories, 0, sizeof(ret->categories));
        memset(ret->covered, 0, sizeof(ret->covered));
        ret->best = 0;
        for (size_t k = 0; k < c->n; k++) {
                int category = labels_find(labels, c->classes[k].category);
                ret->tiers[c->classes[k].tier] += shares[k];
                if (shares[k] > shares[ret->best])
                        ret->best = k;
                if (category == LABEL_NONE)
                        continue;
                ret->categories[category] += shares[k];
                ret->covered[category] = true;
                known += shares[k];
        }
        // A category that the desk has given up is no answer any more; the others share its part.
        for (size_t i = 0; known > 0 && i < labels->n; i++)
                ret->categories[i] /= known;
}

void classified_mix(struct classified *c, const struct classifier *by, const double *first_tiers,
                    const double *first_categories, size_t categories) {
        shares_mix(c->tiers, first_tiers, NULL, TIER_COUNT_, by->mix, by->sharpness);
        shares_mix(c->categories, first_categories, c->covered, categories, by->mix_category, by->sharpness_category);
}

int classifier_apply(const struct classifier *c, const struct labels *labels, struct likened x,
                     struct classified *ret) {
        double *shares _cleanup_free_ = calloc(c->n, sizeof(*shares));

        if (!shares || classifier_scores(c, x, shares) < 0)
                return -ENOMEM;
        classifier_shares(c, shares);
        classifier_sum(c, labels, shares, ret);
        ret->likeness = classifier_likeness(c, x.vector);
        return 0;
}
