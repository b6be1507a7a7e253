#include "base/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings_file.h"
#include "base/settings_secret.h"
#include "base/string.h"

enum { SETTING_NAME_MAX = 64 };

const struct setting_spec settings_table[SETTING_COUNT_] = {
#define SETTING(id, type, def, min, max, choices, secret, help)                                                        \
        [SETTING_##id] = {#id, SETTING_TYPE_##type, def, min, max, choices, secret, help},
                SETTINGS_TABLE(SETTING)
#undef SETTING
};

struct setting_value {
        char *text;
        union {
                int64_t integer;
                double real;
                bool truth;
        };
        enum setting_source source;
};

struct settings {
        struct setting_value values[SETTING_COUNT_];
};

static void value_clear(struct setting_value *v, bool secret) {
        if (v->text && secret)
                explicit_bzero(v->text, strlen(v->text));
        free(v->text);
        v->text = NULL;
}

struct settings *settings_free(struct settings *s) {
        if (!s)
                return NULL;
        for (size_t i = 0; i < SETTING_COUNT_; i++)
                value_clear(&s->values[i], settings_table[i].secret);
        free(s);
        return NULL;
}

// ---- names

static char name_to_option(char c) {
        return c == '_' ? '-' : (char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool setting_find(const char *name, enum setting_id *ret) {
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                if (str_eq(settings_table[i].name, name)) {
                        *ret = (enum setting_id) i;
                        return true;
                }
        return false;
}

// option: "--log-level" or "--log-level=DEBUG". *ret_value is what follows "=", or NULL.
static bool option_find(const char *option, enum setting_id *ret, const char **ret_value) {
        if (!str_starts(option, "--"))
                return false;
        option += 2;
        for (unsigned i = 0; i < SETTING_COUNT_; i++) {
                const char *name = settings_table[i].name, *o = option;

                for (; *name && name_to_option(*name) == *o; name++)
                        o++;
                if (*name == '\0' && (*o == '\0' || *o == '=')) {
                        *ret = (enum setting_id) i;
                        *ret_value = *o ? o + 1 : NULL;
                        return true;
                }
        }
        return false;
}

// How many single characters must be put in, taken out or replaced to turn a into b (Levenshtein 1966).
static size_t edit_distance(const char *a, const char *b) {
        size_t row[SETTING_NAME_MAX + 1], n = strlen(b);

        for (size_t j = 0; j <= n; j++)
                row[j] = j;
        for (size_t i = 1; a[i - 1]; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= n; j++) {
                        size_t replaced = diagonal + (a[i - 1] != b[j - 1]);

                        diagonal = row[j];
                        row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + 1);
                }
        }
        return row[n];
}

// The name that was probably meant, as a setting; NULL when none is near.
static const char *setting_suggest(const char *name) {
        size_t best = MAX((size_t) 2, strlen(name) / 3) + 1; // a third of the letters wrong is another word
        const char *found = NULL;

        if (strlen(name) > SETTING_NAME_MAX)
                return NULL;
        for (unsigned i = 0; i < SETTING_COUNT_; i++) {
                size_t d = edit_distance(name, settings_table[i].name);

                if (d < best) {
                        best = d;
                        found = settings_table[i].name;
                }
        }
        return found;
}

static int setting_unknown(struct error *e, const char *name) {
        const char *meant = setting_suggest(name);

        if (meant)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s is not a setting; did you mean %s?", name,
                                 meant);
        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s is not a setting; `firstline settings` lists them",
                         name);
}

