// Outcomes and findings, set for reading on a terminal.
#pragma once

#include "desk/desk.h"

void show_outcome(FILE *f, const struct outcome *o);
// Titles, documents and scores; the passages themselves with `passages`. What is under the floor is said to be so.
void show_findings(FILE *f, const struct findings *found, bool passages);

// The flags for a desk that only looks: with the database where there is one, so that vectors are not computed again,
// and without making one.
unsigned desk_flags_to_look(const struct settings *s);
