// Outcomes and findings, set for reading on a terminal.
#pragma once

#include "desk/desk.h"

void show_outcome(FILE *f, const struct outcome *o);
// Titles, documents and scores; the passages themselves with `passages`. What is under the floor is said to be so.
void show_findings(FILE *f, const struct findings *found, bool passages);

// The flags for a desk that only looks: without making a database, but with the one that is there, because what was
// learned is in it; one that cannot be opened is an error.
unsigned desk_flags_to_look(const struct settings *s);
