// `firstline risk`: what MAX_WRONG goes by, and the word that lets a category that fell back be answered again.
#include <errno.h>

#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "desk/desk.h"
#include "desk/held.h"
#include "desk/limits.h"

static void show_category(const json_t *c) {
        const json_t *watch = json_object_get(c, "watch");
        const json_t *threshold = json_object_get(c, "threshold");
        bool fallen = json_bool_or(watch, "fallen_back", false);
        char from[32] = "drafts";

        if (fallen)
                str_copy(from, sizeof(from), "fell back");
        else if (json_is_number(threshold))
                snprintf(from, sizeof(from), "from %.2f", json_number_value(threshold));
        char *line _cleanup_free_ = str_printf(
                        "%-24s %-10s evidence %lld of %lld wrong, bound %.3f; since then %lld of %lld did not hold",
                        json_str_or_null(c, "category"), from, (long long) json_int_or(c, "wrong", 0),
                        (long long) json_int_or(c, "above", 0), json_number_value(json_object_get(c, "bound")),
                        (long long) json_int_or(watch, "wrong", 0), (long long) json_int_or(watch, "answers", 0));
        output_line(stdout, line ? line : "");
        fputc('\n', stdout);
}

static int show(const struct invocation *i, struct desk *desk, struct error *e) {
        json_t *risk _cleanup_json_ = limits_json(desk_limits(desk)), *c;
        size_t k;

        if (i->json)
                return output_json(stdout, json_incref(risk), e);
        if (json_is_null(risk)) {
                fputs("MAX_WRONG is not set: no category is limited\n", stdout);
                return 0;
        }
        output_field(stdout, "MAX_WRONG", "%g", json_number_value(json_object_get(risk, "max_wrong")));
        output_field(stdout, "Evidence", "%s",
                     json_str_or_null(risk, "problem") ? json_str_or_null(risk, "problem")
                                                       : json_str_or_null(risk, "evidence_date"));
        json_array_foreach(json_object_get(risk, "categories"), k, c) show_category(c);
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        bool resume = i->n_operands > 0;

        if (resume && (!str_eq(i->operands[0], "resume") || i->n_operands < 2))
                return error_set(e, -EINVAL, ERROR_USAGE, "after risk comes nothing, or resume and a category");
        int r = parts_database_there(i->settings, e);
        if (r == 0)
                r = desk_open(i->settings, DESK_STORE | DESK_STORE_NEEDED, &desk, e);
        if (r < 0)
                return r;
        if (!resume)
                return show(i, desk, e);
        if ((r = desk_resume(desk, i->operands[1], invocation_value(i, "--by"), e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, json_pack("{s:s, s:s}", "status", "resumed", "category", i->operands[1]), e);
        output_field(stdout, "Resumed", "%s", i->operands[1]);
        return 0;
}

static const struct command_option options[] = {
                {.name = "--by", .value = "NAME", .help = "who lets it be answered again"},
                {.name = NULL},
};

const struct command command_risk = {
                .name = "risk",
                .summary = "show what MAX_WRONG goes by, and let a category that fell back be answered again",
                .operands = "[resume CATEGORY]",
                .about = "Each category: from which confidence on it is answered by itself, its evidence, and how many "
                         "automatic answers since then did not hold for WATCH_HOURS. A category of which too many did "
                         "not falls back to drafts. resume: it is answered by itself again, by a running server too, "
                         "and what did not hold until now no longer counts.",
                .options = options,
                .operands_max = 2,
                .run = run,
};