int settings_refuse_option(const char *option, struct error *e) {
        char name[SETTING_NAME_MAX + 1], shown[SETTING_NAME_MAX + 1];
        size_t n = strcspn(option, "="), i; // without what follows "=": that may be a secret
        const char *meant;

        if (!str_starts(option, "--"))
                return error_set(e, -EINVAL, ERROR_USAGE, "expected a setting as --NAME VALUE");
        n = MIN(n, (size_t) SETTING_NAME_MAX);
        memcpy(shown, option, n);
        shown[n] = '\0';
        for (i = 0; i + 2 < n; i++) {
                char c = shown[i + 2];

                name[i] = c == '-' ? '_' : (char) (c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
        }
        name[i] = '\0';
        meant = setting_suggest(name);
        if (!meant)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a known option", shown);
        for (i = 0; meant[i]; i++)
                name[i] = name_to_option(meant[i]);
        name[i] = '\0';
        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a known option; did you mean --%s?", shown, name);
}

// ---- values

static int value_wrong(struct error *e, const struct setting_spec *spec, const char *expected) {
        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s must be %s", spec->name, expected);
}

static int parse_text(const struct setting_spec *spec, const char *text, char **ret, struct error *e) {
        size_t n = strlen(text);

        if ((double) n < spec->min || (double) n > spec->max)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s must have %.0f to %.0f bytes, it has %zu",
                                 spec->name, spec->min, spec->max, n);
        if (!utf8_valid(text, n))
                return value_wrong(e, spec, "UTF-8");
        for (size_t i = 0; i < n; i++)
                if (((unsigned char) text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7f)
                        return value_wrong(e, spec, "free of control characters");
        *ret = str_dup(text);
        return 0;
}

static int parse_bool(const struct setting_spec *spec, const char *text, bool *ret, char **ret_text, struct error *e) {
        static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_ieq(text, words[i])) {
                        *ret = i % 2 == 1;
                        *ret_text = str_dup(words[i % 2]);
                        return 0;
                }
        return value_wrong(e, spec, "true or false");
}

static int parse_choice(const struct setting_spec *spec, const char *text, char **ret, struct error *e) {
        for (const char *c = spec->choices; *c; c += strcspn(c, "|"), c += *c == '|') {
                char choice[SETTING_NAME_MAX + 1] = "";
                size_t n = MIN(strcspn(c, "|"), (size_t) SETTING_NAME_MAX);

                memcpy(choice, c, n);
                if (str_ieq(text, choice)) {
                        *ret = str_dup(choice);
                        return 0;
                }
        }
        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s must be one of %s", spec->name, spec->choices);
}

// Sets a value, or leaves the old one in place. The value itself never gets into the error: it may be a secret in the
// wrong place.
static int setting_set(struct settings *s, enum setting_id id, const char *text, enum setting_source source,
                       struct error *e) {
        const struct setting_spec *spec = &settings_table[id];
        struct setting_value v = {.source = source};
        int r = 0;

        switch (spec->type) {
        case SETTING_TYPE_TEXT:
                r = parse_text(spec, text, &v.text, e);
                break;
        case SETTING_TYPE_CHOICE:
                r = parse_choice(spec, text, &v.text, e);
                break;
        case SETTING_TYPE_BOOL:
                r = parse_bool(spec, text, &v.truth, &v.text, e);
                break;
        case SETTING_TYPE_INT:
                if (str_to_int64(text, (int64_t) spec->min, (int64_t) spec->max, &v.integer) < 0)
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                         "%s must be a whole number from %.0f to %.0f", spec->name, spec->min,
                                         spec->max);
                v.text = str_printf("%" PRId64, v.integer);
                break;
        case SETTING_TYPE_REAL:
                if (str_to_double(text, spec->min, spec->max, &v.real) < 0)
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s must be a number from %g to %g",
                                         spec->name, spec->min, spec->max);
                v.text = str_dup(text);
                break;
        }
        if (r < 0)
                return r;
        if (!v.text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the settings");
        value_clear(&s->values[id], spec->secret);
        s->values[id] = v;
        return 0;
}

// ---- sources, the weakest first

static bool may_be_empty(enum setting_id id) {
        return settings_table[id].type == SETTING_TYPE_TEXT && settings_table[id].min <= 0;
}

static int set_from_file(void *arg, unsigned line _unused_, const char *name, const char *value, struct error *e) {
        enum setting_id id;

        if (!setting_find(name, &id))
                return setting_unknown(e, name);
        // Templates have lines like `PORT=`, waiting to be filled in.
        if (*value == '\0' && !may_be_empty(id))
                return 0;
        return setting_set(arg, id, value, SETTING_FROM_FILE, e);
}

