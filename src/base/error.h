// An error with a code that machines read and one line that people read: what is wrong, and what to do.
//
// Lives on the caller's stack, never allocates. Functions that can fail for reasons a user should read take a
// `struct error *` (which may be NULL) beside their negative errno.
#pragma once

#include <stddef.h>

#include "base/error_table.h"
#include "base/memory.h"

enum error_code {
#define ERROR_CODE(id, name, status, help) ERROR_##id,
        ERROR_TABLE(ERROR_CODE)
#undef ERROR_CODE
                        ERROR_COUNT_
};

enum { ERROR_MESSAGE_MAX = 512 }; // one line on a terminal, and room for a path

struct error {
        enum error_code code; // ERROR_NONE when unset
        char message[ERROR_MESSAGE_MAX];
};

#define ERROR_INIT ((struct error){ERROR_NONE, {0}})

// Fills *e (when not NULL) and returns r, so that failing and explaining are one statement:
//     return error_set(e, -EINVAL, ERROR_INVALID_JSON, "line %d: ...", line);
// Control characters in the message become spaces; a message that is too long is cut at a character boundary.
int error_set(struct error *e, int r, enum error_code code, const char *fmt, ...) _printf_(4, 5);

// Puts "what: " in front of the message that e already has (for adding a path or a name on the way up). Returns r.
int error_prefix(struct error *e, int r, const char *fmt, ...) _printf_(3, 4);

const char *error_name(enum error_code code); // "invalid_json"; static
int error_status(enum error_code code);       // the HTTP status that goes with it
const char *error_help(enum error_code code); // one line for the manual; static
