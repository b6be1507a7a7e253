// `firstline feedback`: what is right, or whether the answer was.
#include <errno.h>

#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "desk/desk.h"

static int run(const struct invocation *i, struct error *e) {
        struct feedback f = {.tier = invocation_value(i, "--tier"),
                             .category = invocation_value(i, "--category"),
                             .answer = invocation_value(i, "--answer"),
                             .by = invocation_value(i, "--by")};
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        int64_t id = 0;

        if (str_to_int64(i->operands[0], 1, INT64_MAX, &f.ticket_id) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a ticket's number", i->operands[0]);
        int r = parts_database_there(i->settings, e);
        if (r < 0 || (r = desk_open(i->settings, DESK_STORE | DESK_STORE_NEEDED, &desk, e)) < 0 ||
            (r = desk_feedback(desk, &f, &id, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout,
                                   json_pack("{s:s, s:I, s:I}", "status", "recorded", "feedback_id", (json_int_t) id,
                                             "ticket_id", (json_int_t) f.ticket_id),
                                   e);
        output_field(stdout, "Recorded", "feedback %lld on ticket %lld", (long long) id, (long long) f.ticket_id);
        return 0;
}

static const struct command_option options[] = {
                {.name = "--tier", .value = "TIER", .help = "the right tier: tier_1, tier_2 or complex"},
                {.name = "--category", .value = "NAME", .help = "the right category"},
                {.name = "--answer", .value = "WORD", .help = "how the answer was: right, wrong or incomplete"},
                {.name = "--by", .value = "NAME", .help = "who says so"},
                {.name = NULL},
};

const struct command command_feedback = {
                .name = "feedback",
                .summary = "say what is right about a ticket, for the audit trail and for `firstline train`",
                .operands = "TICKET",
                .about = "At least one of --tier, --category and --answer. `firstline train --from database` learns "
                         "from tickets whose tier or category was corrected, and from those whose answer was right.",
                .options = options,
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
