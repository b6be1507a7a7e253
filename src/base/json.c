#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"

// jansson (2.14) reads past the end of a string that it could not make room for, and calls others an invalid token. So
// while it parses no allocation fails: what memory there is not comes from a reserve, for one parser at a time, and the
// text ends early, so that little is wanted any more. Then the parser fails and all of it is given back.
enum {
        JSON_RESERVE = 8 << 20, // the largest token doubled, and what a kilobyte of text makes; untouched, it costs
                                // nothing
        JSON_ALIGN = 16,
        JSON_KNOWN_SIZE = 128, // of the keys of an order, in a message
        JSON_KEY_SHOWN = 64,   // bytes of one that is not known
};
static _Alignas(16) char json_reserve[JSON_RESERVE];
static size_t json_reserve_used;
static pthread_mutex_t json_reserve_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local struct {
        bool parsing, short_of_memory;
        bool missed; // an allocation failed
        const char *next;
        size_t left;
} json_parser;

static void *json_malloc(size_t n) {
        void *p = malloc(n);

        json_parser.missed = json_parser.missed || !p;
        if (p || !json_parser.parsing)
                return p;
        if (!json_parser.short_of_memory) {
                pthread_mutex_lock(&json_reserve_lock);
                json_parser.short_of_memory = true;
                json_reserve_used = 0;
        }
        n = (n + JSON_ALIGN - 1) / JSON_ALIGN * JSON_ALIGN;
        if (n > sizeof(json_reserve) - json_reserve_used)
                return NULL;
        p = json_reserve + json_reserve_used;
        json_reserve_used += n;
        return p;
}

static void json_free(void *p) {
        if ((char *) p < json_reserve || (char *) p >= json_reserve + sizeof(json_reserve))
                free(p);
}

static pthread_once_t json_once = PTHREAD_ONCE_INIT;

static void json_setup(void) {
        json_set_alloc_funcs(json_malloc, json_free);
}

static size_t json_read(void *out, size_t n, void *arg _unused_) {
        n = json_parser.short_of_memory ? 0 : MIN(n, json_parser.left);
        memcpy(out, json_parser.next, n);
        json_parser.next += n;
        json_parser.left -= n;
        return n;
}

// NULL with *ret_short where memory was not enough, else with je.
static json_t *json_load_safely(const char *data, size_t n, json_error_t *je, bool *ret_short) {
        pthread_once(&json_once, json_setup);
        json_parser.parsing = true;
        json_parser.next = data;
        json_parser.left = n;
        json_t *v = json_load_callback(json_read, NULL, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, je);
        json_parser.parsing = false;
        *ret_short = json_parser.short_of_memory;
        if (*ret_short) {
                json_decref(v);
                v = NULL;
                json_parser.short_of_memory = false;
                pthread_mutex_unlock(&json_reserve_lock);
        }
        return v;
}

// jansson's own limit is 2048 levels of recursion; ours is counted before it starts. Returns the byte that is too
// deep, or n.
static size_t json_too_deep(const char *data, size_t n) {
        size_t depth = 0;
        bool in_string = false;

        for (size_t i = 0; i < n; i++) {
                char c = data[i];

                if (in_string) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                in_string = false;
                } else if (c == '"') {
                        in_string = true;
                } else if (c == '{' || c == '[') {
                        if (++depth > JSON_DEPTH_MAX_)
                                return i;
                } else if ((c == '}' || c == ']') && depth > 0) {
                        depth--;
                }
        }
        return n;
}

int json_parse(const char *data, size_t n, json_t **ret, struct error *e) {
        json_error_t je;
        bool short_of_memory;
        json_t *v;
        size_t deep;

        if (n == 0)
                return error_set(e, -EINVAL, ERROR_INVALID_JSON, "empty, expected a JSON document");
        deep = json_too_deep(data, n);
        if (deep < n)
                return error_set(e, -EINVAL, ERROR_INVALID_JSON, "byte %zu: nested deeper than %d levels", deep + 1,
                                 JSON_DEPTH_MAX_);
        v = json_load_safely(data, n, &je, &short_of_memory);
        if (short_of_memory)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the JSON document");
        if (!v)
                return error_set(e, -EINVAL, ERROR_INVALID_JSON, "line %d, column %d: %s", je.line, je.column, je.text);
        *ret = v;
        return 0;
}

enum { ESCAPE_LEN = 6 }; // "\uXXXX"

