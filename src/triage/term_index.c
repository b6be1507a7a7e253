#include "triage/term_index.h"

#include <errno.h>
#include <math.h>
#include <string.h>

struct posting {
        uint32_t hash; // of the term
        uint32_t ticket;
        float weight; // of the term in the ticket, whose weights have length 1
};

struct entry {
        uint32_t hash;
        uint32_t first; // of its postings, which end where those of the next entry begin
        double rarity;
};

struct term_index {
        size_t tickets;
        struct posting *postings; // by hash, then by ticket
        struct entry *entries;    // by hash, and one more behind the last
        size_t n;
};

struct term_index *term_index_free(struct term_index *x) {
        if (!x)
                return NULL;
        free(x->postings);
        free(x->entries);
        free(x);
        return NULL;
}

static int compare_postings(const void *a, const void *b) {
        const struct posting *x = a, *y = b;

        return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
                                  : (x->ticket > y->ticket) - (x->ticket < y->ticket);
}

static int compare_entries(const void *a, const void *b) {
        uint32_t x = ((const struct entry *) a)->hash, y = ((const struct entry *) b)->hash;

        return (x > y) - (x < y);
}

static double often(uint8_t times) {
        return 1 + log((double) times);
}

static void find_entries(struct term_index *x, size_t postings) {
        for (size_t i = 0; i < postings; i++)
                if (i == 0 || x->postings[i].hash != x->postings[i - 1].hash)
                        x->entries[x->n++] = (struct entry){.hash = x->postings[i].hash, .first = (uint32_t) i};
        x->entries[x->n].first = (uint32_t) postings;
        for (size_t i = 0; i < x->n; i++) {
                double having = x->entries[i + 1].first - x->entries[i].first;
                x->entries[i].rarity = 1 + log((1 + (double) x->tickets) / (1 + having));
        }
}

static const struct entry *find(const struct term_index *x, uint32_t hash) {
        const struct entry key = {.hash = hash};

        return bsearch(&key, x->entries, x->n, sizeof(key), compare_entries);
}

// In place: how often becomes the weight, and the weights of each ticket get length 1.
static int weigh(struct term_index *x) {
        double *squares _cleanup_free_ = calloc(MAX(x->tickets, (size_t) 1), sizeof(*squares));

        if (!squares)
                return -ENOMEM;
        for (size_t e = 0; e < x->n; e++)
                for (size_t i = x->entries[e].first; i < x->entries[e + 1].first; i++) {
                        struct posting *p = &x->postings[i];
                        p->weight *= (float) x->entries[e].rarity;
                        squares[p->ticket] += (double) p->weight * (double) p->weight;
                }
        for (size_t i = 0; i < x->entries[x->n].first; i++)
                x->postings[i].weight /= (float) sqrt(squares[x->postings[i].ticket]);
        return 0;
}

int term_index_new(const struct terms *all, size_t n, struct term_index **ret) {
        struct term_index *x _cleanup_(term_index_free_p) = calloc(1, sizeof(*x));
        size_t postings = 0;

        if (!x)
                return -ENOMEM;
        x->tickets = n;
        for (size_t i = 0; i < n; i++)
                postings += all[i].n;
        x->postings = calloc(MAX(postings, (size_t) 1), sizeof(*x->postings));
        x->entries = calloc(postings + 1, sizeof(*x->entries));
        if (!x->postings || !x->entries)
                return -ENOMEM;
        postings = 0;
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < all[i].n; k++)
                        x->postings[postings++] = (struct posting){.hash = all[i].items[k].hash,
                                                                   .ticket = (uint32_t) i,
                                                                   .weight = (float) often(all[i].items[k].times)};
        qsort(x->postings, postings, sizeof(*x->postings), compare_postings);
        find_entries(x, postings);
        if (weigh(x) < 0)
                return -ENOMEM;
        *ret = TAKE_PTR(x);
        return 0;
}

void term_index_liken(const struct term_index *x, const struct terms *t, double *ret) {
        double squares = 0;

        memset(ret, 0, x->tickets * sizeof(*ret));
        for (size_t k = 0; k < t->n; k++) {
                const struct entry *e = find(x, t->items[k].hash);
                if (!e)
                        continue;
                double weight = often(t->items[k].times) * e->rarity;
                squares += weight * weight;
                for (size_t i = e->first; i < e[1].first; i++)
                        ret[x->postings[i].ticket] += weight * (double) x->postings[i].weight;
        }
        double length = sqrt(squares);
        for (size_t i = 0; length > 0 && i < x->tickets; i++)
                ret[i] /= length;
}
