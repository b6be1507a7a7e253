#include "model/wordpiece.h"

#include <errno.h>
#include <string.h>

#include "model/fields.h"
#include "model/unicode.h"

enum { WORD_MAX_DEFAULT = 100, WORD_MAX_MAX = 1 << 20 };

int wordpiece_parse(const json_t *part, const struct vocabulary *v, struct wordpiece *ret, struct error *e) {
        static const char where[] = "model";
        struct codepoints prefix _cleanup_codepoints_ = {0};
        struct wordpiece w = {.word_max = WORD_MAX_DEFAULT};
        const char *unknown = NULL, *continuing = "##";
        int r;

        r = field_must(field_text(part, where, "unk_token", &unknown, e), where, "unk_token", e);
        if (r >= 0)
                r = field_text(part, where, "continuing_subword_prefix", &continuing, e);
        if (r >= 0)
                r = field_int(part, where, "max_input_chars_per_word", 0, WORD_MAX_MAX, &w.word_max, e);
        if (r < 0)
                return r;
        r = vocabulary_find(v, unknown, &w.unknown);
        if (r == -ENOENT)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.unk_token \"%.60s\" is not in model.vocab",
                                 unknown);
        if (r == 0)
                r = codepoints_decode(&prefix, continuing, strlen(continuing));
        if (r < 0)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "model: not enough memory");
        w.continuing = trie_walk(v->pieces, TRIE_ROOT, prefix.at, prefix.n);
        *ret = w;
        return 0;
}

int wordpiece_encode(const struct wordpiece *w, const struct vocabulary *v, const uint32_t *word, size_t n,
                     struct ids *out) {
        size_t before = out->n;

        if (n > (size_t) w->word_max)
                return ids_add(out, w->unknown);
        for (size_t start = 0; start < n;) {
                int64_t id = -1;
                size_t len = trie_longest(v->pieces, start > 0 ? w->continuing : TRIE_ROOT, word + start, n - start,
                                          &id);
                int r;

                if (len == 0) { // one part that has no piece makes the whole word unknown
                        out->n = before;
                        return ids_add(out, w->unknown);
                }
                r = ids_add(out, id);
                if (r < 0)
                        return r;
                start += len;
        }
        return 0;
}
