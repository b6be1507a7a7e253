#include "command/doctor.h"

#include <string.h>

#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"

enum { NAME_WIDTH = 12, ADVICE_INDENT = 21 };

static const struct {
        const char *name;
        enum output_style style;
} verdicts[] = {
                [CHECK_OK] = {"ok", OUTPUT_GOOD},
                [CHECK_NOTE] = {"note", OUTPUT_WARN},
                [CHECK_PROBLEM] = {"problem", OUTPUT_BAD},
};

// In the order in which one would set them right.
static const struct check *const checks[] = {
                &check_settings, &check_access,    &check_tls,      &check_port,      &check_config, &check_knowledge,
                &check_model,    &check_zero_shot, &check_database, &check_freshdesk, &check_agent,  &check_clock,
                &check_quota,    &check_webhook,   &check_rules,    &check_loops,     &check_watch,
};

void finding_set(struct check_finding *f, enum check_verdict verdict, const char *advice, const char *fmt, ...) {
        struct error e = ERROR_INIT;
        va_list ap;

        va_start(ap, fmt);
        if (vsnprintf(f->detail, sizeof(f->detail), fmt, ap) < 0)
                f->detail[0] = '\0';
        va_end(ap);
        // What an error may contain suits here as well: one line, no control characters, whole characters.
        error_set(&e, 0, ERROR_INTERNAL, "%s", f->detail);
        memcpy(f->detail, e.message, sizeof(f->detail));
        f->verdict = verdict;
        f->advice = advice;
}

static void show(const struct check *c, const struct check_finding *f) {
        output_styled(stdout, verdicts[f->verdict].style, verdicts[f->verdict].name);
        fprintf(stdout, "%*s", 9 - (int) strlen(verdicts[f->verdict].name), "");
        output_styled(stdout, OUTPUT_BOLD, c->name);
        fprintf(stdout, "%*s", NAME_WIDTH - (int) strlen(c->name), "");
        output_line(stdout, f->detail);
        fputc('\n', stdout);
        if (f->advice)
                output_paragraphs(stdout, f->advice, ADVICE_INDENT, output_width(stdout));
}

static json_t *finding_json(const struct check *c, const struct check_finding *f) {
        return json_pack("{s:s, s:s, s:s, s:s?}", "check", c->name, "verdict", verdicts[f->verdict].name, "detail",
                         f->detail, "advice", f->advice);
}

static int run(const struct invocation *i, struct error *e) {
        struct check_context c _cleanup_check_context_ = {.invocation = i};
        size_t counts[CHECK_PROBLEM + 1] = {0};
        json_t *rows = json_array();
        int r = 0;

        for (size_t k = 0; k < ARRAY_LEN(checks); k++) {
                struct check_finding f = {.verdict = CHECK_OK};

                checks[k]->look(&c, &f);
                if (!*f.detail) // there is nothing to look at
                        continue;
                counts[f.verdict]++;
                if (i->json)
                        json_array_append_new(rows, finding_json(checks[k], &f));
                else
                        show(checks[k], &f);
                // Without settings there is nothing else to look at.
                if (!c.settings)
                        break;
        }
        if (i->json)
                r = output_json(stdout, json_pack("{s:b, s:O}", "ok", counts[CHECK_PROBLEM] == 0, "checks", rows), e);
        else
                fprintf(stdout, "\n%zu well, %zu to know, %zu to set right\n", counts[CHECK_OK], counts[CHECK_NOTE],
                        counts[CHECK_PROBLEM]);
        json_decref(rows);
        return r < 0 ? r : counts[CHECK_PROBLEM] > 0;
}

const struct command command_doctor = {
                .name = "doctor",
                .summary = "check each part, and say what to do where one is not well",
                .about = "Looks at settings, access, port, config files, knowledge base, model, database, Freshdesk "
                         "with its key, agent, clock, allowance and automation rules, the webhook's address and "
                         "secret, "
                         "and what MAX_WRONG hears of answers. It changes nothing but the format of an older database. "
                         "The exit status is not 0 "
                         "when something keeps Firstline from doing its work.",
                .flags = COMMAND_WITHOUT_SETTINGS,
                .run = run,
};
