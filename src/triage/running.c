#include "triage/running.h"

#include "base/memory.h"

// What the bets are on: so many times the limit, but never nearer to 1 than half of the way from it.
static const double times[] = {1.5, 2, 3, 5, 10};
enum { BETS = ARRAY_LEN(times) };

struct bettor {
        double gain[BETS], loss[BETS]; // what an answer multiplies the money by: wrong, right
        double money[RUNNING_STARTS_MAX][BETS];
        size_t starts;
};

static void prepare(struct bettor *b, double limit) {
        b->starts = 0;
        for (size_t k = 0; k < BETS; k++) {
                double q = MIN(limit * times[k], (1 + limit) / 2);
                b->gain[k] = q / limit;
                b->loss[k] = (1 - q) / (1 - limit);
        }
}

static void start(struct bettor *b) {
        for (size_t k = 0; k < BETS; k++)
                b->money[b->starts][k] = 1;
        b->starts++;
}

// All that he has, bet and not, after one more answer.
static double bet(struct bettor *b, bool wrong) {
        double kept = 1, all = 0;

        for (size_t i = 0; i < b->starts; i++) {
                double part = 1 / ((double) (i + 1) * (double) (i + 2)), sum = 0;
                for (size_t k = 0; k < BETS; k++)
                        sum += b->money[i][k] *= wrong ? b->gain[k] : b->loss[k];
                all += part * sum / BETS;
                kept -= part;
        }
        return all + kept;
}

bool running_breaks(const bool *wrong, size_t n, double max_wrong, double certainty) {
        struct bettor b;

        if (!(max_wrong > 0 && max_wrong < 1))
                return false;
        prepare(&b, max_wrong);
        for (size_t i = 0; i < n; i++) {
                if (i % RUNNING_START_EVERY == 0 && b.starts < RUNNING_STARTS_MAX)
                        start(&b);
                if (bet(&b, wrong[i]) * (1 - certainty) >= 1)
                        return true;
        }
        return false;
}
