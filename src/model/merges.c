#include "model/merges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/fields.h"
#include "model/trie.h"
#include "model/unicode.h"
#include "model/vocabulary.h"

enum {
        MERGES_MAX = 1 << 20,  // three times the most in public use
        SYMBOLS_MAX = 1 << 21, // what a trie's edge can carry
};

// Texts that merges are about have numbers, symbols; a merge is a pair of them, looked up as a word of two characters.
struct merges {
        struct trie *symbols;
        uint32_t symbols_n;
        struct trie *pairs; // value: rank
        uint32_t *merged;   // by rank: the symbol that comes out
};

// ---- from the file

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
}

static int symbol(struct merges *m, const struct codepoints *text, uint32_t *ret) {
        int64_t known = trie_find(m->symbols, text->at, text->n);
        int r;

        if (known >= 0) {
                *ret = (uint32_t) known;
                return 0;
        }
        if (m->symbols_n == SYMBOLS_MAX)
                return -E2BIG;
        r = trie_put(m->symbols, text->at, text->n, m->symbols_n);
        if (r == 0)
                *ret = m->symbols_n++;
        return r;
}

static int add_merge(struct merges *m, const char *left, size_t left_n, const char *right, size_t right_n,
                     size_t rank) {
        struct codepoints text _cleanup_codepoints_ = {0};
        uint32_t pair[2] = {0};
        int r = codepoints_decode(&text, left, left_n);

        if (r == 0)
                r = symbol(m, &text, &pair[0]);
        text.n = 0;
        if (r == 0)
                r = codepoints_decode(&text, right, right_n);
        if (r == 0)
                r = symbol(m, &text, &pair[1]);
        text.n = 0;
        if (r == 0)
                r = codepoints_decode(&text, left, left_n);
        if (r == 0)
                r = codepoints_decode(&text, right, right_n);
        if (r == 0)
                r = symbol(m, &text, &m->merged[rank]);
        return r < 0 ? r : trie_put(m->pairs, pair, 2, (int64_t) rank);
}

static int parse_merge(struct merges *m, const json_t *item, size_t rank, struct error *e) {
        const char *left = json_string_value(json_array_get(item, 0)),
                   *right = json_string_value(json_array_get(item, 1));
        size_t left_n, right_n;
        int r;

        if (json_is_string(item)) {
                const char *space = strchr(json_string_value(item), ' ');

                left = json_string_value(item);
                left_n = space ? (size_t) (space - left) : 0;
                right = space ? space + 1 : "";
                right_n = strcspn(right, " ");
        } else {
                left_n = left ? strlen(left) : 0;
                right_n = right ? strlen(right) : 0;
        }
        if (left_n == 0 || right_n == 0 || left_n + right_n > PIECE_CHARACTERS_MAX * 4)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "model.merges: number %zu is not a pair of pieces", rank + 1);
        r = add_merge(m, left, left_n, right, right_n, rank);
        if (r == -E2BIG)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.merges has too many different pieces");
        return r < 0 ? no_memory(e) : 0;
}

static int parse_list(struct merges *m, const json_t *part, struct error *e) {
        const json_t *list = NULL;
        int r = field_must(field_array(part, "model", "merges", &list, e), "model", "merges", e);

        if (r < 0)
                return r;
        if (json_array_size(list) > MERGES_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.merges has more than %d", MERGES_MAX);
        m->merged = calloc(json_array_size(list) + 1, sizeof(*m->merged));
        if (!m->merged)
                return no_memory(e);
        for (size_t i = 0; i < json_array_size(list); i++) {
                r = parse_merge(m, json_array_get(list, i), i, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

int merges_parse(const json_t *part, struct merges **ret, struct error *e) {
        struct merges *m _cleanup_(merges_free_p) = calloc(1, sizeof(*m));
        int r;

        if (!m || trie_new(&m->symbols) < 0 || trie_new(&m->pairs) < 0)
                return no_memory(e);
        r = parse_list(m, part, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

struct merges *merges_free(struct merges *m) {
        if (!m)
                return NULL;
        trie_free(m->symbols);
        trie_free(m->pairs);
        free(m->merged);
        free(m);
        return NULL;
}

uint32_t merges_symbol(const struct merges *m, uint32_t character, const uint32_t *behind, size_t n) {
        uint32_t node = trie_walk(m->symbols, TRIE_ROOT, &character, 1);
        int64_t symbol;

        if (n > 0 && node != TRIE_NONE)
                node = trie_walk(m->symbols, node, behind, n);
        symbol = trie_value(m->symbols, node);
        return symbol < 0 ? MERGES_NO_SYMBOL : (uint32_t) symbol;
}

// ---- words

struct word {
        const struct merges *m;
        struct merges_link *links;
        uint32_t n;
        struct merges_candidate *heap; // lowest rank first, then the leftmost
        size_t heap_n;
};

static bool before(const struct merges_candidate *a, const struct merges_candidate *b) {
        return a->rank != b->rank ? a->rank < b->rank : a->left < b->left;
}

static void heap_push(struct word *w, struct merges_candidate c) {
        size_t i = w->heap_n++;

        while (i > 0 && before(&c, &w->heap[(i - 1) / 2])) {
                w->heap[i] = w->heap[(i - 1) / 2];
                i = (i - 1) / 2;
        }
        w->heap[i] = c;
}

static struct merges_candidate heap_pop(struct word *w) {
        struct merges_candidate top = w->heap[0], last = w->heap[--w->heap_n];
        size_t i = 0;

        for (size_t child; (child = i * 2 + 1) < w->heap_n; i = child) {
                if (child + 1 < w->heap_n && before(&w->heap[child + 1], &w->heap[child]))
                        child++;
                if (!before(&w->heap[child], &last))
                        break;
                w->heap[i] = w->heap[child];
        }
        w->heap[i] = last;
        return top;
}

static void consider(struct word *w, uint32_t left) {
        uint32_t right = w->links[left].next;
        uint32_t pair[2];
        int64_t rank;

        if (right == w->n)
                return;
        pair[0] = w->links[left].symbol;
        pair[1] = w->links[right].symbol;
        if (pair[0] == MERGES_NO_SYMBOL || pair[1] == MERGES_NO_SYMBOL)
                return;
        rank = trie_find(w->m->pairs, pair, 2);
        if (rank >= 0)
                heap_push(w, (struct merges_candidate){.rank = (uint32_t) rank,
                                                       .left = left,
                                                       .symbol = pair[0],
                                                       .right_symbol = pair[1]});
}

void merges_apply(const struct merges *m, struct merges_link *links, uint32_t n, struct merges_candidate *heap) {
        struct word word = {.m = m, .links = links, .n = n, .heap = heap}, *w = &word;

        for (uint32_t i = 0; i < w->n; i++)
                consider(w, i);
        while (w->heap_n > 0) {
                struct merges_candidate c = heap_pop(w);
                struct merges_link *left = &w->links[c.left], *right;

                if (left->gone || left->next == w->n || left->symbol != c.symbol)
                        continue;
                right = &w->links[left->next];
                if (right->symbol != c.right_symbol)
                        continue;
                right->gone = true;
                left->symbol = w->m->merged[c.rank];
                left->next = right->next;
                if (right->next < w->n)
                        w->links[right->next].prev = c.left;
                if (left->prev < w->n)
                        consider(w, left->prev);
                consider(w, c.left);
        }
}
