#include "command/list.h"
#include "command/output.h"
#include "command/show.h"
#include "command/ticket_input.h"

static int run(const struct invocation *i, struct error *e) {
        struct ticket_source source _cleanup_ticket_source_ = {0};
        struct outcome outcome _cleanup_outcome_ = {0};
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        int r;

        if ((r = ticket_source_read(i, &source, e)) < 0 ||
            (r = desk_open(i->settings, desk_flags_to_look(i->settings), &desk, e)) < 0 ||
            (r = desk_classify(desk, &source.input, &outcome, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, outcome_json(&outcome), e);
        show_outcome(stdout, &outcome);
        return 0;
}

static const struct command_option options[] = {TICKET_OPTIONS, {.name = NULL}};

const struct command command_classify = {
                .name = "classify",
                .summary = "say what would be done with a ticket, and do nothing",
                .operands = "[FILE]",
                .about = "Takes a ticket as `firstline process` does, and prints the same, but stores and sends "
                         "nothing.",
                .options = options,
                .operands_max = 1,
                .run = run,
};
