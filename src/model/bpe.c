#include "model/bpe.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "model/fallback.h"
#include "model/fields.h"
#include "model/merges.h"
#include "model/trie.h"
#include "model/unicode.h"

enum {
        SUFFIX_MAX = 64,    // bytes of end_of_word_suffix
        WORD_ON_STACK = 64, // characters of a word that needs no memory
};

struct bpe {
        struct merges *merges;
        struct codepoints suffix;
        int64_t unknown; // -1: pieces that are not in the vocabulary are left out
        bool fuse_unknown, ignore_merges;
        struct fallback fallback;
};

// ---- from the file

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
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
                r = fallback_parse(part, v, false, &b->fallback, e);
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
        return 0;
}

int bpe_parse(const json_t *part, const struct vocabulary *v, struct bpe **ret, struct error *e) {
        struct bpe *b _cleanup_(bpe_free_p) = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return no_memory(e);
        r = parse_fields(b, part, v, e);
        if (r == 0)
                r = merges_parse(part, &b->merges, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

struct bpe *bpe_free(struct bpe *b) {
        if (!b)
                return NULL;
        merges_free(b->merges);
        codepoints_clear(&b->suffix);
        free(b);
        return NULL;
}

// ---- words

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
        int r;

        if (last && node != TRIE_NONE)
                node = trie_walk(v->pieces, node, b->suffix.at, b->suffix.n);
        id = trie_value(v->pieces, node);
        if (id >= 0)
                return id == b->unknown ? add_unknown(b, first, out) : ids_add(out, id);
        if (!b->fallback.on)
                return add_unknown(b, first, out);
        r = fallback_add(&b->fallback, text, n, out);
        if (r == 0 && last)
                r = fallback_add(&b->fallback, b->suffix.at, b->suffix.n, out);
        if (r == -ENOENT) { // one that is not there makes the whole piece unknown
                out->n = before;
                return add_unknown(b, first, out);
        }
        return r;
}

int bpe_encode(const struct bpe *b, const struct vocabulary *v, const uint32_t *word, size_t n, size_t first,
               struct ids *out) {
        struct merges_candidate few_candidates[WORD_ON_STACK * MERGES_CANDIDATES];
        struct merges_link few_links[WORD_ON_STACK];
        struct merges_link *more_links _cleanup_free_ = NULL, *links = few_links;
        struct merges_candidate *more_candidates _cleanup_free_ = NULL, *heap = few_candidates;
        uint32_t count = (uint32_t) n;
        int r = 0;

        if (b->ignore_merges) {
                int64_t id = trie_find(v->pieces, word, n);

                if (id >= 0)
                        return ids_add(out, id);
        }
        if (n > WORD_ON_STACK) {
                links = more_links = calloc(n, sizeof(*links));
                heap = more_candidates = calloc(n, MERGES_CANDIDATES * sizeof(*heap));
                if (!links || !heap)
                        return -ENOMEM;
        }
        for (uint32_t i = 0; i < count; i++)
                links[i] = (struct merges_link){.symbol = merges_symbol(b->merges, word[i], b->suffix.at,
                                                                        i + 1 == count ? b->suffix.n : 0),
                                                .prev = i > 0 ? i - 1 : count,
                                                .next = i + 1};
        merges_apply(b->merges, links, count, heap);
        for (uint32_t i = 0; r == 0 && i < count; i = links[i].next)
                r = add_piece(b, v, word + i, links[i].next - i, links[i].next == count, first, out);
        return r;
}
