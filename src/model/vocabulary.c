#include "model/vocabulary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "model/unicode.h"

enum { SHOWN_MAX = 60 }; // bytes of a piece in an error message

int vocabulary_put(struct vocabulary *v, const char *piece, int64_t id, const char *where, struct error *e) {
        struct codepoints word _cleanup_codepoints_ = {0};
        size_t n = strlen(piece);
        int r;

        if (n == 0)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: a piece of no characters, id %" PRId64,
                                 where, id);
        if (n > (size_t) PIECE_CHARACTERS_MAX * 4)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: the piece with id %" PRId64 " has %zu bytes",
                                 where, id, n);
        if (id < 0 || id > VOCABULARY_ID_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: the id of \"%.*s\" is %" PRId64 ", must be from 0 to %d", where, SHOWN_MAX, piece,
                                 id, VOCABULARY_ID_MAX);
        r = codepoints_decode(&word, piece, n);
        if (r == 0)
                r = trie_put(v->pieces, word.at, word.n, id);
        if (r == -E2BIG)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: too many pieces", where);
        if (r < 0)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", where);
        v->ids = MAX(v->ids, id + 1);
        return 0;
}

int vocabulary_find(const struct vocabulary *v, const char *piece, int64_t *ret) {
        struct codepoints word _cleanup_codepoints_ = {0};
        int r = codepoints_decode(&word, piece, strlen(piece));
        int64_t id;

        if (r < 0)
                return r;
        id = trie_find(v->pieces, word.at, word.n);
        if (id < 0)
                return -ENOENT;
        *ret = id;
        return 0;
}

// Two pieces with one id mean a file that was damaged or put together by hand: a text would come out as another one.
static int vocabulary_take(struct vocabulary *v, uint8_t *taken, const char *piece, const json_t *id, struct error *e) {
        int64_t value = json_integer_value(id);
        int r;

        if (!json_is_integer(id))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "model.vocab: the id of \"%.*s\" is not a whole number", SHOWN_MAX, piece);
        r = vocabulary_put(v, piece, value, "model.vocab", e);
        if (r < 0)
                return r;
        if (taken[value / 8] & 1u << value % 8)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "model.vocab: \"%.*s\" has the id of another piece, %" PRId64, SHOWN_MAX, piece,
                                 value);
        taken[value / 8] |= (uint8_t) (1u << value % 8);
        return 0;
}

int vocabulary_new(struct vocabulary *ret) {
        struct vocabulary v = {0};
        int r = trie_new(&v.pieces);

        if (r == 0)
                *ret = v;
        return r;
}

int vocabulary_parse(const json_t *pieces, struct vocabulary *ret, struct error *e) {
        struct vocabulary v _cleanup_(vocabulary_clear) = {0};
        uint8_t *taken _cleanup_free_ = calloc(1, VOCABULARY_ID_MAX / 8 + 1);
        const char *piece;
        json_t *id;
        // jansson only hands out iterators of objects that it may change.
        json_t *all = (json_t *) (uintptr_t) pieces;

        if (!taken || vocabulary_new(&v) < 0)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model.vocab: not enough memory");
        if (json_object_size(pieces) == 0)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.vocab has no pieces");
        json_object_foreach(all, piece, id) {
                int r = vocabulary_take(&v, taken, piece, id, e);

                if (r < 0)
                        return r;
        }
        *ret = v;
        v = (struct vocabulary){0};
        return 0;
}

void vocabulary_clear(struct vocabulary *v) {
        v->pieces = trie_free(v->pieces);
        v->ids = 0;
}
