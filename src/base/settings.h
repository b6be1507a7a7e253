// Settings: one table gives the parser, the help, `.env.example`, the manual and the check their names and limits.
//
// Precedence: command line, environment, `.env` in the working folder, default. A secret may also lie in a file that
// the variable NAME_FILE names, or in one called NAME in $CREDENTIALS_DIRECTORY (systemd); both count as environment.
// An unknown name in `.env` or on the command line, and a malformed value anywhere, is an error that names it.
// Immutable once loaded: any thread may read.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/settings_table.h"

enum setting_id {
#define SETTING(id, type, def, min, max, choices, secret, help) SETTING_##id,
        SETTINGS_TABLE(SETTING)
#undef SETTING
                        SETTING_COUNT_
};

enum setting_type { SETTING_TYPE_TEXT, SETTING_TYPE_INT, SETTING_TYPE_REAL, SETTING_TYPE_BOOL, SETTING_TYPE_CHOICE };

enum setting_source { SETTING_FROM_DEFAULT, SETTING_FROM_FILE, SETTING_FROM_ENVIRONMENT, SETTING_FROM_COMMAND };

struct setting_spec {
        const char *name; // as in the environment: "LOG_LEVEL"; on the command line: "--log-level"
        enum setting_type type;
        const char *def;
        double min, max;     // of numbers; of a text's length in bytes
        const char *choices; // "auto|draft|shadow" or NULL
        bool secret;
        const char *help;
};

extern const struct setting_spec settings_table[SETTING_COUNT_];

struct settings;

// env_file: path of the `.env` file, or NULL for ".env"; it need not exist. `argv` holds only options meant as settings
// ("--port", "8080" or "--port=8080"; a bool may stand alone), argc of them.
_warn_unused_ int settings_load(int argc, char *const *argv, const char *env_file, struct settings **ret,
                                struct error *e);
struct settings *settings_free(struct settings *s);
DEFINE_CLEANUP(struct settings, settings_free);

const char *settings_text(const struct settings *s, enum setting_id id); // "" when empty; also for choices
int64_t settings_int(const struct settings *s, enum setting_id id);
double settings_real(const struct settings *s, enum setting_id id);
bool settings_bool(const struct settings *s, enum setting_id id);
bool settings_given(const struct settings *s, enum setting_id id); // not its default and not empty
enum setting_source settings_source(const struct settings *s, enum setting_id id);
// The value as text, "********" for a secret that is set. Borrowed.
const char *settings_shown(const struct settings *s, enum setting_id id);

// Is `option` ("--log-level", "--log-level=DEBUG") a setting's? Says whether it takes the next argument as its value.
bool settings_is_option(const char *option, bool *ret_takes_next);

// Is `option` one whose value must not be seen?
bool settings_is_secret(const char *option);

// Refuses an option that is none of the settings', naming the one that was probably meant. Always -EINVAL.
int settings_refuse_option(const char *option, struct error *e);

void settings_write_example(FILE *f); // `.env.example`, generated
