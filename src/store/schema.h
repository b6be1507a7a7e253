// The tables, as a list of versions: a file is brought up to date one version at a time, in one transaction.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "store/sqlite.h"

enum {
        SCHEMA_VERSION = 9,                 // the newest this program knows
        SCHEMA_APPLICATION_ID = 0x46734c6e, // "FsLn", in the file's header: what `file` and a second look go by
};

// Whose file is it? 0: ours, of this version or an older one, or empty. -EPROTONOSUPPORT: from a newer version,
// -EBADMSG: something else. Writes nothing.
_warn_unused_ int schema_recognise(struct database *d, struct error *e);
// Brings it to `version` (SCHEMA_VERSION but in tests), which is a matter of one transaction.
_warn_unused_ int schema_upgrade(struct database *d, int version, struct error *e);
// Has it all the tables and indexes of its version, just so, and nothing that would run by itself (triggers, views)?
// 0, or -EBADMSG with what is wrong. For files that come from outside.
_warn_unused_ int schema_compare(struct database *d, struct error *e);
