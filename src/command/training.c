#include "command/training.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "command/archive.h"
#include "command/output.h"
#include "command/parts.h"
#include "triage/learn.h"
#include "triage/own.h"

static const double DESK_BALANCE = 0.5;

void training_close(struct training *g) {
        triage_free(g->triage);
        encoder_free(g->encoder);
        store_close(g->store);
}

void *training_label(const char *what) {
        return (void *) (uintptr_t) what;
}

int training_open(const struct settings *settings, bool with_store, struct training *ret, struct error *e) {
        struct training g _cleanup_training_ = {0};
        char *config _cleanup_free_ = parts_folder(settings, SETTING_CONFIG_DIR);
        int r = config ? parts_encoder(settings, &g.encoder, e)
                       : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");

        if (r < 0)
                return r;
        if (!g.encoder)
                return error_set(e, -ENOENT, ERROR_MODEL_UNAVAILABLE,
                                 "EMBEDDING_MODEL is empty: without a model nothing can be learned, or used");
        if (with_store && (r = store_open(settings_text(settings, SETTING_DATABASE_URL), &g.store, e)) < 0)
                return r;
        // Without a store nothing is compared: labels and intents do, and a starter that cannot be read can be rebuilt.
        if ((r = triage_open(config, with_store ? g.encoder : NULL, g.store, &g.triage, e)) < 0)
                return r;
        *ret = g;
        g = (struct training){0};
        return 0;
}

// ---- this desk's tickets

struct lesson {
        struct samples samples;
        size_t tickets; // without the names of intents
        struct mapping *mapping;
        struct classifier_row before; // in use until now; all 0: none
        struct learned learned;
        float *vectors;
        bool *seen; // by what is in use
        char *keys; // of the tickets, a line each
        int64_t id;
        bool adopted;
        char *fetched; // the file with Freshdesk's tickets; NULL: not from there
};

static void lesson_clear(struct lesson *l) {
        samples_clear(&l->samples);
        mapping_free(l->mapping);
        classifier_row_clear(&l->before);
        learned_clear(&l->learned);
        free(l->vectors);
        free(l->seen);
        free(l->keys);
        free(l->fetched);
}

struct gathering {
        const struct training *g;
        struct samples *s;
        int result;
};

static void gather(void *arg, const struct feedback_label *f) {
        struct gathering *x = arg;
        struct sample_row row = {
                        .tier = TIER_COUNT_, .category = f->category, .subject = f->subject, .body = f->description};

        if (f->tier && tier_parse(f->tier, &row.tier) < 0)
                row.tier = TIER_COUNT_;
        int r = samples_add(x->s, triage_labels(x->g->triage), triage_intents(x->g->triage), &row);
        if (r == -ENOMEM)
                x->result = r;
        else if (r < 0)
                x->s->skipped++;
}

static int read_samples(const struct invocation *i, const struct training *g, struct lesson *l, struct error *e) {
        const char *from = invocation_value(i, "--from"), *mapping = invocation_value(i, "--mapping");
        struct gathering x = {.g = g, .s = &l->samples};
        int r = mapping ? mapping_read(mapping, triage_labels(g->triage), triage_intents(g->triage), &l->mapping, e)
                        : 0;

        if (r < 0)
                return r;
        if (!str_eq(from, "database"))
                return samples_read(&l->samples, l->fetched ? l->fetched : from, l->mapping, triage_labels(g->triage),
                                    triage_intents(g->triage), NULL, e);
        if ((r = store_feedback_labels(g->store, gather, &x, e)) < 0)
                return r;
        return x.result < 0 ? error_set(e, x.result, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets") : 0;
}

// A line with the key of each ticket; which of them the classifier in use was learned from.
static int mark_seen(struct lesson *l, struct error *e) {
        struct own_lessons before _cleanup_own_lessons_ = {0};
        size_t n = l->samples.n;
        int r = own_lessons_of(l->before.seen, &before);

        l->seen = calloc(n + 1, sizeof(*l->seen));
        l->keys = calloc(n + 1, SAMPLE_KEY_SIZE);
        for (size_t i = 0; r == 0 && l->seen && l->keys && i < n; i++) {
                char *key = l->keys + i * SAMPLE_KEY_SIZE;
                r = sample_key(l->samples.items[i].subject, l->samples.items[i].body, key);
                l->seen[i] = r == 0 && own_lessons_have(&before, key);
                key[SAMPLE_KEY_SIZE - 1] = '\n';
        }
        return r < 0 || !l->seen || !l->keys
                               ? error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets")
                               : 0;
}

static json_t *measure_json(const struct measure *m) {
        return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f}", "tickets", (json_int_t) m->n, "tier_accuracy",
                         measure_accuracy(m), "macro_f1", measure_macro_f1(m), "complex_missed",
                         measure_complex_missed(m), "category_accuracy", measure_category_accuracy(m),
                         "calibration_error", measure_ece(m));
}

static json_t *lesson_json(const struct lesson *l, const char *from) {
        const struct classifier *c = l->learned.trained.classifier;

        return json_pack("{s:s, s:I, s:I, s:I, s:s, s:f, s:o, s:o, s:o}", "from", from, "tickets",
                         (json_int_t) l->tickets, "skipped", (json_int_t) l->samples.skipped, "classes",
                         (json_int_t) c->n, "version", c->version, "temperature", c->temperature, "set_aside",
                         measure_json(&l->learned.all), "compared", measure_json(&l->learned.fresh), "before",
                         measure_json(&l->learned.current));
}