// The number of a "\uXXXX" that begins here; -1: there is none.
static long unicode_escape(const char *p, size_t n) {
        char digits[5] = "";

        if (n < ESCAPE_LEN || p[0] != '\\' || p[1] != 'u')
                return -1;
        memcpy(digits, p + 2, 4);
        return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

void json_mend_escapes(char *data, size_t n) {
        for (size_t i = 0; i + 1 < n; i++) {
                if (data[i] != '\\')
                        continue;
                long v = unicode_escape(data + i, n - i);
                bool high = v >= 0xD800 && v <= 0xDBFF, low = v >= 0xDC00 && v <= 0xDFFF;
                if (high) {
                        long next = unicode_escape(data + i + ESCAPE_LEN, n - i - ESCAPE_LEN);
                        if (next >= 0xDC00 && next <= 0xDFFF) {
                                i += 2 * ESCAPE_LEN - 1;
                                continue;
                        }
                }
                if (v == 0 || high || low)
                        memcpy(data + i, "\\ufffd", ESCAPE_LEN);
                i++; // past what is escaped, which may be another backslash
        }
}

static const json_t *json_member(const json_t *o, const char *key) {
        const json_t *v = json_object_get(o, key);

        return json_is_null(v) ? NULL : v;
}

static int json_wrong(struct error *e, const char *key, const char *expected) {
        return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"%s\" must be %s", key, expected);
}

int json_only(const json_t *o, const char *const *known, struct error *e) {
        char words[JSON_KNOWN_SIZE] = "";
        size_t used = 0;
        const char *key;
        json_t *v;

        if (!json_is_object(o))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the body must be a JSON object");
        json_object_foreach((json_t *) (uintptr_t) o, key, v) {
                size_t i = 0;
                while (known[i] && strcmp(known[i], key) != 0)
                        i++;
                if (known[i])
                        continue;
                for (i = 0; known[i] && used < sizeof(words); i++)
                        used += (size_t) snprintf(words + used, sizeof(words) - used, "%s\"%s\"", i > 0 ? ", " : "",
                                                  known[i]);
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"%.*s\" is not known here: %s",
                                 (int) utf8_floor(key, strlen(key), JSON_KEY_SHOWN), key, words);
        }
        return 0;
}

int json_get_str(const json_t *o, const char *key, const char **ret, struct error *e) {
        const json_t *v = json_member(o, key);

        if (!v)
                return 0;
        if (!json_is_string(v))
                return json_wrong(e, key, "a string");
        *ret = json_string_value(v);
        return 1;
}

int json_get_int(const json_t *o, const char *key, int64_t min, int64_t max, int64_t *ret, struct error *e) {
        const json_t *v = json_member(o, key);

        if (!v)
                return 0;
        if (!json_is_integer(v))
                return json_wrong(e, key, "a whole number");
        if (json_integer_value(v) < min || json_integer_value(v) > max)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"%s\" must be from %" PRId64 " to %" PRId64, key,
                                 min, max);
        *ret = json_integer_value(v);
        return 1;
}

int json_get_bool(const json_t *o, const char *key, bool *ret, struct error *e) {
        const json_t *v = json_member(o, key);

        if (!v)
                return 0;
        if (!json_is_boolean(v))
                return json_wrong(e, key, "true or false");
        *ret = json_is_true(v);
        return 1;
}

const char *json_str_or_null(const json_t *o, const char *key) {
        return json_string_value(json_object_get(o, key));
}

int64_t json_int_or(const json_t *o, const char *key, int64_t otherwise) {
        const json_t *v = json_object_get(o, key);

        return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool json_bool_or(const json_t *o, const char *key, bool otherwise) {
        const json_t *v = json_object_get(o, key);

        return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

void json_count(json_t *o, const char *key, int64_t n) {
        json_t *old = json_object_get(o, key);

        if (old)
                json_integer_set(old, json_integer_value(old) + (json_int_t) n);
        else
                json_object_set_new(o, key, json_integer((json_int_t) n));
}

json_t *json_rounded(double v) {
        return json_real(round(v * 1e4) / 1e4);
}

json_t *json_ratio(int64_t part, int64_t whole) {
        return json_rounded(whole > 0 ? (double) part / (double) whole : 0);
}

json_t *json_time(int64_t ms) {
        char text[CLOCK_ISO_SIZE];

        if (ms <= 0)
                return json_null();
        clock_iso(ms, text);
        return json_string(text);
}

char *json_text_as(const json_t *v, size_t flags) {
        pthread_once(&json_once, json_setup);
        json_parser.missed = false;
        char *text = json_dumps(v, flags);
        if (text && json_parser.missed) { // not everything is in it
                free(text);
                text = NULL;
        }
        return text;
}

char *json_canonical(const json_t *v) {
        return json_text_as(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

char *json_text(const json_t *v) {
        return json_text_as(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(JSON_DIGITS_));
}
