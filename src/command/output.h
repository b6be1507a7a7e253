// What people and machines read on standard output.
//
// Text from tickets and documents is hostile to terminals: whatever would move the cursor, colour or reorder is shown
// as an escape. Colour only on a terminal, and not with NO_COLOR.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"

enum output_style { OUTPUT_PLAIN, OUTPUT_BOLD, OUTPUT_DIM, OUTPUT_GOOD, OUTPUT_WARN, OUTPUT_BAD };

bool output_colour(FILE *f);                                            // may it be coloured?
unsigned output_width(FILE *f);                                         // columns to fill
void output_styled(FILE *f, enum output_style style, const char *text); // text of any origin, on one line

// Text of any origin within a line, which the caller ends: line breaks and tabs become spaces, the rest is made
// harmless.
void output_line(FILE *f, const char *text);
// Paragraphs: line breaks are kept, long lines are broken at spaces to `width` columns, each line begins with `indent`
// spaces.
void output_paragraphs(FILE *f, const char *text, unsigned indent, unsigned width);

// "Category    billing": a label, padded, and a value.
void output_field(FILE *f, const char *label, const char *fmt, ...) _printf_(3, 4);

// Prints the document, indented, and a line break. Takes the reference; NULL: -ENOMEM.
_warn_unused_ int output_json(FILE *f, json_t *v, struct error *e);

// Is all that was printed really out? Returns r, 1 when its reader went away, or negative when it cannot be written.
int output_end(int r, struct error *e);

// A bar on standard error while something takes long; nothing where that is no terminal.
void output_progress(void *label, size_t done, size_t all);
