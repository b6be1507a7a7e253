#include "model/tokenizer.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "model/added.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/normalizer.h"
#include "model/postprocessor.h"
#include "model/pretokenizer.h"
#include "model/vocabulary.h"
#include "model/wordpiece.h"

enum {
        FILE_BYTES_MAX = 64 << 20, // the largest public tokenizer.json has half of it
        TRUNCATION_MAX = 1 << 20,  // tokens; no encoder reads as many
};

struct tokenizer {
        struct normalizer *normalizer;
        struct pretokenizer *pretokenizer;
        struct vocabulary vocabulary;
        struct added *added;
        struct postprocessor specials;
        const struct model_kind *kind;
        union {
                struct wordpiece wordpiece;
        } model;
        size_t truncation;
};

// How words become pieces: one row per "model" of tokenizer.json.
struct model_kind {
        const char *type;
        int (*parse)(struct tokenizer *t, const json_t *part, struct error *e);
        int (*encode)(const struct tokenizer *t, const uint32_t *word, size_t n, struct ids *out);
};

static int model_wordpiece_parse(struct tokenizer *t, const json_t *part, struct error *e) {
        return wordpiece_parse(part, &t->vocabulary, &t->model.wordpiece, e);
}

static int model_wordpiece_encode(const struct tokenizer *t, const uint32_t *word, size_t n, struct ids *out) {
        return wordpiece_encode(&t->model.wordpiece, &t->vocabulary, word, n, out);
}

static const struct model_kind model_kinds[] = {
                {"WordPiece", model_wordpiece_parse, model_wordpiece_encode},
};

static int parse_model_kind(struct tokenizer *t, const json_t *part, struct error *e) {
        const char *type = NULL;
        int r = field_type(part, "model", &type, e);

        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LEN(model_kinds); i++) {
                if (str_eq(model_kinds[i].type, type)) {
                        t->kind = &model_kinds[i];
                        return 0;
                }
        }
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "model.type \"%s\" is not supported", type);
}

static int parse_truncation(struct tokenizer *t, const json_t *root, struct error *e) {
        const char *direction = "Right";
        const json_t *part = NULL;
        int64_t max = 0;
        int r = field_object(root, "the file", "truncation", &part, e);

        if (r <= 0)
                return r;
        r = field_must(field_int(part, "truncation", "max_length", 1, TRUNCATION_MAX, &max, e), "truncation",
                       "max_length", e);
        if (r > 0)
                r = field_text(part, "truncation", "direction", &direction, e);
        if (r < 0)
                return r;
        if (!str_ieq(direction, "right"))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "truncation.direction \"%s\" is not supported",
                                 direction);
        t->truncation = (size_t) max;
        return 0;
}

// The order matters: added tokens are normalized, they join the vocabulary, and the rest looks its tokens up there.
static int parse_parts(struct tokenizer *t, const json_t *root, struct error *e) {
        const json_t *model = json_object_get(root, "model"), *vocabulary = NULL;
        int r = parse_model_kind(t, model, e);

        if (r == 0)
                r = normalizer_parse(json_object_get(root, "normalizer"), &t->normalizer, e);
        if (r == 0)
                r = pretokenizer_parse(json_object_get(root, "pre_tokenizer"), &t->pretokenizer, e);
        if (r == 0)
                r = field_must(field_object(model, "model", "vocab", &vocabulary, e), "model", "vocab", e);
        if (r > 0)
                r = vocabulary_parse(vocabulary, &t->vocabulary, e);
        if (r == 0)
                r = added_parse(json_object_get(root, "added_tokens"), t->normalizer, &t->vocabulary, &t->added, e);
        if (r == 0)
                r = t->kind->parse(t, model, e);
        if (r == 0)
                r = postprocessor_parse(json_object_get(root, "post_processor"), &t->vocabulary, &t->specials, e);
        return r < 0 ? r : parse_truncation(t, root, e);
}

