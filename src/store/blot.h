// An e-mail address or a name in texts: found in whatever way it is written, and blotted out.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

// Does the text have this address in it, as a whole and not as a part of a longer one? In any case of (ASCII) letters;
// the @ may be written as JSON, URLs and HTML write it.
bool blot_mentions(const char *text, const char *address);
// The same for an address; for a name: is the text this name?
bool blot_is_person(const char *text, const char *person);

// The SQL functions mentions(text, address), is_person(text, person) and blot(text, address). SQLITE_OK or its error.
int blot_register(sqlite3 *db);
