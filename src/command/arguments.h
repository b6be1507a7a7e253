// The command line: which command, its options and operands, and the settings among them.
//
// Options may stand anywhere, as "--name value" or "--name=value"; "--" ends them. Every command takes --help, --json
// and all settings.
#pragma once

#include "command/command.h"

// A copy of the words, ended by NULL; in argv itself, which everybody on this machine can read, the values of secrets
// are overwritten. NULL: no memory.
_warn_unused_ char **arguments_take(int argc, char **argv);
char **arguments_free(char **words); // wiped
DEFINE_CLEANUP(char *, arguments_free);

// Fills ret->command (NULL: none was named) and all else but ret->settings. The words are borrowed from argv.
// -EINVAL with ERROR_USAGE.
_warn_unused_ int arguments_parse(const struct command *const *commands, size_t n, int argc, char **argv,
                                  struct invocation *ret, struct error *e);
