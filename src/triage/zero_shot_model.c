#include "triage/zero_shot_model.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "triage/shares.h"

// Even where the model is certain, about one ticket in forty is another matter: as for the rung below.
static const double DOUBT = 0.04;
static const double SHARE_MIN = 1e-6;

// One run of the model for each sentence. *slowest: what a run took so far; what cannot end in time is not begun.
static int read_all(const struct zero_shot_model *z, const char *text, const char (*sentences)[HYPOTHESIS_SIZE],
                    size_t n, double temperature, int64_t deadline, int64_t *slowest, double *ret, struct error *e) {
        for (size_t i = 0; i < n; i++) {
                int64_t start = clock_monotonic_us();
                int r;

                if (start + *slowest * (int64_t) (n - i) > deadline)
                        return -ETIME;
                r = cross_score(z->cross, text, sentences[i], &ret[i], e);
                if (r < 0)
                        return r;
                ret[i] /= temperature;
                *slowest = MAX(*slowest, clock_monotonic_us() - start);
        }
        if (clock_monotonic_us() > deadline)
                return -ETIME;
        shares_from_logs(ret, n, DOUBT);
        return 0;
}

int zero_shot_model_read(const struct zero_shot_model *z, const struct hypotheses *h, const struct labels *labels,
                         const char *subject, const char *body, struct entailed *ret, struct error *e) {
        char *text _cleanup_free_ = str_printf("%s\n%s", subject, body);
        int64_t deadline = clock_monotonic_us() + z->budget_ms * 1000, slowest = 0;
        struct entailed said = {0};
        int r;

        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the ticket");
        r = read_all(z, text, h->tiers, TIER_COUNT_, h->tier_temperature, deadline, &slowest, said.tiers, e);
        if (r == -ETIME)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE,
                                 "the zero-shot model is too slow: %lld ms for one sentence, and a ticket may take "
                                 "%" PRId64 " ms (ZERO_SHOT_BUDGET)",
                                 (long long) slowest / 1000, z->budget_ms);
        if (r < 0)
                return r;
        r = read_all(z, text, h->categories, labels->n, h->category_temperature, deadline, &slowest, said.categories,
                     e);
        if (r < 0 && r != -ETIME)
                return r;
        said.with_categories = r == 0;
        for (enum tier t = TIER_1; t < TIER_COUNT_; t++)
                if (said.tiers[t] >= said.tiers[said.best])
                        said.best = t;
        *ret = said;
        return 0;
}

// In place: shares become the weighted geometric mean with the model's.
static void mix(double *shares, const double *model, size_t n, double weight) {
        for (size_t i = 0; i < n; i++)
                shares[i] = (1 - weight) * log(fmax(shares[i], SHARE_MIN)) + weight * log(fmax(model[i], SHARE_MIN));
        shares_from_logs(shares, n, 0);
}

void zero_shot_model_mix(const struct zero_shot_model *z, const struct hypotheses *h, const struct labels *labels,
                         const struct entailed *said, const struct verdict *below, struct verdict *ret) {
        double weight = below->method == TRIAGE_NONE ? 1 : z->weight;
        char why[VERDICT_WHY_SIZE + HYPOTHESIS_SIZE];
        struct verdict v = *below;

        v.method = TRIAGE_ZERO_SHOT_MODEL;
        mix(v.tiers, said->tiers, TIER_COUNT_, weight);
        if (said->with_categories)
                mix(v.categories, said->categories, labels->n, weight);
        shares_decide(labels, &v);
        if (!said->with_categories && below->method == TRIAGE_NONE) { // of the category nothing is known
                str_copy(v.category, sizeof(v.category), below->category);
                v.category_confidence = 0;
        }
        (void) snprintf(why, sizeof(why), "fits: %s", h->tiers[v.tier]);
        str_copy(v.why, sizeof(v.why), why);
        *ret = v;
}
