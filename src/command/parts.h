// Parts of the desk that some commands open one at a time.
#pragma once

#include <stdbool.h>

#include "base/log.h"
#include "base/settings.h"
#include "model/cross.h"
#include "model/encoder.h"

// The folder that a setting names: as given, beside the installation or in the build tree; where there is none, the
// setting itself, for an error to show. The caller frees; NULL: no memory.
_warn_unused_ char *parts_folder(const struct settings *s, enum setting_id id);

// *ret stays as it is where EMBEDDING_MODEL is empty: then 0.
_warn_unused_ int parts_encoder(const struct settings *s, struct encoder **ret, struct error *e);

// The same of ZERO_SHOT_MODEL.
_warn_unused_ int parts_zero_shot(const struct settings *s, struct cross **ret, struct error *e);

// The path of DATABASE_URL when it names a file, else NULL. Borrowed.
const char *parts_database(const struct settings *s);

// False when it is certain that there is none yet. Where this user may not look, or DATABASE_URL names no file, it is
// true, and store_open says what is wrong.
bool parts_database_exists(const struct settings *s);

// For commands that only look, and for those that add to what is there: they make no database. 0, or -ENOENT with e.
_warn_unused_ int parts_database_there(const struct settings *s, struct error *e);

// Sets level and format of the log as the settings say, JSON also where `json` asks for it; `otherwise` is the level
// where LOG_LEVEL has its default.
void parts_log(const struct settings *s, enum log_level otherwise, bool json);
