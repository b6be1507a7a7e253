#include "command/archive.h"
#include "command/list.h"
#include "command/past_tickets.h"

static int run(const struct invocation *i, struct error *e) {
        static const struct past_job job = {.title = "Rehearsal on past tickets", .service = true};

        return past_tickets_run(i, &job, e);
}

static const struct command_option options[] = {
                PAST_OPTIONS,
                {.name = "--freshdesk",
                 .value = "SINCE",
                 .help = "the tickets of Freshdesk that were updated since that date"},
                ARCHIVE_OPTIONS,
                {.name = "--minutes", .value = "N", .help = "what an answered ticket would have cost a person (8)"},
                {.name = "--keep", .help = "keep what came out as the evidence for MAX_WRONG"},
                {.name = NULL}};

const struct command command_rehearse = {
                .name = "rehearse",
                .summary = "say what would have become of past tickets, and do nothing",
                .operands = "[FILE]",
                .about = "FILE is as for `firstline evaluate`; labels are optional, and a column answer may hold what "
                         "an "
                         "agent answered, or article which one is right. Every ticket goes the way of a new one as far "
                         "as the decision. Says what would have been answered, what of it wrong, which articles "
                         "carried "
                         "the answers, and which questions none answers. With --freshdesk "
                         "the tickets come from there, within its allowance, with what agents answered. With --html, "
                         "and while tickets are fetched, an interrupted run goes on where "
                         "it was. With --keep they become the evidence that MAX_WRONG goes by: use tickets that "
                         "nothing was trained on. With --max-wrong the exit status is 1 when more was wrong, and 3 "
                         "when it "
                         "is known of no answer whether it was wrong.",
                .options = options,
                .operands_max = 1,
                .run = run,
};
