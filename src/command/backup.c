#include "store/backup.h"

#include <errno.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"

enum { KEEP_MAX = 10000 };

static int show(const struct invocation *i, const char *path, const struct backup_facts *f, struct error *e) {
        if (i->json)
                return output_json(stdout,
                                   json_pack("{s:s, s:I, s:i, s:I, s:I, s:I, s:I}", "file", path, "bytes",
                                             (json_int_t) f->bytes, "schema", f->schema, "tickets",
                                             (json_int_t) f->tickets, "events", (json_int_t) f->events, "jobs",
                                             (json_int_t) f->jobs, "audit_rows", (json_int_t) f->audit_rows),
                                   e);
        output_field(stdout, "Backup", "%s", path);
        output_field(stdout, "Size", "%lld bytes", (long long) f->bytes);
        output_field(stdout, "Holds", "%lld ticket%s, %lld event%s, %lld audit row%s", (long long) f->tickets,
                     str_s(f->tickets), (long long) f->events, str_s(f->events), (long long) f->audit_rows,
                     str_s(f->audit_rows));
        output_field(stdout, "Checked", "complete and sound");
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        static char label[] = "Copying";
        const char *to = i->operands[0], *keep_text = invocation_value(i, "--keep");
        const char *url = settings_text(i->settings, SETTING_DATABASE_URL);
        struct backup_progress progress = {output_progress, label};
        struct backup_facts facts;
        char *path _cleanup_free_ = NULL;
        int64_t keep = 0;
        int r;

        if (keep_text && str_to_int64(keep_text, 1, KEEP_MAX, &keep) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "--keep takes a number from 1 to %d", KEEP_MAX);
        if (keep_text && !file_is_dir(to))
                return error_set(e, -EINVAL, ERROR_USAGE, "--keep goes with a folder, and %s is none", to);
        if (file_is_dir(to)) {
                r = backup_write_in(url, to, clock_now_ms(), (unsigned) keep, &progress, &path, &facts, e);
        } else {
                path = str_dup(to);
                r = path ? backup_write(url, to, invocation_value(i, "--force") != NULL, &progress, &facts, e)
                         : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        }
        return r < 0 ? r : show(i, path, &facts, e);
}

static const struct command_option options[] = {
                {.name = "--force", .help = "write over a file that is there"},
                {.name = "--keep",
                 .value = "NUMBER",
                 .help = "with a folder: keep only so many of the newest backups there"},
                {.name = NULL},
};

const struct command command_backup = {
                .name = "backup",
                .summary = "copy the database to a file, while the server runs or not",
                .operands = "FILE|FOLDER",
                .about = "The copy shows one moment, is readable by this user only (mode 0600), and is checked before "
                         "it "
                         "gets its name. Into a folder it is written as firstline-TIME.db.",
                .options = options,
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