int tokenizer_parse(const char *json, size_t n, struct tokenizer **ret, struct error *e) {
        struct tokenizer *t _cleanup_(tokenizer_free_p) = NULL;
        json_t *root _cleanup_json_ = NULL;
        int r;

        if (n > FILE_BYTES_MAX)
                return error_set(e, -EFBIG, ERROR_MODEL_UNAVAILABLE, "larger than %d bytes", FILE_BYTES_MAX);
        r = json_parse(json, n, &root, e);
        if (r < 0) {
                if (e)
                        e->code = ERROR_MODEL_UNAVAILABLE;
                return r;
        }
        if (!json_is_object(root))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "not a JSON object");
        t = calloc(1, sizeof(*t));
        if (!t)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "not enough memory");
        r = parse_parts(t, root, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(t);
        return 0;
}

int tokenizer_open(const char *path, struct tokenizer **ret, struct error *e) {
        char *json _cleanup_free_ = NULL;
        size_t n;
        int r = file_read(path, FILE_BYTES_MAX, &json, &n, e);

        if (r == 0) {
                r = tokenizer_parse(json, n, ret, e);
                if (r < 0)
                        (void) error_prefix(e, r, "%s", path);
        }
        if (r < 0 && e)
                e->code = ERROR_MODEL_UNAVAILABLE;
        return r;
}

struct tokenizer *tokenizer_free(struct tokenizer *t) {
        if (!t)
                return NULL;
        t->normalizer = normalizer_free(t->normalizer);
        t->pretokenizer = pretokenizer_free(t->pretokenizer);
        t->added = added_free(t->added);
        vocabulary_clear(&t->vocabulary);
        postprocessor_clear(&t->specials);
        free(t);
        return NULL;
}

size_t tokenizer_vocabulary(const struct tokenizer *t) {
        return (size_t) t->vocabulary.ids;
}

size_t tokenizer_truncation(const struct tokenizer *t) {
        return t->truncation;
}

struct encoding {
        const struct tokenizer *t;
        struct ids ids;
        size_t max; // of ids, without the closing special tokens
};

enum { ENOUGH = 1 }; // what a step returns when no more ids are wanted

static int encode_word(void *arg, const uint32_t *word, size_t n) {
        struct encoding *en = arg;
        int r = en->t->kind->encode(en->t, word, n, &en->ids);

        return r == 0 && en->ids.n >= en->max ? ENOUGH : r;
}

static int encode_token(struct encoding *en, int64_t id) {
        int r = ids_add(&en->ids, id);

        return r == 0 && en->ids.n >= en->max ? ENOUGH : r;
}

// A section between added tokens: normalized, searched for the added tokens that are only seen then, split into words.
static int encode_section(struct encoding *en, const struct section *s) {
        struct codepoints text _cleanup_codepoints_ = {0};
        struct section *parts _cleanup_free_ = NULL;
        size_t n = 0;
        int r = normalizer_run(en->t->normalizer, s->at, s->n, &text);

        if (r == 0)
                r = added_split(en->t->added, true, text.at, text.n, &parts, &n);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = parts[i].id >= 0 ? encode_token(en, parts[i].id)
                                     : pretokenizer_run(en->t->pretokenizer, parts[i].at, parts[i].n, encode_word, en);
        return r;
}

int tokenizer_encode(const struct tokenizer *t, const char *text, size_t n, size_t max, int64_t **ret, size_t *ret_n) {
        const struct ids *before = &t->specials.before, *after = &t->specials.after;
        struct codepoints all _cleanup_codepoints_ = {0};
        struct section *sections _cleanup_free_ = NULL;
        struct encoding en = {.t = t};
        size_t count = 0;
        int r;

        en.max = max - MIN(max, after->n);
        r = codepoints_decode(&all, text, n);
        if (r == 0)
                r = added_split(t->added, false, all.at, all.n, &sections, &count);
        for (size_t i = 0; r == 0 && i < before->n; i++)
                r = ids_add(&en.ids, before->at[i]);
        if (r == 0 && en.ids.n >= en.max)
                r = ENOUGH;
        for (size_t i = 0; r == 0 && i < count; i++)
                r = sections[i].id >= 0 ? encode_token(&en, sections[i].id) : encode_section(&en, &sections[i]);
        if (r >= 0) {
                en.ids.n = MIN(en.ids.n, en.max); // a word may have gone over it
                r = 0;
        }
        for (size_t i = 0; r == 0 && en.ids.n < max && i < after->n; i++)
                r = ids_add(&en.ids, after->at[i]);
        if (r < 0) {
                ids_clear(&en.ids);
                return r;
        }
        *ret = en.ids.at;
        *ret_n = en.ids.n;
        return 0;
}
