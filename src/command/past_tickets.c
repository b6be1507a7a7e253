#include "command/past_tickets.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "command/archive.h"
#include "command/interrupt.h"
#include "command/output.h"
#include "command/parts.h"
#include "command/report_file.h"
#include "command/report_view.h"
#include "command/show.h"
#include "desk/desk.h"
#include "desk/evidence.h"
#include "desk/rehearsal.h"
#include "desk/report.h"
#include "triage/intents.h"
#include "triage/labels.h"
#include "triage/mapping.h"

#define STATE_SUFFIX ".state"

static const double MINUTES_DEFAULT = 8; // of an agent's time for a simple ticket
static const double MINUTES_MAX = 600;

static int real_option(const struct invocation *i, const char *name, double min, double max, double *ret,
                       struct error *e) {
        const char *text = invocation_value(i, name);

        if (text && str_to_double(text, min, max, ret) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s must be a number from %g to %g", name, min, max);
        return 0;
}

static bool has_option(const struct invocation *i, const char *name) {
        for (const struct command_option *o = i->command->options; o->name; o++)
                if (str_eq(o->name, name))
                        return true;
        return false;
}

static int rehearse(const struct invocation *i, const char *state, const struct past *past, struct rehearsal *ret,
                    struct desk *desk, struct error *e) {
        char label[] = "tickets";
        struct rehearsal_options o = {.state = state,
                                      .stop = interrupt_watch(),
                                      .progress = i->json ? NULL : output_progress,
                                      .progress_arg = label};

        return rehearsal_run(desk, past, &o, ret, e);
}

// Evidence goes where decisions will look for it.
static int keep(struct desk *desk, const struct rehearsal *r, struct error *e) {
        struct store *s = desk_store(desk);
        size_t rows = 0;

        if (!s)
                return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE,
                                 "there is no database to keep the evidence in: see DATABASE_URL");
        int k = evidence_keep(s, r, &rows, e);
        if (k == 0)
                fprintf(stderr,
                        "%zu ticket%s kept as evidence; left out: %zu with the text of another, %zu that the "
                        "classifier was learned from\n",
                        rows, str_s((int64_t) rows), r->past->repeats, r->learned);
        return k;
}

// What tickets can be called: the categories, and the intents of --intents or else of CONFIG_DIR.
static int read_names(const struct invocation *i, struct labels *labels, struct intents *intents, struct error *e) {
        char *config _cleanup_free_ = parts_folder(i->settings, SETTING_CONFIG_DIR);
        char *categories _cleanup_free_ = config ? file_join(config, "categories.tsv") : NULL;
        char *table _cleanup_free_ = config ? file_join(config, "intents.tsv") : NULL;
        const char *other = invocation_value(i, "--intents");

        if (!categories || !table)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        int r = labels_load(categories, labels, e);
        if (r < 0)
                return r;
        return other ? intents_read(other, labels, intents, e) : intents_load(table, labels, intents, e);
}

// The file that is named, or the one that Freshdesk's tickets are fetched into: *ret_fetched, which the caller frees.
static int read_past(const struct invocation *i, struct desk *desk, const char *since, struct past *past,
                     char **ret_fetched, struct error *e) {
        const char *map = invocation_value(i, "--mapping");
        struct labels *labels _cleanup_free_ = calloc(1, sizeof(*labels));
        struct intents intents _cleanup_intents_ = {0};
        struct mapping *mapping _cleanup_(mapping_free_p) = NULL;
        int r = labels ? read_names(i, labels, &intents, e)
                       : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");

        if (r == 0 && map)
                r = mapping_read(map, labels, &intents, &mapping, e);
        if (r == 0 && since)
                r = archive_get(i, desk, since, true, ret_fetched, e);
        return r < 0 ? r : past_read(since ? *ret_fetched : i->operands[0], mapping, labels, &intents, past, e);
}

static int check_operands(const struct invocation *i, const char *since, struct error *e) {
        if ((since != NULL) == (i->n_operands > 0))
                return error_set(e, -EINVAL, ERROR_USAGE,
                                 has_option(i, "--freshdesk") ? "a file is needed, or --freshdesk and a date"
                                                              : "a file is needed");
        return since ? 0 : archive_unused(i, e);
}

