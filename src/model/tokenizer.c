#include "model/tokenizer.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "model/added.h"
#include "model/bpe.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/normalizer.h"
#include "model/postprocessor.h"
#include "model/pretokenizer.h"
#include "model/unigram.h"
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
        struct wordpiece wordpiece;
        struct bpe *bpe;
        struct unigram *unigram;
        size_t truncation;
};

// How words become pieces: one row per "model" of tokenizer.json. The vocabulary is read before the added tokens, which
// join it, and the rest of the model behind them, because it looks its tokens up there.
struct model_kind {
        const char *type;
        int (*vocabulary)(struct tokenizer *t, const json_t *part, struct error *e);
        int (*parse)(struct tokenizer *t, const json_t *part, struct error *e);
        // Behind the ids of this stretch of text, which begin at out->at[first].
        int (*encode)(const struct tokenizer *t, const uint32_t *word, size_t n, size_t first, struct ids *out);
};

static int pieces_by_name(struct tokenizer *t, const json_t *part, struct error *e) {
        const json_t *vocabulary = NULL;
        int r = field_must(field_object(part, "model", "vocab", &vocabulary, e), "model", "vocab", e);

        return r < 0 ? r : vocabulary_parse(vocabulary, &t->vocabulary, e);
}

static int pieces_with_scores(struct tokenizer *t, const json_t *part, struct error *e) {
        if (vocabulary_new(&t->vocabulary) < 0)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "model.vocab: not enough memory");
        return unigram_parse(part, &t->vocabulary, &t->unigram, e);
}

static int wordpiece_read(struct tokenizer *t, const json_t *part, struct error *e) {
        return wordpiece_parse(part, &t->vocabulary, &t->wordpiece, e);
}

static int bpe_read(struct tokenizer *t, const json_t *part, struct error *e) {
        return bpe_parse(part, &t->vocabulary, &t->bpe, e);
}

static int unigram_read(struct tokenizer *t _unused_, const json_t *part _unused_, struct error *e _unused_) {
        return 0; // it is all in the list of pieces
}

static int wordpiece_word(const struct tokenizer *t, const uint32_t *word, size_t n, size_t first _unused_,
                          struct ids *out) {
        return wordpiece_encode(&t->wordpiece, &t->vocabulary, word, n, out);
}

static int bpe_word(const struct tokenizer *t, const uint32_t *word, size_t n, size_t first, struct ids *out) {
        return bpe_encode(t->bpe, &t->vocabulary, word, n, first, out);
}

static int unigram_word(const struct tokenizer *t, const uint32_t *word, size_t n, size_t first, struct ids *out) {
        return unigram_encode(t->unigram, word, n, first, out);
}

enum { KIND_WORDPIECE, KIND_BPE, KIND_UNIGRAM };

static const struct model_kind model_kinds[] = {
                [KIND_WORDPIECE] = {"WordPiece", pieces_by_name, wordpiece_read, wordpiece_word},
                [KIND_BPE] = {"BPE", pieces_by_name, bpe_read, bpe_word},
                [KIND_UNIGRAM] = {"Unigram", pieces_with_scores, unigram_read, unigram_word},
};

// Files from before models said their type (bart-large-mnli's is one) are told by what they have.
static int guess_model_kind(struct tokenizer *t, const json_t *model, struct error *e) {
        if (json_is_array(json_object_get(model, "vocab")))
                t->kind = &model_kinds[KIND_UNIGRAM];
        else if (json_object_get(model, "merges"))
                t->kind = &model_kinds[KIND_BPE];
        else if (json_object_get(model, "continuing_subword_prefix"))
                t->kind = &model_kinds[KIND_WORDPIECE];
        else
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "model.type is missing");
        return 0;
}

static int parse_model_kind(struct tokenizer *t, const json_t *model, struct error *e) {
        const char *type = NULL;
        int r;

        if (json_is_object(model) && !json_object_get(model, "type"))
                return guess_model_kind(t, model, e);
        r = field_type(model, "model", &type, e);
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
        const json_t *model = json_object_get(root, "model");
        int r = parse_model_kind(t, model, e);

        if (r == 0)
                r = normalizer_parse(json_object_get(root, "normalizer"), &t->normalizer, e);
        if (r == 0)
                r = pretokenizer_parse(json_object_get(root, "pre_tokenizer"), &t->pretokenizer, e);
        if (r == 0)
                r = t->kind->vocabulary(t, model, e);
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
        t->bpe = bpe_free(t->bpe);
        t->unigram = unigram_free(t->unigram);
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
        struct ids *ids;
        size_t first; // of the stretch that is read now, in ids
        size_t max;   // of ids
};

enum { ENOUGH = 1 }; // what a step returns when no more ids are wanted

static int encode_word(void *arg, const uint32_t *word, size_t n) {
        struct encoding *en = arg;
        int r = en->t->kind->encode(en->t, word, n, en->first, en->ids);

        return r == 0 && en->ids->n >= en->max ? ENOUGH : r;
}

static int encode_token(struct encoding *en, int64_t id) {
        int r = ids_add(en->ids, id);

        return r == 0 && en->ids->n >= en->max ? ENOUGH : r;
}

