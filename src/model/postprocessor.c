#include "model/postprocessor.h"

#include <errno.h>

#include "base/string.h"
#include "model/fields.h"

enum {
        SPECIALS_MAX = 16, // before a text, and after it; files in use have one each
        TYPE_MAX = 255,    // token_type_id; models have 0 and 1
};

static int find_special(const struct vocabulary *v, const char *where, const char *token, int64_t *ret,
                        struct error *e) {
        int r = vocabulary_find(v, token, ret);

        if (r == -ENOENT)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: the special token \"%.60s\" is not in the vocabulary", where, token);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", where) : 0;
}

static int add_special(struct ids *ids, const char *where, int64_t id, struct error *e) {
        if (ids->n == SPECIALS_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s has more than %d special tokens", where,
                                 SPECIALS_MAX);
        return ids_add(ids, id) < 0 ? error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", where)
                                    : 0;
}

static int add_pair_part(struct postprocessor *p, struct pair_part part, struct error *e) {
        if (p->pair_n == PAIR_PARTS_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "post_processor.pair has more than %d parts",
                                 PAIR_PARTS_MAX);
        p->pair[p->pair_n++] = part;
        p->pair_specials += part.text < 0;
        return 0;
}

// ---- TemplateProcessing

// {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id": "A", "type_id": 0}}
static int parse_item(const json_t *item, const char *where, const struct vocabulary *v, struct pair_part *ret,
                      struct error *e) {
        struct pair_part part = {.text = -1};
        const json_t *o = NULL;
        const char *id = NULL;
        int r = field_object(item, where, "SpecialToken", &o, e);
        bool special = r > 0;

        if (r == 0)
                r = field_must(field_object(item, where, "Sequence", &o, e), where, "Sequence", e);
        if (r > 0)
                r = field_must(field_text(o, where, "id", &id, e), where, "id", e);
        if (r > 0)
                r = field_int(o, where, "type_id", 0, TYPE_MAX, &part.type, e);
        if (r >= 0 && special)
                r = find_special(v, where, id, &part.id, e);
        else if (r >= 0)
                part.text = str_eq(id, "A") ? 0 : str_eq(id, "B") ? 1 : 2;
        if (r >= 0)
                *ret = part;
        return r < 0 ? r : 0;
}

static int parse_single(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        static const char where[] = "post_processor.single";
        const json_t *list = NULL;
        bool text_seen = false, wrong = false;
        int r = field_must(field_array(part, "post_processor", "single", &list, e), "post_processor", "single", e);

        for (size_t i = 0; r >= 0 && i < json_array_size(list); i++) {
                struct pair_part item = {0};

                r = parse_item(json_array_get(list, i), where, v, &item, e);
                if (r == 0 && item.text < 0)
                        r = add_special(text_seen ? &p->after : &p->before, where, item.id, e);
                wrong = wrong || (item.text >= 0 && (text_seen || item.text != 0));
                text_seen = text_seen || item.text >= 0;
        }
        if (r >= 0 && (wrong || !text_seen))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must have the sequence A, once", where);
        return r < 0 ? r : 0;
}

// A file without a template for pairs is one of a model that reads single texts: then nothing stands between two.
static int parse_pair(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        static const char where[] = "post_processor.pair";
        const json_t *list = NULL;
        int seen[3] = {0};
        int r = field_array(part, "post_processor", "pair", &list, e);

        for (size_t i = 0; r >= 0 && i < json_array_size(list); i++) {
                struct pair_part item = {0};

                r = parse_item(json_array_get(list, i), where, v, &item, e);
                if (r == 0 && item.text >= 0)
                        seen[item.text]++;
                if (r == 0)
                        r = add_pair_part(p, item, e);
        }
        if (r >= 0 && p->pair_n > 0 && (seen[0] != 1 || seen[1] != 1 || seen[2] != 0))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must have the sequences A and B, once each",
                                 where);
        return r < 0 ? r : 0;
}

static int parse_template(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        int r = parse_single(part, v, p, e);

        return r < 0 ? r : parse_pair(part, v, p, e);
}

