#include "desk/gaps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "desk/parts.h"
#include "model/vectors.h"

enum {
        TOGETHER_MAX = 20000,   // put together; all are counted
        GROUPS_MAX = 2000,      // that are told apart: each question is compared with all of them
        EMBEDDED_AT_ONCE = 256, // questions between looks at whether to stop: a second or so
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

static bool stopped(const atomic_bool *stop) {
        return stop && atomic_load(stop);
}

static int interrupted(struct error *e) {
        return error_set(
                        e, -EINTR, ERROR_INTERNAL,
                        "stopped after the last ticket, while the questions that no article answers were put together");
}

// Each question joins the group whose first one it is most like, or begins one. Returns how many groups there are.
static size_t group(const float *vectors, size_t dimensions, const size_t *tickets, size_t n, double alike,
                    const atomic_bool *stop, struct gap *groups, size_t *first) {
        size_t n_groups = 0;

        for (size_t i = 0; i < n && !stopped(stop); i++) {
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
        return n_groups;
}

int gaps_group(const float *vectors, size_t dimensions, double background, const size_t *tickets, size_t n,
               const atomic_bool *stop, struct gaps *ret, struct error *e) {
        struct gap *groups _cleanup_free_ = calloc(GROUPS_MAX, sizeof(*groups));
        size_t *first _cleanup_free_ = calloc(GROUPS_MAX, sizeof(*first));

        if (!groups || !first)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        size_t n_groups = group(vectors, dimensions, tickets, n, background + ALIKE * (1 - background), stop, groups,
                                first);
        if (stopped(stop))
                return interrupted(e);
        if (n_groups > 1)
                qsort(groups, n_groups, sizeof(*groups), more_tickets);
        ret->n = MIN(n_groups, (size_t) GAPS_SHOWN_MAX);
        memcpy(ret->items, groups, ret->n * sizeof(*groups));
        return 0;
}

static int embed(const struct rehearsal *r, const size_t *tickets, size_t n, const struct gaps_watch *w, float *vectors,
                 struct error *e) {
        struct encoder *m = r->desk->encoder;
        char *texts[EMBEDDED_AT_ONCE] = {NULL};
        int k = 0;

        for (size_t at = 0; k == 0 && at < n; at += EMBEDDED_AT_ONCE) {
                size_t part = MIN(n - at, (size_t) EMBEDDED_AT_ONCE);
                if (w->progress)
                        w->progress(w->progress_arg, at, n);
                for (size_t i = 0; k == 0 && i < part; i++)
                        if (!(texts[i] = text_of(&r->past->items[tickets[at + i]])))
                                k = error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
                if (k == 0)
                        k = stopped(w->stop) ? interrupted(e)
                                             : vectors_embed(m, NULL, (const char *const *) texts, part, 0,
                                                             vectors + at * encoder_dimensions(m), NULL, NULL, e);
                for (size_t i = 0; i < part; i++) {
                        free(texts[i]);
                        texts[i] = NULL;
                }
        }
        if (k == 0 && w->progress)
                w->progress(w->progress_arg, n, n);
        return k;
}

static int put_together(const struct rehearsal *r, const size_t *tickets, size_t n, const struct gaps_watch *w,
                        struct gaps *ret, struct error *e) {
        struct encoder *m = r->desk->encoder;
        float *vectors _cleanup_free_ = calloc(n * encoder_dimensions(m), sizeof(*vectors));

        if (!vectors)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        double background = 0;
        int k = embed(r, tickets, n, w, vectors, e);
        if (k < 0 || (k = vectors_background(m, NULL, &background, e)) < 0)
                return k;
        return gaps_group(vectors, encoder_dimensions(m), background, tickets, n, w->stop, ret, e);
}

int gaps_find(const struct rehearsal *r, const struct gaps_watch *w, struct gaps *ret, struct error *e) {
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
        return n > 0 && r->desk->encoder ? put_together(r, tickets, n, w, ret, e) : 0;
}
