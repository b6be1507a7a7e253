#include "model/bpe.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "model/bytes.h"
#include "model/fields.h"
#include "model/trie.h"
#include "model/unicode.h"

enum {
        MERGES_MAX = 1 << 20,  // three times the most in public use
        SYMBOLS_MAX = 1 << 21, // what a trie's edge can carry
        SUFFIX_MAX = 64,       // bytes of end_of_word_suffix
        WORD_ON_STACK = 64,    // characters of a word that needs no memory
};
#define NO_SYMBOL UINT32_MAX

// Texts that merges are about have numbers, symbols; a merge is a pair of them, looked up as a word of two characters.
struct bpe {
        struct trie *symbols;
        uint32_t symbols_n;
        struct trie *merges; // value: rank
        uint32_t *merged;    // by rank: the symbol that comes out
        struct codepoints suffix;
        int64_t unknown; // -1: pieces that are not in the vocabulary are left out
        bool fuse_unknown, ignore_merges, byte_fallback;
        int64_t bytes[256]; // ids of <0x00> to <0xFF>, if byte_fallback
};

// ---- from the file

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
}

static int symbol(struct bpe *b, const struct codepoints *text, uint32_t *ret) {
        int64_t known = trie_find(b->symbols, text->at, text->n);
        int r;

        if (known >= 0) {
                *ret = (uint32_t) known;
                return 0;
        }
        if (b->symbols_n == SYMBOLS_MAX)
                return -E2BIG;
        r = trie_put(b->symbols, text->at, text->n, b->symbols_n);
        if (r == 0)
                *ret = b->symbols_n++;
        return r;
}

// Of two pairs that are the same the later one counts, as in the reference.
static int add_merge(struct bpe *b, const char *left, size_t left_n, const char *right, size_t right_n, size_t rank) {
        struct codepoints text _cleanup_codepoints_ = {0};
        uint32_t pair[2] = {0};
        int r = codepoints_decode(&text, left, left_n);

        if (r == 0)
                r = symbol(b, &text, &pair[0]);
        text.n = 0;
        if (r == 0)
                r = codepoints_decode(&text, right, right_n);
        if (r == 0)
                r = symbol(b, &text, &pair[1]);
        text.n = 0;
        if (r == 0)
                r = codepoints_decode(&text, left, left_n);
        if (r == 0)
                r = codepoints_decode(&text, right, right_n);
        if (r == 0)
                r = symbol(b, &text, &b->merged[rank]);
        return r < 0 ? r : trie_put(b->merges, pair, 2, (int64_t) rank);
}

static int parse_merge(struct bpe *b, const json_t *item, size_t rank, struct error *e) {
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
        r = add_merge(b, left, left_n, right, right_n, rank);
        if (r == -E2BIG)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.merges has too many different pieces");
        return r < 0 ? no_memory(e) : 0;
}

