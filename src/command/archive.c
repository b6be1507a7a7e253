#include "command/archive.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/string.h"
#include "command/interrupt.h"
#include "command/output.h"
#include "desk/archive.h"
#include "desk/bookmark.h"
#include "desk/past.h"

#define FILE_DEFAULT "past-freshdesk.jsonl"

enum { LIMIT_DEFAULT = 2000 };

int archive_get(const struct invocation *i, struct desk *desk, const char *since, bool answers, char **ret_path,
                struct error *e) {
        const char *limit = invocation_value(i, "--limit"), *save = invocation_value(i, "--save");
        int64_t since_ms = 0, max = LIMIT_DEFAULT;
        char label[] = "tickets from Freshdesk";
        size_t n = 0;

        if (limit && str_to_int64(limit, 1, PAST_MAX, &max) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "--limit must be 1 to %d", PAST_MAX);
        if (str_empty(since) || bookmark_since(since, &since_ms, NULL) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE,
                                 "\"%s\" is no date or time: 2026-01-31, or 2026-01-31T12:00:00Z", since ? since : "");
        char *path _cleanup_free_ = str_dup(save ? save : FILE_DEFAULT);
        if (!path)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        struct archive_options o = {.since_ms = since_ms,
                                    .max = (size_t) max,
                                    .answers = answers,
                                    .stop = interrupt_watch(),
                                    .progress = i->json ? NULL : output_progress,
                                    .progress_arg = label};
        int r = archive_fetch(desk, &o, path, &n, e);
        if (r < 0)
                return r;
        if (n == 0)
                return error_set(e, -ENODATA, ERROR_NOT_FOUND, "Freshdesk has no ticket that was updated since %s",
                                 since);
        *ret_path = TAKE_PTR(path);
        return 0;
}

int archive_unused(const struct invocation *i, struct error *e) {
        static const char *const names[] = {"--since", "--limit", "--save"};

        for (const struct command_option *o = i->command->options; o->name; o++)
                for (size_t k = 0; k < ARRAY_LEN(names); k++)
                        if (str_eq(o->name, names[k]) && invocation_value(i, names[k]))
                                return error_set(e, -EINVAL, ERROR_USAGE,
                                                 "%s is for tickets that are fetched from Freshdesk", names[k]);
        return 0;
}

void archive_done(const struct invocation *i, const char *path) {
        if (path && !invocation_value(i, "--save"))
                (void) unlink(path);
}
