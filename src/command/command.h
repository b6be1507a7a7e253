// A command of the program: what it is called, what it takes, what it does. One file per command exports one of these.
//
// Parser, --help, the manual page and the tests read these tables. main.c is the list of commands.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/settings.h"

enum {
        COMMAND_OPTIONS_MAX = 16,  // rows of one command's options table
        COMMAND_OPERANDS_MAX = 8,  // words beside the options
        COMMAND_SETTINGS_MAX = 128 // words on the command line that are settings: each setting, with its value
};

struct command_option {
        const char *name;  // "--subject"; NULL ends the table
        const char *value; // what its value is called, "TEXT"; NULL: it takes none
        const char *help;
        bool hidden; // for ourselves: not in the help
};

enum command_flags {
        COMMAND_WITHOUT_SETTINGS = 1 << 0, // runs even where a setting is malformed; i->settings is NULL
};

struct invocation;

struct command {
        const char *name;
        const char *summary;                  // one line, lower case, without a full stop
        const char *operands;                 // "[FILE]"; NULL: none
        const char *about;                    // some sentences; a line break ends a paragraph
        const struct command_option *options; // NULL: none of its own
        unsigned operands_min, operands_max;
        unsigned flags;
        // 0, a positive exit status (then it has said why), or a negative errno with e in words.
        int (*run)(const struct invocation *i, struct error *e);
};

// One call of the program, parsed.
struct invocation {
        const struct command *command;
        const struct command *const *commands; // all of them
        size_t n_commands;
        bool json;                               // --json
        bool help;                               // --help
        const char *values[COMMAND_OPTIONS_MAX]; // by row of the options table; "" for one without value; NULL: not
                                                 // given
        const char *operands[COMMAND_OPERANDS_MAX];
        size_t n_operands;
        char *setting_words[COMMAND_SETTINGS_MAX]; // options that are settings, for settings_load
        int n_setting_words;
        struct settings *settings;
        int64_t started_us; // monotonic
};

// The whole program: 0, 1 when the command failed, 2 when the command line was wrong.
int command_main(const struct command *const *commands, size_t n, int argc, char **argv);

const struct command *command_find(const struct command *const *commands, size_t n, const char *name);

// The value of an option by its name; NULL when it was not given.
const char *invocation_value(const struct invocation *i, const char *option);
