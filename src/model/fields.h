// Fields of a model's JSON files: typed getters whose error names the part of the file and the field.
//
// Each returns 1 and sets *ret when the field is there, 0 when it is missing or null, and -EINVAL with
// ERROR_MODEL_UNAVAILABLE when it has another type or range. `where` is the path of the object: "model", "normalizer".
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

_warn_unused_ int field_bool(const json_t *o, const char *where, const char *key, bool *ret, struct error *e);
_warn_unused_ int field_int(const json_t *o, const char *where, const char *key, int64_t min, int64_t max, int64_t *ret,
                            struct error *e);
_warn_unused_ int field_text(const json_t *o, const char *where, const char *key, const char **ret, struct error *e);
_warn_unused_ int field_array(const json_t *o, const char *where, const char *key, const json_t **ret, struct error *e);
_warn_unused_ int field_object(const json_t *o, const char *where, const char *key, const json_t **ret,
                               struct error *e);

// 1, or -EINVAL saying that it is missing: field_must(field_text(...), "model", "unk_token", e)
_warn_unused_ int field_must(int r, const char *where, const char *key, struct error *e);

// The "type" of a part, which must be an object.
_warn_unused_ int field_type(const json_t *o, const char *where, const char **ret, struct error *e);
