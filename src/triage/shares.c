#include "triage/shares.h"

#include <math.h>

#include "base/string.h"

static const double SHARE_MIN = 1e-6; // below it a share is as good as none

void shares_from_logs(double *v, size_t n, double doubt) {
        double max = v[0], sum = 0;

        for (size_t i = 1; i < n; i++)
                max = fmax(max, v[i]);
        for (size_t i = 0; i < n; i++)
                sum += v[i] = exp(v[i] - max);
        for (size_t i = 0; i < n; i++)
                v[i] = v[i] / sum * (1 - doubt) + doubt / (double) n;
}

void shares_mix(double *own, const double *other, const bool *covered, size_t n, double mix, double sharpness) {
        double known = 0, sum = 0, only_own = 0;

        for (size_t i = 0; i < n; i++) {
                sum += other[i];
                known += !covered || covered[i] ? other[i] : 0;
                only_own += other[i] <= 0 ? own[i] : 0;
        }
        bool heard = mix > 0 && sum > 0;
        if (!heard && sharpness == 1)
                return;
        for (size_t i = 0; i < n; i++) {
                double theirs = log(fmax(other[i] * (1 - only_own), SHARE_MIN));
                double mine = log(fmax(heard ? own[i] * known : own[i], SHARE_MIN));
                if (other[i] <= 0)
                        theirs = mine;
                if (heard && covered && !covered[i])
                        mine = theirs;
                own[i] = sharpness * (heard ? (1 - mix) * mine + mix * theirs : mine);
        }
        shares_from_logs(own, n, 0);
}

void shares_decide(const struct labels *labels, struct verdict *v) {
        size_t category = 0;

        v->tier = TIER_1;
        for (enum tier t = TIER_2; t < TIER_COUNT_; t++)
                if (v->tiers[t] >= v->tiers[v->tier])
                        v->tier = t;
        for (size_t c = 1; c < labels->n; c++)
                if (v->categories[c] > v->categories[category])
                        category = c;
        v->confidence = v->tiers[v->tier];
        v->category_confidence = v->categories[category];
        str_copy(v->category, sizeof(v->category), labels->names[category]);
}
