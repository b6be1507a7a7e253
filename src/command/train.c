// `firstline train`: learns from labelled tickets.
#include "triage/learn.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "base/string.h"
#include "command/archive.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "command/training.h"
#include "triage/examples.h"

// ---- the starter

// The example lines are learned as well, each alone: they are the desk's own words, and they are short.
static int add_examples(struct samples *s, const char *config, const struct triage *t, size_t *ret_n, struct error *e) {
        struct examples *x _cleanup_(examples_free_p) = NULL;
        char *path _cleanup_free_ = file_join(config, "examples.tsv");
        int r = path ? examples_load(path, triage_labels(t), &x, e) : -ENOMEM;

        for (size_t i = 0; r == 0 && i < x->n; i++) {
                struct sample_row row = {.tier = x->items[i].tier,
                                         .category = triage_category(t, (size_t) x->items[i].category),
                                         .body = x->items[i].text};
                r = samples_add(s, triage_labels(t), triage_intents(t), &row);
        }
        if (r == 0)
                *ret_n = x->n;
        return r;
}

static int write_starter(struct training *g, const char *config, const char *text, struct error *e) {
        char *folder _cleanup_free_ = file_join(config, "classifier");
        char *path _cleanup_free_ = str_printf("%s/classifier/%s.txt", config, encoder_version(g->encoder));

        if (!folder || !path)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        if (mkdir(folder, 0755) == 0)
                (void) chmod(folder, 0755 & ~sandbox_umask()); // a server may run as another user
        else if (errno != EEXIST)
                return error_set(e, -errno, ERROR_FILE_INVALID, "%s cannot be made: %s", folder, strerror(errno));
        int r = file_write(path, text, strlen(text), false, e);
        if (r < 0)
                return r;
        output_field(stdout, "Starter", "%s", path);
        return 0;
}

static int starter(const struct invocation *i, struct error *e) {
        const char *tickets = i->n_operands > 0 ? i->operands[0] : "training/tickets";
        char *config _cleanup_free_ = parts_folder(i->settings, SETTING_CONFIG_DIR);
        struct training g _cleanup_training_ = {0};
        struct samples s _cleanup_samples_ = {0};
        struct trained t _cleanup_trained_ = {0};
        float *vectors _cleanup_free_ = NULL;
        size_t lines = 0;
        int r = training_open(i->settings, false, &g, e);

        if (r < 0 || (r = learn_read_folder(&s, tickets, triage_labels(g.triage), triage_intents(g.triage), e)) < 0 ||
            (r = add_examples(&s, config, g.triage, &lines, e)) < 0 ||
            (r = learn_embed(g.encoder, NULL, &s, output_progress, training_label("Embedding"), &vectors, e)) < 0)
                return r;
        struct train_options o = {.landmarks = CLASSIFIER_LANDMARKS_MAX, // every ticket: it is built once
                                  .model = encoder_version(g.encoder),
                                  .dimensions = encoder_dimensions(g.encoder),
                                  .progress = output_progress,
                                  .progress_arg = training_label("Learning")};
        if ((r = train_classifier(&s, vectors, triage_labels(g.triage), &o, &t, e)) < 0)
                return r;
        char *text _cleanup_free_ = classifier_text(t.classifier);
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY,
                                 "not enough memory for the classifier, or it has more than %d MB",
                                 CLASSIFIER_FILE_MAX / 1024 / 1024);
        output_field(stdout, "Tickets", "%zu, and %zu example line%s", s.n - lines, lines, str_s((int64_t) lines));
        output_field(stdout, "Version", "%s", t.classifier->version);
        if (!invocation_value(i, "--dry-run"))
                return write_starter(&g, config, text, e);
        output_field(stdout, "Not kept", "a dry run");
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        if (invocation_value(i, "--starter"))
                return starter(i, e);
        if (!invocation_value(i, "--from"))
                return error_set(e, -EINVAL, ERROR_USAGE, "--from FILE, --from database or --from freshdesk is needed");
        return training_desk(i, e);
}

static const struct command_option options[] = {
                {.name = "--from", .value = "FILE|database|freshdesk", .help = "where the labelled tickets are"},
                {.name = "--since",
                 .value = "DATE",
                 .help = "with freshdesk: the tickets that were updated since then"},
                ARCHIVE_OPTIONS,
                {.name = "--mapping", .value = "FILE", .help = "what the file calls its columns and values"},
                {.name = "--adopt", .help = "take the new classifier even if it is not better"},
                {.name = "--dry-run", .help = "learn and compare, and keep nothing"},
                {.name = "--starter", .help = "rebuild the classifier of the first day from a folder of tickets"},
                {.name = NULL},
};

const struct command command_train = {
                .name = "train",
                .summary = "learn this desk's tiers and categories from its labelled tickets",
                .operands = "[FOLDER]",
                .about = "Takes a CSV file with a header, a file with a JSON object a line, what agents corrected "
                         "(database), or the tickets of Freshdesk since a date, by a mapping of their tags, type, "
                         "group_id, status or custom fields. Columns: subject, description or text, and intent, or "
                         "tier and "
                         "category; a mapping file "
                         "names others. What is learned is taken into use, by a running server too, when it is better "
                         "on tickets that were set aside.\n"
                         "--starter FOLDER rebuilds CONFIG_DIR/classifier/MODEL.txt from training/tickets.",
                .options = options,
                .operands_max = 1,
                .run = run,
};