static int keep(const struct invocation *i, const struct training *g, struct lesson *l, struct error *e) {
        char *text _cleanup_free_ = classifier_text(l->learned.trained.classifier);
        json_t *evidence _cleanup_json_ = lesson_json(l, invocation_value(i, "--from"));
        char *words _cleanup_free_ = evidence ? json_text(evidence) : NULL;
        struct classifier_row row = {.version = l->learned.trained.classifier->version,
                                     .model = l->learned.trained.classifier->model,
                                     .evidence = words,
                                     .content = text,
                                     .seen = l->keys};

        if (!text || !words)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY,
                                 "not enough memory for the classifier, or it has more than %d MB",
                                 CLASSIFIER_FILE_MAX / 1024 / 1024);
        if (invocation_value(i, "--dry-run"))
                return 0;
        l->adopted = l->learned.better || invocation_value(i, "--adopt");
        return store_classifier_put(g->store, &row, l->adopted, &l->id, e);
}

static void show_measure(const char *label, const struct measure *m) {
        if (m->n > 0)
                output_field(stdout, label, "tier %.3f, complex missed %.3f, category %.3f, calibration error %.3f",
                             measure_accuracy(m), measure_complex_missed(m), measure_category_accuracy(m),
                             measure_ece(m));
}

static int show(const struct invocation *i, const struct lesson *l, struct error *e) {
        if (i->json) {
                json_t *o = lesson_json(l, invocation_value(i, "--from"));
                if (o) {
                        json_object_set_new(o, "adopted", json_boolean(l->adopted));
                        json_object_set_new(o, "id", l->id ? json_integer(l->id) : json_null());
                }
                return output_json(stdout, o, e);
        }
        output_field(stdout, "Tickets", "%zu of %zu kind%s", l->tickets, l->learned.trained.classifier->n,
                     str_s((int64_t) l->learned.trained.classifier->n));
        if (l->samples.skipped > 0)
                output_field(stdout, "Left out", "%zu (%s)", l->samples.skipped,
                             *l->samples.why ? l->samples.why : "no text, or a label that is not known");
        show_measure("Set aside", &l->learned.all);
        output_field(stdout, "Compared on", "%zu ticket%s that the one in use has not learned from", l->learned.fresh.n,
                     str_s((int64_t) l->learned.fresh.n));
        show_measure("New", &l->learned.fresh);
        show_measure("In use", &l->learned.current);
        if (l->adopted)
                output_field(stdout, "Adopted", "classifier %lld, version %.8s", (long long) l->id,
                             l->learned.trained.classifier->version);
        else
                output_field(stdout, "Not adopted", "%s",
                             invocation_value(i, "--dry-run") ? "a dry run"
                             : l->learned.fresh.n < LEARN_COMPARED_MIN
                                             ? "too few tickets to compare on; --adopt takes it"
                                             : "it is not better than what is in use; --adopt takes it");
        return 0;
}

// Too few tickets, or of one kind: often because most could not be read.
static int with_reason(const struct lesson *l, int r, struct error *e) {
        char words[ERROR_MESSAGE_MAX];

        if (r != -EINVAL || l->samples.skipped == 0)
                return r;
        str_copy(words, sizeof(words), e->message);
        return error_set(e, r, e->code, "%s; %zu row%s left out%s%s", words, l->samples.skipped,
                         str_s((int64_t) l->samples.skipped),
                         *l->samples.why ? ", the first, " : ": no text, or a label that is not known", l->samples.why);
}

static int learn_lesson(const struct invocation *i, const struct training *g, struct lesson *l, struct error *e) {
        struct train_options o = {.model = encoder_version(g->encoder),
                                  .dimensions = encoder_dimensions(g->encoder),
                                  .balance = DESK_BALANCE,
                                  .by_intent = true,
                                  .progress = output_progress,
                                  .progress_arg = training_label("Learning")};
        int64_t in_use = 0;
        int r = store_classifier_in_use(g->store, &in_use, e);

        if (r == 0 && in_use > 0)
                r = store_classifier(g->store, in_use, &l->before, e);
        if (r < 0 || (r = read_samples(i, g, l, e)) < 0)
                return r;
        l->tickets = l->samples.n;
        if ((r = samples_add_names(&l->samples, triage_labels(g->triage), triage_intents(g->triage))) < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
        if ((r = mark_seen(l, e)) < 0)
                return r;
        r = learn_embed(g->encoder, g->store, &l->samples, output_progress, training_label("Embedding"), &l->vectors,
                        e);
        return r < 0 ? r : with_reason(l, learn(g->triage, &l->samples, l->vectors, l->seen, &o, &l->learned, e), e);
}

// By a desk of its own, which is closed before the learning begins.
static int fetch(const struct invocation *i, struct lesson *l, struct error *e) {
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        int r = desk_open(i->settings, DESK_STORE | DESK_FRESHDESK, &desk, e);

        return r < 0 ? r : archive_get(i, desk, invocation_value(i, "--since"), false, &l->fetched, e);
}

int training_desk(const struct invocation *i, struct error *e) {
        struct training g _cleanup_training_ = {0};
        struct lesson l _cleanup_(lesson_clear) = {0};
        int64_t in_use = 0;
        const char *from = invocation_value(i, "--from");
        int r = str_eq(from, "freshdesk") ? fetch(i, &l, e) : archive_unused(i, e);
        if (r == 0 && str_eq(from, "database"))
                r = invocation_value(i, "--mapping")
                                    ? error_set(e, -EINVAL, ERROR_USAGE, "--mapping is for a file, or for Freshdesk")
                                    : parts_database_there(i->settings, e);

        if (r == 0)
                r = training_open(i->settings, true, &g, e);

        if (r < 0 || (r = own_follow(g.triage, g.store, &in_use, e)) < 0 || (r = learn_lesson(i, &g, &l, e)) < 0 ||
            (r = keep(i, &g, &l, e)) < 0)
                return r;
        archive_done(i, l.fetched);
        return show(i, &l, e);
}
