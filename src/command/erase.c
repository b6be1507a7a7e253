#include "store/erase.h"

#include <errno.h>

#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"

static int show(const struct invocation *i, const struct erased *d, bool look, struct error *e) {
        if (i->json)
                return output_json(stdout,
                                   json_pack("{s:b, s:I, s:I, s:I, s:I}", "look", look, "tickets",
                                             (json_int_t) d->tickets, "jobs_dropped", (json_int_t) d->jobs, "mentions",
                                             (json_int_t) d->mentions, "open", (json_int_t) d->open),
                                   e);
        output_field(stdout, look ? "Would erase" : "Erased", "%lld ticket%s", (long long) d->tickets,
                     str_s(d->tickets));
        if (d->jobs)
                output_field(stdout, look ? "Would drop" : "Dropped", "%lld unfinished job%s of these",
                             (long long) d->jobs, str_s(d->jobs));
        if (d->mentions)
                output_field(stdout, "Mentions", "in %lld row%s of other tickets, %s", (long long) d->mentions,
                             str_s(d->mentions), look ? "would be blotted out" : "blotted out");
        if (d->open)
                output_field(stdout, "Left", "%lld message%s to other customers under way with the address: ask again",
                             (long long) d->open, str_s(d->open));
        return 0;
}

static int read_request(const struct invocation *i, struct erasure *ret, struct error *e) {
        const char *ticket = invocation_value(i, "--ticket");
        struct erasure q = {.requester = invocation_value(i, "--requester"),
                            .by = "command",
                            .look = invocation_value(i, "--look") != NULL};

        if (!q.requester == !ticket)
                return error_set(e, -EINVAL, ERROR_USAGE, "either --requester or --ticket says what is to be erased");
        if (ticket && str_to_int64(ticket, 1, INT64_MAX, &q.ticket_id) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a ticket's number", ticket);
        *ret = q;
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        struct store *store _cleanup_(store_close_p) = NULL;
        struct erased done = {0};
        struct erasure q;
        int r = read_request(i, &q, e);

        if (r == 0)
                r = parts_database_there(i->settings, e);
        if (r == 0)
                r = store_open(settings_text(i->settings, SETTING_DATABASE_URL), &store, e);
        if (r == 0)
                r = store_erase(store, &q, &done, e);
        return r < 0 ? r : show(i, &done, q.look, e);
}

static const struct command_option options[] = {
                {.name = "--requester", .value = "ADDRESS", .help = "whose tickets: e-mail address, or name"},
                {.name = "--ticket", .value = "NUMBER", .help = "this ticket alone"},
                {.name = "--look", .help = "only count what would be erased"},
                {.name = NULL},
};

const struct command command_erase = {
                .name = "erase",
                .summary = "remove what a person wrote, or a ticket's text, from everywhere",
                .about = "Events, tickets, replies, notes and the audit trail lose their words, and so do the "
                         "database's "
                         "file and its log; unfinished work on them is dropped first. What stays: the ticket's number, "
                         "its times, the figures of its decision, and that it was erased. The server may run "
                         "meanwhile. Freshdesk, backups and logs are not touched; what Freshdesk sends of the ticket "
                         "later is new.",
                .options = options,
                .run = run,
};