// A section between added tokens: normalized, searched for the added tokens that are only seen then, split into words.
static int encode_section(struct encoding *en, const struct section *s) {
        struct codepoints text _cleanup_codepoints_ = {0};
        struct section *parts _cleanup_free_ = NULL;
        size_t n = 0;
        int r = normalizer_run(en->t->normalizer, s->at, s->n, &text);

        if (r == 0)
                r = added_split(en->t->added, true, text.at, text.n, &parts, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                en->first = en->ids->n;
                r = parts[i].id >= 0 ? encode_token(en, parts[i].id)
                                     : pretokenizer_run(en->t->pretokenizer, parts[i].at, parts[i].n, s->begins,
                                                        encode_word, en);
        }
        return r;
}

// The ids of a text alone, without special tokens, at most `max` of them, behind those that *out has.
static int encode_text(const struct tokenizer *t, const char *text, size_t n, size_t max, struct ids *out) {
        struct codepoints all _cleanup_codepoints_ = {0};
        struct section *sections _cleanup_free_ = NULL;
        size_t count = 0, end = max > SIZE_MAX - out->n ? SIZE_MAX : out->n + max;
        struct encoding en = {.t = t, .ids = out, .max = end};
        int r = max == 0 ? ENOUGH : codepoints_decode(&all, text, n);

        if (r == 0)
                r = added_split(t->added, false, all.at, all.n, &sections, &count);
        for (size_t i = 0; r == 0 && i < count; i++)
                r = sections[i].id >= 0 ? encode_token(&en, sections[i].id) : encode_section(&en, &sections[i]);
        if (r < 0)
                return r;
        out->n = MIN(out->n, end); // a word may have gone over it
        return 0;
}

int tokenizer_encode(const struct tokenizer *t, const char *text, size_t n, size_t max, int64_t **ret, size_t *ret_n) {
        const struct ids *before = &t->specials.before, *after = &t->specials.after;
        struct ids ids _cleanup_ids_ = {0};
        size_t room = max - MIN(max, after->n);
        int r = 0;

        for (size_t i = 0; r == 0 && i < before->n && ids.n < room; i++)
                r = ids_add(&ids, before->at[i]);
        if (r == 0)
                r = encode_text(t, text, n, room - ids.n, &ids);
        for (size_t i = 0; r == 0 && ids.n < max && i < after->n; i++)
                r = ids_add(&ids, after->at[i]);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(ids.at);
        *ret_n = ids.n;
        return 0;
}

// How many ids each of two texts keeps, when both together may have `room`: what @huggingface/tokenizers' counterpart
// in Rust does (truncate_encodings). -EMSGSIZE: the first alone cannot give up enough.
static int share_room(enum tokenizer_cut cut, size_t room, size_t *first, size_t *second) {
        size_t less = MIN(*first, *second), more;

        if (*first + *second <= room)
                return 0;
        if (cut == TOKENIZER_CUT_FIRST) {
                if (*second >= room)
                        return -EMSGSIZE;
                *first = room - *second;
                return 0;
        }
        more = less > room ? less : MAX(less, room - less);
        if (less + more > room) {
                less = room / 2;
                more = less + room % 2;
        }
        if (*first > *second) {
                *first = more;
                *second = less;
        } else {
                *first = less;
                *second = more;
        }
        return 0;
}

static int put_together(const struct postprocessor *p, const struct ids texts[2], const size_t kept[2],
                        struct tokenizer_pair *ret) {
        size_t n = p->pair_specials + kept[0] + kept[1], k = 0;

        ret->ids = calloc(n + 1, sizeof(*ret->ids));
        ret->types = calloc(n + 1, sizeof(*ret->types));
        if (!ret->ids || !ret->types)
                return -ENOMEM;
        for (size_t i = 0; i < p->pair_n; i++) {
                const struct pair_part *part = &p->pair[i];
                size_t count = part->text < 0 ? 1 : kept[part->text];

                for (size_t j = 0; j < count; j++, k++) {
                        ret->ids[k] = part->text < 0 ? part->id : texts[part->text].at[j];
                        ret->types[k] = part->type;
                }
        }
        ret->n = k;
        ret->first = kept[0];
        return 0;
}

int tokenizer_encode_pair(const struct tokenizer *t, const char *a, size_t a_n, const char *b, size_t b_n, size_t max,
                          enum tokenizer_cut cut, struct tokenizer_pair *ret) {
        struct ids first _cleanup_ids_ = {0}, second _cleanup_ids_ = {0};
        struct tokenizer_pair pair _cleanup_(tokenizer_pair_clear) = {0};
        const struct postprocessor *p = &t->specials;
        size_t kept[2], room = max - MIN(max, p->pair_specials);
        // What is cut off in the end need not be read; but which text is longer counts when both give up.
        int r = encode_text(t, a, a_n, cut == TOKENIZER_CUT_FIRST ? room : SIZE_MAX, &first);

        if (r == 0)
                r = encode_text(t, b, b_n, SIZE_MAX, &second);
        if (r < 0)
                return r;
        kept[0] = first.n;
        kept[1] = second.n;
        r = max < p->pair_specials ? -EMSGSIZE : share_room(cut, room, &kept[0], &kept[1]);
        if (r == 0)
                r = put_together(p, (const struct ids[]){first, second}, kept, &pair);
        if (r < 0)
                return r;
        *ret = pair;
        pair = (struct tokenizer_pair){0};
        return 0;
}

void tokenizer_pair_clear(struct tokenizer_pair *p) {
        free(p->ids);
        free(p->types);
        *p = (struct tokenizer_pair){0};
}
