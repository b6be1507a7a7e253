#include "triage/measure.h"

#include <math.h>

#include "base/memory.h"
#include "base/string.h"

void measure_add_known(struct measure *m, double confidence, bool right) {
        double c = MIN(MAX(confidence, 0.0), 1.0);
        size_t bin = MIN((size_t) (c * MEASURE_BINS), (size_t) MEASURE_BINS - 1);

        m->n++;
        m->right += right;
        m->bin_n[bin]++;
        m->bin_right[bin] += right;
        m->bin_confidence[bin] += c;
}

void measure_add(struct measure *m, enum tier tier, const char *category, const struct verdict *v) {
        measure_add_known(m, v->confidence, v->tier == tier);
        m->category_n += *category != '\0';
        m->category_right += str_eq(v->category, category);
        m->confusion[tier][v->tier]++;
}

static double share(size_t part, size_t all) {
        return all > 0 ? (double) part / (double) all : 0;
}

static size_t said(const struct measure *m, enum tier t) {
        return m->confusion[TIER_1][t] + m->confusion[TIER_2][t] + m->confusion[TIER_COMPLEX][t];
}

static size_t are(const struct measure *m, enum tier t) {
        return m->confusion[t][TIER_1] + m->confusion[t][TIER_2] + m->confusion[t][TIER_COMPLEX];
}

static size_t cost_of_tiers(const struct measure *m) {
        size_t missed = m->confusion[TIER_COMPLEX][TIER_1] + m->confusion[TIER_COMPLEX][TIER_2];

        return 2 * (m->n - m->right + missed);
}

bool measure_better(const struct measure *a, const struct measure *b) {
        size_t tiers = cost_of_tiers(a), others = cost_of_tiers(b);

        return tiers <= others &&
               tiers + a->category_n - a->category_right < others + b->category_n - b->category_right;
}

double measure_accuracy(const struct measure *m) {
        return share(m->right, m->n);
}

double measure_category_accuracy(const struct measure *m) {
        return share(m->category_right, m->category_n);
}

double measure_recall(const struct measure *m, enum tier t) {
        return share(m->confusion[t][t], are(m, t));
}

double measure_macro_f1(const struct measure *m) {
        double sum = 0;

        for (enum tier t = TIER_1; t < TIER_COUNT_; t++)
                sum += share(2 * m->confusion[t][t], said(m, t) + are(m, t));
        return sum / TIER_COUNT_;
}

double measure_complex_missed(const struct measure *m) {
        return are(m, TIER_COMPLEX) > 0 ? 1 - measure_recall(m, TIER_COMPLEX) : 0;
}

double measure_ece(const struct measure *m) {
        double sum = 0;

        for (size_t b = 0; b < MEASURE_BINS; b++)
                sum += fabs((double) m->bin_right[b] - m->bin_confidence[b]);
        return m->n > 0 ? sum / (double) m->n : 0;
}
