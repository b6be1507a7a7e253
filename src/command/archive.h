// Past tickets out of Freshdesk, for the commands that learn from them or rehearse with them.
#pragma once

#include "command/command.h"
#include "desk/desk.h"

#define ARCHIVE_OPTIONS                                                                                                \
        {.name = "--limit", .value = "N", .help = "at most so many tickets out of Freshdesk (2000)"}, {                \
                .name = "--save", .value = "FILE", .help = "keep the tickets from Freshdesk in this file"              \
        }

// Fetches the tickets that were updated since then into a file: *ret_path, which the caller frees. The file is that of
// --save, or past-freshdesk.jsonl in the working folder. answers: with what agents answered. desk: with Freshdesk.
_warn_unused_ int archive_get(const struct invocation *i, struct desk *desk, const char *since, bool answers,
                              char **ret_path, struct error *e);
// For what does not fetch: -EINVAL when --limit, --save or --since is given, which would change nothing.
_warn_unused_ int archive_unused(const struct invocation *i, struct error *e);
// When all has worked out: the file goes, unless --save wants it.
void archive_done(const struct invocation *i, const char *path);
