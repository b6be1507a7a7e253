#include "model/unigram.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "model/fallback.h"
#include "model/fields.h"
#include "model/trie.h"
#include "model/unicode.h"

enum {
        NESTED_MAX = 64, // pieces that begin with each other: bounds the work for each character of a text
};
#define UNKNOWN_PENALTY 10.0 // an unknown character is this much worse than the worst piece

struct unigram {
        struct trie *pieces; // value: place in the list; added tokens are not among them
        double *scores;
        size_t n;
        int64_t unknown;
        struct fallback fallback;
};

// ---- from the file

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
}

static int parse_piece(struct unigram *u, const json_t *item, size_t i, struct vocabulary *v, struct error *e) {
        const char *piece = json_string_value(json_array_get(item, 0));
        const json_t *score = json_array_get(item, 1);
        struct codepoints text _cleanup_codepoints_ = {0};
        int r;

        if (!piece || !json_is_number(score))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.vocab: number %zu is not [piece, score]",
                                 i);
        u->scores[i] = json_number_value(score);
        r = vocabulary_put(v, piece, (int64_t) i, "model.vocab", e);
        if (r < 0)
                return r;
        r = codepoints_decode(&text, piece, strlen(piece));
        if (r == 0)
                r = trie_put(u->pieces, text.at, text.n, (int64_t) i);
        return r < 0 ? no_memory(e) : 0;
}

static int check_nesting(const struct unigram *u, const json_t *list, struct error *e) {
        for (size_t i = 0; i < u->n; i++) {
                const char *piece = json_string_value(json_array_get(json_array_get(list, i), 0));
                struct codepoints text _cleanup_codepoints_ = {0};
                uint32_t node = TRIE_ROOT;
                int nested = 0;

                if (codepoints_decode(&text, piece, strlen(piece)) < 0)
                        return no_memory(e);
                for (size_t k = 0; k < text.n; k++) {
                        node = trie_walk(u->pieces, node, text.at + k, 1);
                        nested += trie_value(u->pieces, node) >= 0;
                }
                if (nested > NESTED_MAX)
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                         "model.vocab: more than %d pieces begin with each other", NESTED_MAX);
        }
        return 0;
}

static int parse_pieces(struct unigram *u, const json_t *part, struct vocabulary *v, struct error *e) {
        const json_t *list = NULL;
        int r = field_must(field_array(part, "model", "vocab", &list, e), "model", "vocab", e);

        if (r < 0)
                return r;
        u->n = json_array_size(list);
        if (u->n == 0 || u->n > VOCABULARY_ID_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.vocab must have 1 to %d pieces",
                                 VOCABULARY_ID_MAX);
        u->scores = calloc(u->n, sizeof(*u->scores));
        if (!u->scores)
                return no_memory(e);
        for (size_t i = 0; i < u->n; i++) {
                r = parse_piece(u, json_array_get(list, i), i, v, e);
                if (r < 0)
                        return r;
        }
        return check_nesting(u, list, e);
}

int unigram_parse(const json_t *part, struct vocabulary *v, struct unigram **ret, struct error *e) {
        struct unigram *u _cleanup_(unigram_free_p) = calloc(1, sizeof(*u));
        double least = INFINITY;
        int r;

        if (!u || trie_new(&u->pieces) < 0)
                return no_memory(e);
        r = parse_pieces(u, part, v, e);
        if (r == 0)
                r = field_must(field_int(part, "model", "unk_id", 0, (int64_t) u->n - 1, &u->unknown, e), "model",
                               "unk_id", e);
        if (r >= 0)
                r = fallback_parse(part, v, true, &u->fallback, e);
        if (r < 0)
                return r;
        for (size_t i = 0; i < u->n; i++)
                least = MIN(least, u->scores[i]);
        u->scores[u->unknown] = least - UNKNOWN_PENALTY;
        *ret = TAKE_PTR(u);
        return 0;
}

struct unigram *unigram_free(struct unigram *u) {
        if (!u)
                return NULL;
        trie_free(u->pieces);
        free(u->scores);
        free(u);
        return NULL;
}

// ---- the best way through a text

