// A file that says it is a database of ours: looked at from outside, byte by byte, and then whole.
#pragma once

#include "base/error.h"
#include "base/memory.h"
#include "store/backup.h"
#include "store/sqlite.h"

// By the first hundred bytes and the size, without SQLite: a database of Firstline, of a version that is known, with
// all its pages? 0, -EBADMSG or -EPROTONOSUPPORT; e says what it is instead.
_warn_unused_ int inspect_header(int fd, const char *path, struct error *e);
// Reads all of it: structure, tables, what refers to what; and counts. 0, -EBADMSG or what else SQLite says.
_warn_unused_ int inspect_whole(struct database *d, struct backup_facts *ret, struct error *e);
// The counts alone, as of one moment.
_warn_unused_ int inspect_count(struct database *d, struct backup_facts *ret, struct error *e);
