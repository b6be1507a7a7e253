// jansson with the house's rules: strict parsing with limits, and getters that tell missing from wrong.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

static inline void json_decref_p(json_t **p) {
        json_decref(*p);
}
#define _cleanup_json_ _cleanup_(json_decref_p)

enum {
        JSON_DEPTH_MAX_ = 64, // no payload of ours or of Freshdesk's nests a tenth of this
        JSON_DIGITS_ = 15,    // of a number that is written: all of them right in any double, and 0.7 stays 0.7
};

// Parses exactly one document: duplicates, NUL in strings, invalid UTF-8, trailing bytes, numbers out of range and
// nesting over JSON_DEPTH_MAX_ are refused with ERROR_INVALID_JSON and the place. 0 or -EINVAL / -ENOMEM.
_warn_unused_ int json_parse(const char *data, size_t n, json_t **ret, struct error *e);

// For documents of others that must be read all the same: makes each "\u0000" and each half of a surrogate pair, which
// json_parse refuses, a U+FFFD, in place.
void json_mend_escapes(char *data, size_t n);

// Getters on objects. A key that is missing or null leaves *ret alone and returns 0; another type is -EINVAL with
// ERROR_INVALID_REQUEST naming the key; found is 1. Strings are borrowed from the object.
int json_get_str(const json_t *o, const char *key, const char **ret, struct error *e);
int json_get_int(const json_t *o, const char *key, int64_t min, int64_t max, int64_t *ret, struct error *e);
int json_get_bool(const json_t *o, const char *key, bool *ret, struct error *e);

// 0 when o is an object with no other keys than `known` (NULL at its end), else -EINVAL with ERROR_INVALID_REQUEST that
// names the first other one: for orders, of which no word may be lost.
_warn_unused_ int json_only(const json_t *o, const char *const *known, struct error *e);

// As the getters, for outside input that may have any type: a string, or NULL for everything else.
const char *json_str_or_null(const json_t *o, const char *key);
int64_t json_int_or(const json_t *o, const char *key, int64_t otherwise);
bool json_bool_or(const json_t *o, const char *key, bool otherwise);

// Adds n to the counter `key` of an object, which begins at 0 where it is missing. A counter that is there grows in
// place: a table of counts may have years of rows, and a new number for each costs most of its time. Without memory for
// a new counter there is none.
void json_count(json_t *o, const char *key, int64_t n);

// Numbers and times as all answers write them: new references. NULL: no memory, or a number that is not finite.
json_t *json_rounded(double v);                  // to four digits behind the point
json_t *json_ratio(int64_t part, int64_t whole); // the same of part / whole; of nothing it is 0
json_t *json_time(int64_t ms);                   // ISO 8601 of the wall clock; 0 or less, never, is null

// Compact text with sorted keys: equal documents give equal bytes. NULL: no memory. The caller frees.
_warn_unused_ char *json_canonical(const json_t *v);
// With the flags of jansson's json_dumps, in whose place it is to be used: that one (2.14) leaves keys out of the text
// when it has no room for them. NULL: no memory, or what cannot be written.
_warn_unused_ char *json_text_as(const json_t *v, size_t flags);
_warn_unused_ char *json_text(const json_t *v); // compact, in the order of the keys, numbers with at most 15 digits
