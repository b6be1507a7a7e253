// --help, `firstline help` and the manual page, all from the tables of commands and settings.
#pragma once

#include "command/command.h"

// About one command, or about the program when c is NULL. With --json, as data.
_warn_unused_ int help_show(const struct invocation *i, const struct command *c, struct error *e);

void manual_write(FILE *f, const struct command *const *commands, size_t n); // firstline(1), for man(7)
