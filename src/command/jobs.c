#include "desk/jobs.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 1000, STATE_COLUMN = 11, ERROR_INDENT = 4 };

static int open_database(const struct invocation *i, struct store **ret, struct error *e) {
        int r = parts_database_there(i->settings, e);

        return r < 0 ? r : store_open(settings_text(i->settings, SETTING_DATABASE_URL), ret, e);
}

static int read_filter(const struct invocation *i, struct job_filter *f, struct error *e) {
        const char *state = invocation_value(i, "--state"), *ticket = invocation_value(i, "--ticket"),
                   *limit = invocation_value(i, "--limit");
        bool all = invocation_value(i, "--all") != NULL;
        enum job_state known;
        int64_t n = LIMIT_DEFAULT;

        *f = (struct job_filter){.open = !all && !state, .state = state};
        if (state && (all || job_state_parse(state, &known) < 0))
                return error_set(e, -EINVAL, ERROR_USAGE, "%s",
                                 all ? "either --all or --state"
                                     : "--state is queued, running, delivering, delivered, recorded, failed or "
                                       "dropped");
        if (ticket && str_to_int64(ticket, 1, INT64_MAX, &f->ticket_id) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a ticket's number", ticket);
        if (limit && str_to_int64(limit, 1, LIMIT_MAX, &n) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "--limit must be a whole number from 1 to %d", LIMIT_MAX);
        f->limit = (size_t) n;
        return 0;
}

static enum output_style style_of(enum job_state state) {
        return state == JOB_FAILED      ? OUTPUT_BAD
               : state == JOB_DELIVERED ? OUTPUT_GOOD
               : job_state_final(state) ? OUTPUT_DIM
                                        : OUTPUT_WARN;
}

// "    12  failed      ticket 4711    3 attempts  Where is my invoice?", and below it what is wrong.
static void show_row(const struct job_row *j) {
        const char *state = job_state_name(j->state);
        char due[CLOCK_ISO_SIZE];

        fprintf(stdout, "%6lld  ", (long long) j->id);
        output_styled(stdout, style_of(j->state), state);
        fprintf(stdout, "%-*s ticket %-10lld %3u attempt%s  ", STATE_COLUMN - (int) MIN(strlen(state), 10), "",
                (long long) j->ticket_id, j->attempts, j->attempts == 1 ? " " : "s");
        output_line(stdout, j->subject ? j->subject : "");
        fputc('\n', stdout);
        if (j->leased) {
                output_paragraphs(stdout, "is being worked on", ERROR_INDENT + 4, output_width(stdout));
        } else if (j->due_ms > clock_now_ms()) {
                clock_iso(j->due_ms, due);
                fprintf(stdout, "%*snext try at %s\n", ERROR_INDENT + 4, "", due);
        }
        if (j->error)
                output_paragraphs(stdout, j->error, ERROR_INDENT + 4, output_width(stdout));
}

static int list(const struct invocation *i, struct store *s, struct error *e) {
        struct job_row *rows = NULL;
        struct job_filter f;
        size_t n = 0;
        int r = read_filter(i, &f, e);

        if (r == 0)
                r = store_jobs(s, &f, &rows, &n, e);
        if (r < 0)
                return r;
        json_t *out _cleanup_json_ = json_array();
        for (size_t k = 0; k < n; k++) {
                if (i->json)
                        json_array_append_new(out, job_row_json(&rows[k]));
                else
                        show_row(&rows[k]);
                job_row_clear(&rows[k]);
        }
        free(rows);
        if (i->json)
                return output_json(stdout, json_pack("{s:O}", "jobs", out), e);
        if (n == 0)
                fprintf(stdout, "%s\n", f.open ? "Nothing waits and nothing failed." : "There is no such job.");
        else if (n == f.limit)
                fprintf(stdout, "\nThe newest %zu; --limit shows more.\n", n);
        return 0;
}

static int read_id(const struct invocation *i, int64_t *ret, struct error *e) {
        if (i->n_operands < 2)
                return error_set(e, -EINVAL, ERROR_USAGE, "usage: firstline jobs %s JOB", i->operands[0]);
        if (str_to_int64(i->operands[1], 1, INT64_MAX, ret) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a job's number", i->operands[1]);
        return 0;
}

static void show_steps(const json_t *steps) {
        const json_t *st;
        size_t k;

        json_array_foreach(steps, k, st) {
                const char *error = json_str_or_null(st, "error");
                fprintf(stdout, "  %-8s %-9s %lld attempt%s\n", json_str_or_null(st, "step"),
                        json_str_or_null(st, "state"), (long long) json_int_or(st, "attempts", 0),
                        str_s(json_int_or(st, "attempts", 0)));
                if (error)
                        output_paragraphs(stdout, error, ERROR_INDENT, output_width(stdout));
        }
}

static int show(const struct invocation *i, struct store *s, struct error *e) {
        json_t *whole _cleanup_json_ = NULL;
        struct job_row j = {0};
        int64_t id = 0;
        int r = read_id(i, &id, e);

        if (r == 0)
                r = job_whole_json(s, id, &whole, e);
        if (r < 0)
                return r;
        if (i->json)
                return output_json(stdout, TAKE_PTR(whole), e);
        r = store_job(s, id, &j, e);
        if (r <= 0)
                return r < 0 ? r : error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no job %lld", (long long) id);
        show_row(&j);
        show_steps(json_object_get(whole, "outbox"));
        fprintf(stdout, "\n`firstline audit %lld` has the ticket's whole way.\n", (long long) j.ticket_id);
        job_row_clear(&j);
        return 0;
}

static int give_order(const struct invocation *i, struct store *s, enum job_order order, struct error *e) {
        struct job_row j = {0};
        int64_t id = 0;
        int r = read_id(i, &id, e);

        if (r == 0)
                r = job_order(s, id, order, "command", &j, e);
        if (r < 0)
                return r;
        if (i->json)
                r = output_json(stdout, job_row_json(&j), e);
        else
                show_row(&j);
        job_row_clear(&j);
        return r;
}

static int retry(const struct invocation *i, struct store *s, struct error *e) {
        return give_order(i, s, JOB_RETRY, e);
}

static int drop(const struct invocation *i, struct store *s, struct error *e) {
        return give_order(i, s, JOB_DROP, e);
}

static const struct {
        const char *name;
        int (*run)(const struct invocation *i, struct store *s, struct error *e);
        unsigned operands_max;
} tasks[] = {
                {"list", list, 1},
                {"show", show, 2},
                {"retry", retry, 2},
                {"drop", drop, 2},
};

static int run(const struct invocation *i, struct error *e) {
        const char *name = i->n_operands > 0 ? i->operands[0] : "list";
        struct store *s _cleanup_(store_close_p) = NULL;
        size_t k = 0;

        while (k < ARRAY_LEN(tasks) && !str_eq(name, tasks[k].name))
                k++;
        if (k == ARRAY_LEN(tasks))
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not list, show, retry or drop", name);
        if (i->n_operands > tasks[k].operands_max)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is one word too many",
                                 i->operands[tasks[k].operands_max]);
        int r = open_database(i, &s, e);
        return r < 0 ? r : tasks[k].run(i, s, e);
}

static const struct command_option options[] = {
                {.name = "--state", .value = "STATE", .help = "list: only jobs in this state"},
                {.name = "--all", .help = "list: those that are over, too"},
                {.name = "--ticket", .value = "NUMBER", .help = "list: only this ticket's"},
                {.name = "--limit", .value = "NUMBER", .help = "list: so many at most; 50 if not given"},
                {.name = NULL},
};

const struct command command_jobs = {
                .name = "jobs",
                .summary = "list what waits or failed; show a job, have it tried again, or drop it",
                .operands = "[list|show|retry|drop] [JOB]",
                .about = "list: what is not over, and what failed, newest first.\n"
                         "show: one job with the steps of its outbox.\n"
                         "retry: now. A job that failed is read and decided anew; a customer who has an answer gets no "
                         "second one. One that waits is tried without its pause.\n"
                         "drop: nothing more is done about it.\n"
                         "The server may run meanwhile; a job that it is at is left to it.",
                .options = options,
                .operands_max = 2,
                .run = run,
};
