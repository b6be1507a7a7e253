#include "base/log.h"
#include "base/string.h"
#include "store/backup.h"

#include "command/list.h"
#include "command/output.h"

static int show(const struct invocation *i, const struct restored *d, struct error *e) {
        const struct backup_facts *f = &d->facts;

        if (i->json)
                return output_json(stdout,
                                   json_pack("{s:s, s:s?, s:i, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I}",
                                             "file", i->operands[0], "aside", d->aside, "schema", f->schema, "tickets",
                                             (json_int_t) f->tickets, "events", (json_int_t) f->events, "jobs",
                                             (json_int_t) f->jobs, "audit_rows", (json_int_t) f->audit_rows,
                                             "perhaps_sent", (json_int_t) d->unsent, "erasures_known",
                                             d->erasures_known, "erasures", (json_int_t) d->erasures, "erased_again",
                                             (json_int_t) d->again.tickets, "mentions", (json_int_t) d->again.mentions,
                                             "open", (json_int_t) d->again.open),
                                   e);
        output_field(stdout, "Restored", "%s", i->operands[0]);
        output_field(stdout, "Holds", "%lld ticket%s, %lld event%s, %lld audit row%s", (long long) f->tickets,
                     str_s(f->tickets), (long long) f->events, str_s(f->events), (long long) f->audit_rows,
                     str_s(f->audit_rows));
        if (d->aside)
                output_field(stdout, "Kept aside", "%s", d->aside);
        if (d->unsent)
                output_field(stdout, "Outbox", "%lld message%s will be looked up in Freshdesk before being sent",
                             (long long) d->unsent, str_s(d->unsent));
        if (d->erasures || d->again.tickets || d->again.mentions)
                output_field(stdout, "Erased again",
                             "%lld ticket%s, and mentions in %lld row%s, after %lld request%s since",
                             (long long) d->again.tickets, str_s(d->again.tickets), (long long) d->again.mentions,
                             str_s(d->again.mentions), (long long) d->erasures, str_s(d->erasures));
        if (d->again.open)
                output_field(stdout, "Left", "%lld message%s to other customers under way with such an address",
                             (long long) d->again.open, str_s(d->again.open));
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        static char label[] = "Copying";
        struct backup_progress progress = {output_progress, label};
        struct restored done _cleanup_restored_ = {0};
        int r = backup_restore(settings_text(i->settings, SETTING_DATABASE_URL), i->operands[0], &progress, &done, e);

        if (r == 0 && !done.erasures_known)
                log_warning("there is no sound database here that could tell what was erased since the backup was "
                            "made; "
                            "who asked to be forgotten since is in it: firstline erase --requester ADDRESS for each");
        return r < 0 ? r : show(i, &done, e);
}

const struct command command_restore = {
                .name = "restore",
                .summary = "put a backup in the place of the database, while no server runs",
                .operands = "FILE",
                .about = "A copy beside the database is checked first: ours, no newer version, complete, sound. Until "
                         "then nothing is touched. The database that was there is kept under another name beside it. "
                         "What it had erased is erased in the backup too; where there is none, or it is damaged, ask "
                         "for "
                         "that again with firstline erase.",
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
