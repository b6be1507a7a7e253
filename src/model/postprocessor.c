#include "model/postprocessor.h"

#include <errno.h>

#include "base/string.h"
#include "model/fields.h"

enum { SPECIALS_MAX = 16 }; // before a text, and after it; files in use have one each

static int add_special(struct ids *ids, const struct vocabulary *v, const char *where, const char *token,
                       struct error *e) {
        int64_t id;
        int r = vocabulary_find(v, token, &id);

        if (r == -ENOENT)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: the special token \"%.60s\" is not in the vocabulary", where, token);
        if (ids->n == SPECIALS_MAX)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s has more than %d special tokens", where,
                                 SPECIALS_MAX);
        if (r == 0)
                r = ids_add(ids, id);
        return r < 0 ? error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: not enough memory", where) : 0;
}

// [{"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "[SEP]"}}]
static int parse_template(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        static const char where[] = "post_processor.single";
        const json_t *list = NULL;
        bool text_seen = false;
        int r = field_must(field_array(part, "post_processor", "single", &list, e), "post_processor", "single", e);

        for (size_t i = 0; r >= 0 && i < json_array_size(list); i++) {
                const json_t *item = json_array_get(list, i), *o = NULL;
                const char *id = NULL;

                r = field_object(item, where, "SpecialToken", &o, e);
                if (r > 0) {
                        r = field_must(field_text(o, where, "id", &id, e), where, "id", e);
                        if (r > 0)
                                r = add_special(text_seen ? &p->after : &p->before, v, where, id, e);
                        continue;
                }
                if (r == 0)
                        r = field_must(field_object(item, where, "Sequence", &o, e), where, "Sequence", e);
                if (r > 0)
                        r = field_must(field_text(o, where, "id", &id, e), where, "id", e);
                if (r > 0 && (text_seen || !str_eq(id, "A")))
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must have the sequence A, once",
                                         where);
                text_seen = true;
        }
        if (r >= 0 && !text_seen)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must have the sequence A, once", where);
        return r < 0 ? r : 0;
}

// {"cls": ["[CLS]", 101], "sep": ["[SEP]", 102]}
static int parse_bert(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e) {
        const struct {
                const char *key;
                struct ids *ids;
        } ends[] = {{"cls", &p->before}, {"sep", &p->after}};

        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                const json_t *pair = NULL;
                int r = field_array(part, "post_processor", ends[i].key, &pair, e);

                r = field_must(r, "post_processor", ends[i].key, e);
                if (r < 0)
                        return r;
                if (!json_is_string(json_array_get(pair, 0)))
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                         "post_processor.%s must start with a string", ends[i].key);
                r = add_special(ends[i].ids, v, "post_processor", json_string_value(json_array_get(pair, 0)), e);
                if (r < 0)
                        return r;
        }
        return 0;
}

static const struct {
        const char *type;
        int (*parse)(const json_t *part, const struct vocabulary *v, struct postprocessor *p, struct error *e);
} kinds[] = {
                {"BertProcessing", parse_bert},
                {"TemplateProcessing", parse_template},
};

int postprocessor_parse(const json_t *part, const struct vocabulary *v, struct postprocessor *ret, struct error *e) {
        struct postprocessor p _cleanup_(postprocessor_clear) = {0};
        const char *type = NULL;
        int r = part && !json_is_null(part) ? field_type(part, "post_processor", &type, e) : 0;

        for (size_t i = 0; r >= 0 && type; i++) {
                if (i == ARRAY_LEN(kinds))
                        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                         "post_processor.type \"%s\" is not supported", type);
                if (str_eq(kinds[i].type, type)) {
                        r = kinds[i].parse(part, v, &p, e);
                        break;
                }
        }
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