// What a pipeline goes by. That nothing is known of what would have been answered must not pass for a good result.
static int judge(const json_t *report, double max_wrong) {
        const json_t *a = json_object_get(report, "automatic");
        double share = report_share_wrong(report), bound = json_number_value(json_object_get(a, "bound"));
        long long known = json_int_or(a, "known", 0), wrong = json_int_or(a, "wrong", 0);

        if (!json_is_number(json_object_get(a, "bound"))) {
                fprintf(stderr, "firstline: --max-wrong %g is not shown: %s\n", max_wrong,
                        json_int_or(a, "tickets", 0) == 0 ? "no ticket would have been answered"
                        : known > 0 ? "the classifier has learned from all of which it is known what was right"
                                    : "neither labels nor agents' answers tell what was right of the answers");
                return PAST_NOT_KNOWN;
        }
        if (share > max_wrong) {
                fprintf(stderr, "firstline: wrong: %lld of %lld answer%s whose truth is known, more than %g\n", wrong,
                        known, str_s(known), max_wrong);
                return PAST_TOO_WRONG;
        }
        if (bound > max_wrong)
                fprintf(stderr,
                        "firstline: %lld of %lld is no proof of --max-wrong %g: with 95 %% certainty at most %.3f\n",
                        wrong, known, max_wrong, bound);
        return 0;
}

static int tell(const struct invocation *i, const struct past_job *job, json_t *report, struct error *e) {
        const char *page = invocation_value(i, "--html");
        int r = page ? report_file_write(page, job->title, i->n_operands > 0 ? i->operands[0] : "Freshdesk", report, e)
                     : 0;

        if (r == 0 && i->json)
                r = output_json(stdout, json_incref(report), e);
        else if (r == 0)
                report_view(stdout, report);
        return r;
}

static int rehearse_and_tell(const struct invocation *i, const struct past_job *job, const struct report_options *o,
                             const struct past *past, struct desk *desk, bool kept, struct error *e) {
        struct rehearsal rehearsal _cleanup_rehearsal_ = {0};
        const char *page = invocation_value(i, "--html");
        char *state _cleanup_free_ = page && job->service ? str_printf("%s" STATE_SUFFIX, page) : NULL;
        struct report_options with = *o;
        char label[] = "questions";
        int r = rehearse(i, state, past, &rehearsal, desk, e);

        if (r < 0 || (kept && (r = keep(desk, &rehearsal, e)) < 0))
                return r;
        with.watch = (struct gaps_watch){interrupt_watch(), i->json ? NULL : output_progress, label};
        json_t *report _cleanup_json_ = report_make(&rehearsal, &with, e);
        if (!report && state && atomic_load(with.watch.stop)) {
                char words[ERROR_MESSAGE_MAX];
                str_copy(words, sizeof(words), e->message);
                return error_set(e, -EINTR, e->code, "%s; the same command goes on from there", words);
        }
        if (!report)
                return -EIO; // e says what it was
        if ((r = tell(i, job, report, e)) < 0)
                return r;
        if (state)
                (void) unlink(state);
        return job->service && o->max_wrong > 0 ? judge(report, o->max_wrong) : 0;
}

int past_tickets_run(const struct invocation *i, const struct past_job *job, struct error *e) {
        struct report_options o = {.minutes = MINUTES_DEFAULT, .service = job->service};
        const char *since = has_option(i, "--freshdesk") ? invocation_value(i, "--freshdesk") : NULL;
        struct past past _cleanup_past_ = {0};
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        char *fetched _cleanup_free_ = NULL;
        bool kept = has_option(i, "--keep") && invocation_value(i, "--keep");
        unsigned flags = kept ? DESK_STORE | DESK_STORE_NEEDED : desk_flags_to_look(i->settings);
        int r;

        if ((r = check_operands(i, since, e)) < 0 ||
            (r = real_option(i, "--max-wrong", 0.0001, 0.5, &o.max_wrong, e)) < 0 ||
            (has_option(i, "--minutes") && (r = real_option(i, "--minutes", 0, MINUTES_MAX, &o.minutes, e)) < 0))
                return r;
        if (invocation_value(i, "--html") && (r = report_file_check(invocation_value(i, "--html"), e)) < 0)
                return r;
        if (since && (r = desk_open(i->settings, flags | DESK_FRESHDESK, &desk, e)) < 0)
                return r;
        if ((r = read_past(i, desk, since, &past, &fetched, e)) < 0)
                return r;
        if (job->needs_labels && past.labelled == 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "%s says of no ticket what tier it is, by a column tier or intent%s%s", i->operands[0],
                                 past.unread > 0 ? "; " : "", past.why);
        if (!desk && (r = desk_open(i->settings, flags, &desk, e)) < 0)
                return r;
        r = rehearse_and_tell(i, job, &o, &past, desk, kept, e);
        if (r >= 0)
                archive_done(i, fetched);
        return r;
}