static int set_from_environment(struct settings *s, struct error *e) {
        for (unsigned i = 0; i < SETTING_COUNT_; i++) {
                char *kept _cleanup_(secret_free_p) = NULL;
                const char *value = getenv(settings_table[i].name);
                int r = settings_table[i].secret ? secret_from_file(settings_table[i].name, value, &kept, e) : 0;

                if (r < 0)
                        return error_prefix(e, r, "environment");
                if (kept)
                        value = kept;

                // Container files pass on names that nobody filled in: they must not hide what `.env` says. Only where
                // empty is a choice against a default does it count.
                if (!value || (*value == '\0' && (!may_be_empty((enum setting_id) i) || !*settings_table[i].def)))
                        continue;
                r = setting_set(s, (enum setting_id) i, value, SETTING_FROM_ENVIRONMENT, e);
                if (r < 0)
                        return error_prefix(e, r, "environment");
        }
        return 0;
}

static int set_from_command(struct settings *s, int argc, char *const *argv, struct error *e) {
        for (int i = 0; i < argc; i++) {
                const char *value;
                enum setting_id id;
                int r;

                if (!option_find(argv[i], &id, &value))
                        return settings_refuse_option(argv[i], e);
                if (!value && settings_table[id].type == SETTING_TYPE_BOOL)
                        value = "true";
                else if (!value && i + 1 < argc)
                        value = argv[++i];
                if (!value)
                        return error_set(e, -EINVAL, ERROR_USAGE, "%s needs a value", argv[i]);
                r = setting_set(s, id, value, SETTING_FROM_COMMAND, e);
                if (r < 0)
                        return error_prefix(e, r, "command line");
        }
        return 0;
}

int settings_load(int argc, char *const *argv, const char *env_file, struct settings **ret, struct error *e) {
        struct settings *s _cleanup_(settings_free_p) = calloc(1, sizeof(*s));
        int r = 0;

        if (!s)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the settings");
        for (unsigned i = 0; i < SETTING_COUNT_ && r == 0; i++)
                r = setting_set(s, (enum setting_id) i, settings_table[i].def, SETTING_FROM_DEFAULT, e);
        if (r == 0)
                r = settings_file_read(env_file ? env_file : ".env", set_from_file, s, e);
        if (r == 0)
                r = set_from_environment(s, e);
        if (r == 0)
                r = set_from_command(s, argc, argv, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

// ---- reading

const char *settings_text(const struct settings *s, enum setting_id id) {
        return s->values[id].text;
}

int64_t settings_int(const struct settings *s, enum setting_id id) {
        return settings_table[id].type == SETTING_TYPE_INT ? s->values[id].integer : 0;
}

double settings_real(const struct settings *s, enum setting_id id) {
        return settings_table[id].type == SETTING_TYPE_REAL ? s->values[id].real : 0;
}

bool settings_bool(const struct settings *s, enum setting_id id) {
        return settings_table[id].type == SETTING_TYPE_BOOL && s->values[id].truth;
}

bool settings_given(const struct settings *s, enum setting_id id) {
        return *s->values[id].text && !str_eq(s->values[id].text, settings_table[id].def);
}

enum setting_source settings_source(const struct settings *s, enum setting_id id) {
        return s->values[id].source;
}

const char *settings_shown(const struct settings *s, enum setting_id id) {
        return settings_table[id].secret && *s->values[id].text ? "********" : s->values[id].text;
}

bool settings_is_secret(const char *option) {
        const char *value;
        enum setting_id id;

        return option_find(option, &id, &value) && settings_table[id].secret;
}

bool settings_is_option(const char *option, bool *ret_takes_next) {
        const char *value;
        enum setting_id id;

        if (!option_find(option, &id, &value))
                return false;
        *ret_takes_next = !value && settings_table[id].type != SETTING_TYPE_BOOL;
        return true;
}
