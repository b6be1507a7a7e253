#include "triage/landmarks.h"

#include <errno.h>
#include <string.h>

#include "triage/kernel.h"

struct landmarks *landmarks_free(struct landmarks *l) {
        if (!l)
                return NULL;
        for (size_t i = 0; l->terms && i < l->n; i++)
                terms_clear(&l->terms[i]);
        free(l->quantised);
        free(l->units);
        free(l->terms);
        term_index_free(l->index);
        free(l);
        return NULL;
}

struct landmarks *landmarks_new(size_t n, size_t dimensions) {
        struct landmarks *l _cleanup_(landmarks_free_p) = calloc(1, sizeof(*l));

        if (!l)
                return NULL;
        l->n = n;
        l->dimensions = dimensions;
        l->quantised = calloc(n, dimensions);
        l->units = calloc(n * dimensions, sizeof(*l->units));
        l->terms = calloc(n, sizeof(*l->terms));
        return l->quantised && l->units && l->terms ? TAKE_PTR(l) : NULL;
}

void landmarks_set(struct landmarks *l, size_t i, const int8_t *quantised) {
        memcpy(l->quantised + i * l->dimensions, quantised, l->dimensions);
        kernel_unit(quantised, l->dimensions, l->units + i * l->dimensions);
}

int landmarks_ready(struct landmarks *l) {
        l->index = term_index_free(l->index);
        return term_index_new(l->terms, l->n, &l->index);
}

struct likened landmarks_get(const struct landmarks *l, size_t i) {
        return (struct likened){.vector = l->units + i * l->dimensions, .terms = &l->terms[i]};
}

void landmarks_liken(const struct landmarks *l, struct likened x, double *ret) {
        static const struct terms none = {0};

        term_index_liken(l->index, x.terms ? x.terms : &none, ret);
        for (size_t i = 0; i < l->n; i++)
                ret[i] = (1 - l->terms_part) * kernel(l->units + i * l->dimensions, x.vector, l->dimensions) +
                         l->terms_part * ret[i];
}
