#include "command/list.h"
#include "command/past_tickets.h"

static int run(const struct invocation *i, struct error *e) {
        static const struct past_job job = {.title = "How well tickets are understood", .needs_labels = true};

        return past_tickets_run(i, &job, e);
}

static const struct command_option options[] = {PAST_OPTIONS, {.name = NULL}};

const struct command command_evaluate = {
                .name = "evaluate",
                .summary = "measure triage on labelled tickets",
                .operands = "FILE",
                .about = "FILE is CSV with a header line, or lines of JSON objects, with subject, description, tier "
                         "and "
                         "category; or with text and intent, which CONFIG_DIR/intents.tsv or --intents explains. Says "
                         "how many tiers and categories are "
                         "right, how many complex tickets were missed, what confidences are worth, and what a "
                         "threshold would buy. Nothing is stored and nothing is sent.",
                .options = options,
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
