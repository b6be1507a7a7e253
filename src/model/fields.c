#include "model/fields.h"

#include <errno.h>
#include <inttypes.h>

static const json_t *member(const json_t *o, const char *key) {
        const json_t *v = json_object_get(o, key);

        return json_is_null(v) ? NULL : v;
}

static int wrong(struct error *e, const char *where, const char *key, const char *expected) {
        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s.%s must be %s", where, key, expected);
}

int field_bool(const json_t *o, const char *where, const char *key, bool *ret, struct error *e) {
        const json_t *v = member(o, key);

        if (!v)
                return 0;
        if (!json_is_boolean(v))
                return wrong(e, where, key, "true or false");
        *ret = json_is_true(v);
        return 1;
}

int field_int(const json_t *o, const char *where, const char *key, int64_t min, int64_t max, int64_t *ret,
              struct error *e) {
        const json_t *v = member(o, key);

        if (!v)
                return 0;
        if (!json_is_integer(v))
                return wrong(e, where, key, "a whole number");
        if (json_integer_value(v) < min || json_integer_value(v) > max)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s.%s is %" JSON_INTEGER_FORMAT ", must be from %" PRId64 " to %" PRId64, where, key,
                                 json_integer_value(v), min, max);
        *ret = json_integer_value(v);
        return 1;
}

int field_text(const json_t *o, const char *where, const char *key, const char **ret, struct error *e) {
        const json_t *v = member(o, key);

        if (!v)
                return 0;
        if (!json_is_string(v))
                return wrong(e, where, key, "a string");
        *ret = json_string_value(v);
        return 1;
}

int field_array(const json_t *o, const char *where, const char *key, const json_t **ret, struct error *e) {
        const json_t *v = member(o, key);

        if (!v)
                return 0;
        if (!json_is_array(v))
                return wrong(e, where, key, "a list");
        *ret = v;
        return 1;
}

int field_object(const json_t *o, const char *where, const char *key, const json_t **ret, struct error *e) {
        const json_t *v = member(o, key);

        if (!v)
                return 0;
        if (!json_is_object(v))
                return wrong(e, where, key, "an object");
        *ret = v;
        return 1;
}

int field_must(int r, const char *where, const char *key, struct error *e) {
        return r == 0 ? error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s.%s is missing", where, key) : r;
}

int field_type(const json_t *o, const char *where, const char **ret, struct error *e) {
        if (!json_is_object(o))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s must be an object", where);
        return field_must(field_text(o, where, "type", ret, e), where, "type", e);
}
