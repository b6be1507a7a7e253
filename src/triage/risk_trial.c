#include "triage/risk_trial.h"

#include <errno.h>
#include <stdint.h>

#include "base/memory.h"

static const uint64_t SEED = 0x2545f4914f6cdd1d;

// Marsaglia's xorshift64 (J. Statist. Software 8, 2003): the same splits in every run and on every machine.
static uint64_t next_random(uint64_t *x) {
        *x ^= *x << 13;
        *x ^= *x >> 7;
        *x ^= *x << 17;
        return *x;
}

struct halves {
        struct risk_row *aside, *rest;
        struct risk_choice *choices;
        size_t n_aside, n_rest;
};

static void deal(struct halves *h, const struct risk_row *rows, size_t n, uint64_t *random) {
        h->n_aside = h->n_rest = 0;
        for (size_t i = 0; i < n; i++) {
                if (next_random(random) >> 63)
                        h->aside[h->n_aside++] = rows[i];
                else
                        h->rest[h->n_rest++] = rows[i];
        }
}

static void count(const struct halves *h, size_t all, size_t categories, double max_wrong, struct risk_trial *t) {
        size_t answered = 0, wrong = 0;

        for (size_t i = 0; i < h->n_rest; i++) {
                const struct risk_row *r = &h->rest[i];
                if (r->category < categories && h->choices[r->category].automatic &&
                    r->confidence >= h->choices[r->category].threshold) {
                        answered++;
                        wrong += r->wrong;
                }
        }
        t->splits++;
        t->broken += (double) wrong > max_wrong * (double) answered;
        t->coverage += (double) answered / ((double) all / 2);
        t->wrong += answered ? (double) wrong / (double) answered : 0;
}

int risk_try(const struct risk_row *rows, size_t n, size_t all, size_t categories, double max_wrong, size_t splits,
             struct risk_trial *ret) {
        struct risk_row *aside _cleanup_free_ = calloc(MAX(n, (size_t) 1), sizeof(*aside));
        struct risk_row *rest _cleanup_free_ = calloc(MAX(n, (size_t) 1), sizeof(*rest));
        struct risk_choice *choices _cleanup_free_ = calloc(MAX(categories, (size_t) 1), sizeof(*choices));
        struct halves h = {.aside = aside, .rest = rest, .choices = choices};
        struct risk_trial t = {0};
        uint64_t random = SEED;

        if (!aside || !rest || !choices)
                return -ENOMEM;
        for (size_t i = 0; i < splits; i++) {
                deal(&h, rows, n, &random);
                risk_choose(aside, h.n_aside, categories, max_wrong, RISK_CERTAINTY, choices);
                count(&h, MAX(all, (size_t) 1), categories, max_wrong, &t);
        }
        t.coverage /= (double) MAX(splits, (size_t) 1);
        t.wrong /= (double) MAX(splits, (size_t) 1);
        *ret = t;
        return 0;
}
