#include "desk/gaps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "desk/parts.h"
#include "model/vectors.h"

enum {
        TOGETHER_MAX = 20000, // put together; all are counted
        GROUPS_MAX = 2000,    // that are told apart: each question is compared with all of them
};

// How like the first question of a group the others are, from 0 (any two texts) to 1 (the same text). Two ways to ask
// the same thing are above it, two questions about one topic mostly below.
static const double ALIKE = 0.6;

static bool is_gap(const struct rehearsed *x) {
        return x->done && !x->failed && x->tier != TIER_COMPLEX && !x->found;
}

static char *text_of(const struct past_ticket *t) {
        return gaps_text(t->subject, t->description);
}

char *gaps_text(const char *subject, const char *description) {
        char *text _cleanup_free_ = str_printf("%s\n%s", subject, description);

        return text ? str_ndup(text, utf8_floor(text, strlen(text), GAP_TEXT_SIZE)) : NULL;
}

static void join(struct gap *g, size_t ticket) {
        if (g->tickets < GAP_EXAMPLES)
                g->examples[g->tickets] = ticket;
        g->tickets++;
}

static int more_tickets(const void *a, const void *b) {
        const struct gap *x = a, *y = b;

        if (x->tickets != y->tickets)
                return x->tickets < y->tickets ? 1 : -1;
        return x->examples[0] < y->examples[0] ? -1 : 1; // the order of the file, so that it is always the same
}

// Each question joins the group whose first one it is most like, or begins one.
static void group(const float *vectors, size_t dimensions, const size_t *tickets, size_t n, double alike,
                  struct gap *groups, size_t *first, size_t *ret_n) {
        size_t n_groups = 0;

        for (size_t i = 0; i < n; i++) {
                size_t best = n_groups;
                float nearest = (float) alike;
                for (size_t g = 0; g < n_groups; g++) {
                        float like = vector_dot(vectors + i * dimensions, vectors + first[g] * dimensions, dimensions);
                        if (like >= nearest) {
                                nearest = like;
                                best = g;
                        }
                }
                if (best == n_groups) {
                        if (n_groups == GROUPS_MAX)
                                continue;
                        first[n_groups++] = i;
                }
                join(&groups[best], tickets[i]);
        }
        *ret_n = n_groups;
}

int gaps_group(struct encoder *m, const float *vectors, const size_t *tickets, size_t n, struct gaps *ret,
               struct error *e) {
        struct gap *groups _cleanup_free_ = calloc(GROUPS_MAX, sizeof(*groups));
        size_t *first _cleanup_free_ = calloc(GROUPS_MAX, sizeof(*first));
        size_t n_groups = 0;
        double background = 0;
        int r = groups && first ? vectors_background(m, NULL, &background, e)
                                : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");

        if (r < 0)
                return r;
        group(vectors, encoder_dimensions(m), tickets, n, background + ALIKE * (1 - background), groups, first,
              &n_groups);
        if (n_groups > 1)
                qsort(groups, n_groups, sizeof(*groups), more_tickets);
        ret->n = MIN(n_groups, (size_t) GAPS_SHOWN_MAX);
        memcpy(ret->items, groups, ret->n * sizeof(*groups));
        return 0;
}

static int put_together(const struct rehearsal *r, const size_t *tickets, size_t n, struct gaps *ret, struct error *e) {
        struct encoder *m = r->desk->encoder;
        float *vectors _cleanup_free_ = calloc(n * encoder_dimensions(m), sizeof(*vectors));
        char **texts = calloc(n, sizeof(*texts));
        int k = vectors && texts ? 0 : -ENOMEM;

        for (size_t i = 0; k == 0 && i < n; i++)
                if (!(texts[i] = text_of(&r->past->items[tickets[i]])))
                        k = -ENOMEM;
        if (k == -ENOMEM)
                (void) error_set(e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        if (k == 0)
                k = vectors_embed(m, NULL, (const char *const *) texts, n, 0, vectors, NULL, NULL, e);
        for (size_t i = 0; texts && i < n; i++)
                free(texts[i]);
        free(texts);
        return k < 0 ? k : gaps_group(m, vectors, tickets, n, ret, e);
}

int gaps_find(const struct rehearsal *r, struct gaps *ret, struct error *e) {
        size_t *tickets _cleanup_free_ = calloc(TOGETHER_MAX, sizeof(*tickets));
        size_t n = 0;

        *ret = (struct gaps){0};
        if (!tickets)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        for (size_t i = 0; i < r->past->n; i++)
                if (is_gap(&r->items[i])) {
                        ret->questions++;
                        if (n < TOGETHER_MAX)
                                tickets[n++] = i;
                }
        return n > 0 && r->desk->encoder ? put_together(r, tickets, n, ret, e) : 0;
}