static int parse_merges(struct bpe *b, const json_t *part, struct error *e) {
        const json_t *list = NULL;
        int r = field_must(field_array(part, "model", "merges", &list, e), "model", "merges", e);

        if (r < 0)
                return r;
        if (json_array_size(list) > MERGES_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.merges has more than %d", MERGES_MAX);
        b->merged = calloc(json_array_size(list) + 1, sizeof(*b->merged));
        if (!b->merged)
                return no_memory(e);
        for (size_t i = 0; i < json_array_size(list); i++) {
                r = parse_merge(b, json_array_get(list, i), i, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int parse_bytes(struct bpe *b, const struct vocabulary *v, struct error *e) {
        static const char digits[] = "0123456789ABCDEF";

        for (unsigned i = 0; i < ARRAY_LEN(b->bytes); i++) {
                const char name[] = {'<', '0', 'x', digits[i >> 4], digits[i & 15], '>', '\0'};
                int r = vocabulary_find(v, name, &b->bytes[i]);

                if (r == -ENOENT)
                        b->bytes[i] = -1;
                else if (r < 0)
                        return no_memory(e);
        }
        return 0;
}

static int parse_unknown(struct bpe *b, const json_t *part, const struct vocabulary *v, struct error *e) {
        const char *unknown = NULL;
        int r = field_text(part, "model", "unk_token", &unknown, e);

        b->unknown = -1;
        if (r <= 0)
                return r;
        r = vocabulary_find(v, unknown, &b->unknown);
        if (r == -ENOENT)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.unk_token \"%.60s\" is not in model.vocab",
                                 unknown);
        return r < 0 ? no_memory(e) : 0;
}

static int parse_fields(struct bpe *b, const json_t *part, const struct vocabulary *v, struct error *e) {
        const char *prefix = "", *suffix = "";
        const json_t *dropout = json_object_get(part, "dropout");
        int r = parse_unknown(b, part, v, e);

        if (r >= 0)
                r = field_bool(part, "model", "fuse_unk", &b->fuse_unknown, e);
        if (r >= 0)
                r = field_bool(part, "model", "ignore_merges", &b->ignore_merges, e);
        if (r >= 0)
                r = field_bool(part, "model", "byte_fallback", &b->byte_fallback, e);
        if (r >= 0)
                r = field_text(part, "model", "continuing_subword_prefix", &prefix, e);
        if (r >= 0)
                r = field_text(part, "model", "end_of_word_suffix", &suffix, e);
        if (r < 0)
                return r;
        if (*prefix)
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "model.continuing_subword_prefix of a BPE model is not supported");
        if (json_object_get(part, "continuing_subword_suffix") &&
            !json_is_null(json_object_get(part, "continuing_subword_suffix")))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "model.continuing_subword_suffix is not supported");
        if (json_is_number(dropout) && json_number_value(dropout) > 0)
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "model.dropout is for training; remove it");
        if (strlen(suffix) > SUFFIX_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.end_of_word_suffix is longer than %d",
                                 SUFFIX_MAX);
        if (codepoints_decode(&b->suffix, suffix, strlen(suffix)) < 0)
                return no_memory(e);
        return b->byte_fallback ? parse_bytes(b, v, e) : 0;
}

