#include <errno.h>

#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "desk/redecide.h"

static void show(const char *title, const json_t *list) {
        json_t *row;
        size_t i;

        output_styled(stdout, OUTPUT_BOLD, title);
        fputc('\n', stdout);
        json_array_foreach(list, i, row) {
                bool same = json_is_true(json_object_get(row, "same"));
                char *then _cleanup_free_ = json_text(json_object_get(row, "then"));
                char *now _cleanup_free_ = json_text(json_object_get(row, "now"));
                const char *name = json_string_value(json_object_get(row, "name"));

                if (same)
                        output_field(stdout, name, "%s", then ? then : "");
                else
                        output_field(stdout, name, "%s, then; %s, now", then ? then : "", now ? now : "");
        }
}

static int run(const struct invocation *i, struct error *e) {
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        json_t *report = NULL;
        int64_t ticket;

        if (str_to_int64(i->operands[0], 1, INT64_MAX, &ticket) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a ticket's number", i->operands[0]);
        int r = parts_database_there(i->settings, e);
        if (r < 0 || (r = desk_open(i->settings, DESK_STORE | DESK_STORE_NEEDED, &desk, e)) < 0 ||
            (r = desk_redecide(desk, ticket, &report, e)) < 0)
                return r;
        bool same = json_is_true(json_object_get(report, "same"));
        if (i->json) {
                r = output_json(stdout, report, e);
                return r < 0 ? r : !same;
        }
        output_field(stdout, "Decided", "%s", json_string_value(json_object_get(report, "decided_at")));
        output_field(stdout, "Again", "%s", same ? "the same" : "another");
        show("\nFrom", json_object_get(report, "inputs"));
        show("\nTo", json_object_get(report, "results"));
        json_decref(report);
        return !same;
}

const struct command command_replay = {
                .name = "replay",
                .summary = "make a decision again and say whether it comes out the same",
                .operands = "TICKET",
                .about = "Takes the newest decision of the ticket from the audit trail, and its text, and decides "
                         "again with the model, the classifier, the knowledge, the thresholds and the MODE of today; "
                         "says which of these are others than then, and what came out differently. Nothing is stored "
                         "and "
                         "nothing is sent. The exit status is 1 when it comes out another way.",
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
