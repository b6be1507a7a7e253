// The ticket on the command line: from options, or as the JSON object that POST /process-ticket takes.
#pragma once

#include <jansson.h>

#include "command/command.h"
#include "desk/desk.h"

// Rows of the options tables of the commands that take a ticket.
#define TICKET_OPTIONS                                                                                                 \
        {.name = "--subject", .value = "TEXT", .help = "the ticket's subject"},                                        \
                        {.name = "--description", .value = "TEXT", .help = "its text; may be HTML"},                   \
                        {.name = "--id", .value = "NUMBER", .help = "its number in Freshdesk"},                        \
                        {.name = "--requester", .value = "TEXT", .help = "who asks: name or e-mail address"}, {        \
                .name = "--priority", .value = "NUMBER", .help = "1 (low) to 4 (urgent)"                               \
        }

struct ticket_source {
        struct ticket_input input; // borrows from the invocation or from json
        json_t *json;
};

// Without --subject and --description the JSON is read from the file named as operand, or from standard input ("-" or
// no operand). -EINVAL with ERROR_USAGE, ERROR_INVALID_JSON, ERROR_INVALID_REQUEST or ERROR_MISSING_FIELD.
_warn_unused_ int ticket_source_read(const struct invocation *i, struct ticket_source *ret, struct error *e);
void ticket_source_clear(struct ticket_source *s);
#define _cleanup_ticket_source_ _cleanup_(ticket_source_clear)

// All of standard input, at most max bytes. The caller frees.
_warn_unused_ int read_standard_input(size_t max, char **ret, size_t *ret_len, struct error *e);
