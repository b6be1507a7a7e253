#include "command/list.h"
#include "command/output.h"
#include "command/show.h"
#include "command/ticket_input.h"

static int run(const struct invocation *i, struct error *e) {
        struct ticket_source source _cleanup_ticket_source_ = {0};
        struct outcome outcome _cleanup_outcome_ = {0};
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        int r;

        // The ticket first: a malformed one costs no loading of a model.
        if ((r = ticket_source_read(i, &source, e)) < 0 ||
            (r = desk_open(i->settings, DESK_STORE | DESK_STORE_NEEDED | DESK_FRESHDESK, &desk, e)) < 0 ||
            (r = desk_process(desk, &source.input, &outcome, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, outcome_json(&outcome), e);
        show_outcome(stdout, &outcome);
        return 0;
}

static const struct command_option options[] = {TICKET_OPTIONS, {.name = NULL}};

const struct command command_process = {
                .name = "process",
                .summary = "take one ticket through its whole journey, now",
                .operands = "[FILE]",
                .about = "The ticket is given by options, or as a JSON object {\"subject\", \"description\", \"id\", "
                         "\"priority\", \"requester\"} in FILE or on standard input, as for POST /process-ticket. It "
                         "is decided, recorded, and sent as MODE says: with an id of Freshdesk's and MODE=auto the "
                         "customer gets the answer.",
                .options = options,
                .operands_max = 1,
                .run = run,
};
