// What is known of rehearsed tickets, and what of it is evidence.
#include <stdlib.h>

#include "desk/rehearsal.h"

enum rehearsal_truth rehearsal_truth(const struct rehearsal *r, size_t i) {
        const struct past_ticket *t = &r->past->items[i];
        const struct rehearsed *x = &r->items[i];

        if (t->tier != TIER_COUNT_ && t->tier != x->tier)
                return TRUTH_WRONG_TIER;
        if (x->answer_known && x->answered_elsewhere)
                return TRUTH_WRONG_ANSWER;
        return t->tier != TIER_COUNT_ || x->answer_known ? TRUTH_RIGHT : TRUTH_UNKNOWN;
}

enum rehearsal_truth rehearsal_evidence(const struct rehearsal *r, size_t i) {
        static const int badness[] = {
                        [TRUTH_UNKNOWN] = 0, [TRUTH_RIGHT] = 1, [TRUTH_WRONG_ANSWER] = 2, [TRUTH_WRONG_TIER] = 3};
        enum rehearsal_truth worst = TRUTH_UNKNOWN;

        if (r->past->items[i].repeat || r->items[i].learned)
                return TRUTH_UNKNOWN;
        do {
                enum rehearsal_truth truth = rehearsal_truth(r, i);
                worst = badness[truth] > badness[worst] ? truth : worst;
                i = r->past->items[i].next_same;
        } while (i > 0);
        return worst;
}

size_t rehearsal_texts(const struct rehearsal *r) {
        size_t n = 0;

        for (size_t i = 0; i < r->past->n; i++)
                n += !r->past->items[i].repeat && !r->items[i].learned;
        return n;
}

// Of one of these texts the tier is known.
static bool tier_known(const struct rehearsal *r, size_t i) {
        do {
                if (r->past->items[i].tier != TIER_COUNT_)
                        return true;
                i = r->past->items[i].next_same;
        } while (i > 0);
        return false;
}

struct risk_row *rehearsal_rows(const struct rehearsal *r, bool found, size_t *ret_n) {
        struct risk_row *rows = calloc(MAX(r->past->n, (size_t) 1), sizeof(*rows));
        size_t n = 0;

        for (size_t i = 0; rows && i < r->past->n; i++) {
                const struct rehearsed *x = &r->items[i];
                enum rehearsal_truth truth = rehearsal_evidence(r, i);
                if (!x->done || x->failed || x->tier == TIER_COMPLEX || truth == TRUTH_UNKNOWN)
                        continue;
                if (found && x->found)
                        rows[n++] = (struct risk_row){x->category, x->confidence, truth != TRUTH_RIGHT};
                if (!found && tier_known(r, i))
                        rows[n++] = (struct risk_row){x->category, x->confidence, truth == TRUTH_WRONG_TIER};
        }
        *ret_n = n;
        return rows;
}