int bpe_parse(const json_t *part, const struct vocabulary *v, struct bpe **ret, struct error *e) {
        struct bpe *b _cleanup_(bpe_free_p) = calloc(1, sizeof(*b));
        int r;

        if (!b || trie_new(&b->symbols) < 0 || trie_new(&b->merges) < 0)
                return no_memory(e);
        r = parse_fields(b, part, v, e);
        if (r == 0)
                r = parse_merges(b, part, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

struct bpe *bpe_free(struct bpe *b) {
        if (!b)
                return NULL;
        trie_free(b->symbols);
        trie_free(b->merges);
        codepoints_clear(&b->suffix);
        free(b->merged);
        free(b);
        return NULL;
}

// ---- words

// The pieces of a word are a list of characters; a piece that was merged into the one before it has no symbol and is
// not linked any more. Pairs that can be merged wait in a heap: lowest rank first, then the leftmost.
struct link {
        uint32_t symbol, prev, next; // prev, next: indexes; n: none
        bool gone;
};

struct candidate {
        uint32_t rank, left;           // left: index of the link
        uint32_t symbol, right_symbol; // as they were: a pair that has changed since is dropped
};

struct word {
        const struct bpe *b;
        struct link *links;
        uint32_t n;
        struct candidate *heap;
        size_t heap_n;
};

static bool before(const struct candidate *a, const struct candidate *b) {
        return a->rank != b->rank ? a->rank < b->rank : a->left < b->left;
}

// The heap never holds more than three for each character: one from the start, and two for each merge, of which there
// are fewer than characters.
static void heap_push(struct word *w, struct candidate c) {
        size_t i = w->heap_n++;

        while (i > 0 && before(&c, &w->heap[(i - 1) / 2])) {
                w->heap[i] = w->heap[(i - 1) / 2];
                i = (i - 1) / 2;
        }
        w->heap[i] = c;
}

static struct candidate heap_pop(struct word *w) {
        struct candidate top = w->heap[0], last = w->heap[--w->heap_n];
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
        if (pair[0] == NO_SYMBOL || pair[1] == NO_SYMBOL)
                return;
        rank = trie_find(w->b->merges, pair, 2);
        if (rank >= 0)
                heap_push(w, (struct candidate){.rank = (uint32_t) rank,
                                                .left = left,
                                                .symbol = pair[0],
                                                .right_symbol = pair[1]});
}

static void merge_all(struct word *w) {
        for (uint32_t i = 0; i < w->n; i++)
                consider(w, i);
        while (w->heap_n > 0) {
                struct candidate c = heap_pop(w);
                struct link *left = &w->links[c.left], *right;

                if (left->gone || left->next == w->n || left->symbol != c.symbol)
                        continue;
                right = &w->links[left->next];
                if (right->symbol != c.right_symbol)
                        continue;
                right->gone = true;
                left->symbol = w->b->merged[c.rank];
                left->next = right->next;
                if (right->next < w->n)
                        w->links[right->next].prev = c.left;
                if (left->prev < w->n)
                        consider(w, left->prev);
                consider(w, c.left);
        }
}

static int add_unknown(const struct bpe *b, size_t first, struct ids *out) {
        if (b->unknown < 0 || (b->fuse_unknown && out->n > first && out->at[out->n - 1] == b->unknown))
                return 0;
        return ids_add(out, b->unknown);
}

// One of the pieces, a piece's text with the suffix of a word's end: its id, or its bytes, or the unknown one.
static int add_piece(const struct bpe *b, const struct vocabulary *v, const uint32_t *text, size_t n, bool last,
                     size_t first, struct ids *out) {
        uint32_t node = trie_walk(v->pieces, TRIE_ROOT, text, n);
        size_t before = out->n;
        int64_t id;
        int r = 0;

        if (last && node != TRIE_NONE)
                node = trie_walk(v->pieces, node, b->suffix.at, b->suffix.n);
        id = trie_value(v->pieces, node);
        if (id >= 0)
                return id == b->unknown ? add_unknown(b, first, out) : ids_add(out, id);
        if (!b->byte_fallback)
                return add_unknown(b, first, out);
        n += last ? b->suffix.n : 0;
        for (size_t i = 0; r == 0 && i < n; i++) {
                size_t within = last ? n - b->suffix.n : n;
                uint8_t bytes[4];
                size_t k = bytes_of(i < within ? text[i] : b->suffix.at[i - within], bytes);

                for (size_t j = 0; r == 0 && j < k; j++) {
                        if (b->bytes[bytes[j]] < 0) { // one that is not there makes the whole piece unknown
                                out->n = before;
                                return add_unknown(b, first, out);
                        }
                        r = ids_add(out, b->bytes[bytes[j]]);
                }
        }
        return r;
}

static int encode_with(struct word *w, const struct vocabulary *v, const uint32_t *text, size_t first,
                       struct ids *out) {
        const struct bpe *b = w->b;
        int r = 0;

        for (uint32_t i = 0; i < w->n; i++) {
                uint32_t node = trie_walk(b->symbols, TRIE_ROOT, text + i, 1);
                int64_t s;

                if (i + 1 == w->n && node != TRIE_NONE)
                        node = trie_walk(b->symbols, node, b->suffix.at, b->suffix.n);
                s = trie_value(b->symbols, node);
                w->links[i] = (struct link){.symbol = s < 0 ? NO_SYMBOL : (uint32_t) s,
                                            .prev = i > 0 ? i - 1 : w->n,
                                            .next = i + 1};
        }
        merge_all(w);
        for (uint32_t i = 0; r == 0 && i < w->n; i = w->links[i].next) {
                uint32_t next = w->links[i].next;

                r = add_piece(b, v, text + i, next - i, next == w->n, first, out);
        }
        return r;
}

int bpe_encode(const struct bpe *b, const struct vocabulary *v, const uint32_t *word, size_t n, size_t first,
               struct ids *out) {
        struct candidate few_candidates[WORD_ON_STACK * 3];
        struct link few_links[WORD_ON_STACK];
        struct link *links _cleanup_free_ = NULL;
        struct candidate *heap _cleanup_free_ = NULL;
        struct word w = {.b = b, .links = few_links, .heap = few_candidates, .n = (uint32_t) n};

        if (b->ignore_merges) {
                int64_t id = trie_find(v->pieces, word, n);

                if (id >= 0)
                        return ids_add(out, id);
        }
        if (n > WORD_ON_STACK) {
                links = calloc(n, sizeof(*links));
                heap = calloc(n, 3 * sizeof(*heap));
                if (!links || !heap)
                        return -ENOMEM;
                w.links = links;
                w.heap = heap;
        }
        return encode_with(&w, v, word, first, out);
}
