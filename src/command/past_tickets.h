// What `firstline evaluate` and `firstline rehearse` share: the file, its way through the desk, the report.
#pragma once

#include "command/command.h"

struct past_job {
        const char *title;
        bool service; // what customers would have seen, and a run that can be gone on with
        bool needs_labels;
};

#define PAST_OPTIONS                                                                                                   \
        {.name = "--intents",                                                                                          \
         .value = "FILE",                                                                                              \
         .help = "table of intent, tier, category, instead of CONFIG_DIR/intents.tsv"},                                \
                        {.name = "--mapping", .value = "FILE", .help = "what the file calls its columns and values"},  \
                        {.name = "--html", .value = "FILE", .help = "write the report as a page, too"}, {              \
                .name = "--max-wrong", .value = "SHARE",                                                               \
                .help = "limit on wrong answers, as 0.02: thresholds are tried for it"                                 \
        }

enum {
        PAST_TOO_WRONG = 1, // more was wrong than --max-wrong
        PAST_NOT_KNOWN = 3, // of nothing that would have been answered is the truth known
};

// 0, with job->service and --max-wrong one of the above (it has said why), or negative.
int past_tickets_run(const struct invocation *i, const struct past_job *job, struct error *e);