// ---- BertProcessing, RobertaProcessing: {"cls": ["[CLS]", 101], "sep": ["[SEP]", 102]}

static int parse_end(const json_t *part, const char *key, const struct vocabulary *v, int64_t *ret, struct error *e) {
        const json_t *pair = NULL;
        int r = field_must(field_array(part, "post_processor", key, &pair, e), "post_processor", key, e);

        if (r < 0)
                return r;
        if (!json_is_string(json_array_get(pair, 0)))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "post_processor.%s must start with a string",
                                 key);
        return find_special(v, "post_processor", json_string_value(json_array_get(pair, 0)), ret, e);
}

// RoBERTa has a second separator between two texts.
static int parse_ends(const json_t *part, const struct vocabulary *v, bool twice, struct postprocessor *p,
                      struct error *e) {
        int64_t cls = 0, sep = 0;
        int r = parse_end(part, "cls", v, &cls, e);

        if (r == 0)
                r = parse_end(part, "sep", v, &sep, e);
        if (r == 0)
                r = add_special(&p->before, "post_processor", cls, e);
        if (r == 0)
                r = add_special(&p->after, "post_processor", sep, e);
        const struct pair_part parts[] = {{-1, cls, 0}, {0, 0, 0}, {-1, sep, 0}, {-1, sep, 1}, {1, 0, 1}, {-1, sep, 1}};
        for (size_t i = 0; r == 0 && i < ARRAY_LEN(parts); i++)
                if (i != 3 || twice)
                        r = add_pair_part(p, parts[i], e);
        return r;
}

static int parse_bert(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        return parse_ends(part, v, false, p, e);
}

static int parse_roberta(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        return parse_ends(part, v, true, p, e);
}

// ---- from the file

// It only says where in the text a token stands.
static int parse_bytes(const json_t *part _unused_, const struct vocabulary *v _unused_,
                       struct postprocessor *p _unused_, struct error *e _unused_) {
        return 0;
}

static const struct {
        const char *type;
        int (*parse)(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e);
        bool adds; // tokens: of these there can be one
} kinds[] = {
                {"BertProcessing", parse_bert, true},
                {"ByteLevel", parse_bytes, false},
                {"RobertaProcessing", parse_roberta, true},
                {"TemplateProcessing", parse_template, true},
};

static int parse_one(const json_t *part, const struct vocabulary *v, struct postprocessor *p, bool *adds,
                     struct error *e) {
        const char *type = NULL;
        int r = field_type(part, "post_processor", &type, e);

        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                if (!str_eq(kinds[i].type, type))
                        continue;
                if (*adds && kinds[i].adds)
                        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                         "post_processor: several that add tokens are not supported");
                *adds = *adds || kinds[i].adds;
                return kinds[i].parse(part, v, p, e);
        }
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "post_processor.type \"%s\" is not supported", type);
}

int postprocessor_parse(const json_t *part, const struct vocabulary *v, struct postprocessor *ret, struct error *e) {
        struct postprocessor p _cleanup_(postprocessor_clear) = {0};
        const json_t *list = NULL;
        bool adds = false;
        int r = 0;

        if (json_is_object(part) && str_eq(json_string_value(json_object_get(part, "type")), "Sequence")) {
                r = field_must(field_array(part, "post_processor", "processors", &list, e), "post_processor",
                               "processors", e);
                for (size_t i = 0; r >= 0 && i < json_array_size(list); i++)
                        r = parse_one(json_array_get(list, i), v, &p, &adds, e);
        } else if (part && !json_is_null(part)) {
                r = parse_one(part, v, &p, &adds, e);
        }
        if (r >= 0 && p.pair_n == 0)
                r = add_pair_part(&p, (struct pair_part){.text = 0}, e);
        if (r >= 0 && p.pair_n == 1)
                r = add_pair_part(&p, (struct pair_part){.text = 1, .type = 1}, e);
        if (r < 0)
                return r;
        *ret = p;
        p = (struct postprocessor){0};
        return 0;
}

void postprocessor_clear(struct postprocessor *p) {
        ids_clear(&p->before);
        ids_clear(&p->after);
}
