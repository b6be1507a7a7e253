#include "triage/landmarks.h"

#include <errno.h>
#include <math.h>

#include "triage/kernel.h"

struct landmarks *landmarks_free(struct landmarks *l) {
        if (!l)
                return NULL;
        for (size_t i = 0; l->terms && i < l->n; i++)
                terms_clear(&l->terms[i]);
        free(l->values);
        free(l->lengths);
        free(l->terms);
        term_index_free(l->index);
        free(l);
        return NULL;
}

struct landmarks *landmarks_new(size_t n, size_t dimensions) {
        struct landmarks *l _cleanup_(landmarks_free_p) = calloc(1, sizeof(*l));

        if (!l || dimensions > KERNEL_DIMENSIONS_MAX)
                return NULL;
        l->n = n;
        l->dimensions = dimensions;
        l->values = calloc(n * dimensions, sizeof(*l->values));
        l->lengths = calloc(n, sizeof(*l->lengths));
        l->terms = calloc(n, sizeof(*l->terms));
        return l->values && l->lengths && l->terms ? TAKE_PTR(l) : NULL;
}

void landmarks_set(struct landmarks *l, size_t i, const int8_t *quantised) {
        l->lengths[i] = kernel_widen(quantised, l->dimensions, l->values + i * l->dimensions);
}

int landmarks_ready(struct landmarks *l) {
        l->index = term_index_free(l->index);
        return term_index_new(l->terms, l->n, &l->index);
}

static void liken(const struct landmarks *l, const int16_t *values, double length, const struct terms *terms,
                  double *ret) {
        term_index_liken(l->index, terms, ret);
        for (size_t i = 0; i < l->n; i++)
                ret[i] = (1 - l->terms_part) * kernel(l->values + i * l->dimensions, l->lengths[i], values, length,
                                                      l->dimensions) +
                         l->terms_part * ret[i];
}

void landmarks_liken(const struct landmarks *l, struct likened x, double *ret) {
        static const struct terms none = {0};
        int8_t quantised[KERNEL_DIMENSIONS_MAX];
        int16_t values[KERNEL_DIMENSIONS_MAX];

        if (!kernel_quantise(x.vector, l->dimensions, quantised)) {
                for (size_t i = 0; i < l->n; i++)
                        ret[i] = NAN;
                return;
        }
        double length = kernel_widen(quantised, l->dimensions, values);
        liken(l, values, length, x.terms ? x.terms : &none, ret);
}

void landmarks_liken_own(const struct landmarks *l, size_t i, double *ret) {
        liken(l, l->values + i * l->dimensions, l->lengths[i], &l->terms[i], ret);
}