// A piece that ends at a place: the best way to it. Those that end at one place are a list, the first to begin first.
struct arc {
        double score; // of the whole way, this piece included
        int64_t piece;
        uint32_t start, before; // before: the arc that the way came by; at the start of the text: NONE
        uint32_t next;          // arc that ends at the same place
};
#define NONE UINT32_MAX

struct lattice {
        const struct unigram *u;
        struct arc *arcs;
        size_t n, cap;
        uint32_t *ending, *last; // by place: the first arc that ends there, and the last one
};

static int add_arc(struct lattice *l, size_t start, size_t len, int64_t piece) {
        size_t end = start + len;
        struct arc a = {.piece = piece, .start = (uint32_t) start, .before = NONE, .next = NONE};
        double score = l->u->scores[piece];
        int r = memory_grow((void **) &l->arcs, &l->cap, l->n + 1, sizeof(*l->arcs));

        if (r < 0)
                return r;
        a.score = score; // 0 comes before the first piece
        // Sums are compared, not ways: what a sum cannot tell apart is equal, and then the first one counts.
        for (uint32_t i = l->ending[start]; i != NONE; i = l->arcs[i].next)
                if (a.before == NONE || l->arcs[i].score + score > a.score) {
                        a.score = l->arcs[i].score + score;
                        a.before = i;
                }
        if (l->ending[end] == NONE)
                l->ending[end] = (uint32_t) l->n;
        else
                l->arcs[l->last[end]].next = (uint32_t) l->n;
        l->last[end] = (uint32_t) l->n;
        l->arcs[l->n++] = a;
        return 0;
}

// All pieces that the text goes on with at a place; a character that is none of them is unknown.
static int add_arcs(struct lattice *l, const uint32_t *text, size_t n, size_t at) {
        uint32_t node = TRIE_ROOT;
        bool single = false;
        int r = 0;

        for (size_t k = at; r == 0 && k < n; k++) {
                int64_t piece;

                node = trie_walk(l->u->pieces, node, text + k, 1);
                if (node == TRIE_NONE)
                        break;
                piece = trie_value(l->u->pieces, node);
                if (piece < 0)
                        continue;
                r = add_arc(l, at, k + 1 - at, piece);
                single = single || k == at;
        }
        return r == 0 && !single ? add_arc(l, at, 1, l->u->unknown) : r;
}

static int add_unknown(const struct unigram *u, const uint32_t *text, size_t n, size_t first, struct ids *out) {
        if (u->fallback.on)
                return fallback_add(&u->fallback, text, n, out);
        return out->n > first && out->at[out->n - 1] == u->unknown ? 0 : ids_add(out, u->unknown);
}

static int best_way(struct lattice *l, const uint32_t *text, size_t n, size_t first, struct ids *out) {
        size_t count = 0;
        uint32_t best = NONE, after = NONE;
        int r = 0;

        for (uint32_t i = l->ending[n]; i != NONE; i = l->arcs[i].next)
                if (best == NONE || l->arcs[i].score > l->arcs[best].score)
                        best = i;
        for (; best != NONE; count++) { // from its end: the links are turned around
                uint32_t before = l->arcs[best].before;

                l->arcs[best].before = after;
                after = best;
                best = before;
        }
        for (; r == 0 && after != NONE; after = l->arcs[after].before) {
                const struct arc *a = &l->arcs[after];
                uint32_t next = a->before;
                size_t end = next == NONE ? n : l->arcs[next].start;

                r = a->piece == l->u->unknown ? add_unknown(l->u, text + a->start, end - a->start, first, out)
                                              : ids_add(out, a->piece);
        }
        return r;
}

int unigram_encode(const struct unigram *u, const uint32_t *text, size_t n, size_t first, struct ids *out) {
        uint32_t *ending _cleanup_free_ = malloc((n + 1) * sizeof(*ending));
        uint32_t *last _cleanup_free_ = malloc((n + 1) * sizeof(*last));
        struct lattice l = {.u = u, .ending = ending, .last = last};
        int r = ending && last ? 0 : -ENOMEM;

        if (r == 0)
                memset(ending, 0xFF, (n + 1) * sizeof(*ending));
        for (size_t i = 0; r == 0 && i < n; i++)
                if (i == 0 || ending[i] != NONE)
                        r = add_arcs(&l, text, n, i);
        if (r == 0)
                r = best_way(&l, text, n, first, out);
        free(l.arcs);
        return r;
}
