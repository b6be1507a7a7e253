// `firstline model`: the classifiers that were learned from this desk's tickets.
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "command/training.h"
#include "store/store.h"
#include "triage/own.h"

enum { LISTED_MAX = 100 };

struct listing {
        int64_t in_use;
        json_t *rows; // NULL: print
        size_t n;
};

static double number(const json_t *evidence, const char *part, const char *key) {
        return json_number_value(json_object_get(json_object_get(evidence, part), key));
}

static void list_row(void *arg, const struct classifier_row *row) {
        struct listing *l = arg;
        json_t *evidence = NULL;
        char at[CLOCK_ISO_SIZE];
        bool used = row->id == l->in_use;

        clock_iso(row->created_ms, at);
        if (json_parse(row->evidence, strlen(row->evidence), &evidence, NULL) < 0)
                evidence = json_object();
        l->n++;
        if (l->rows) {
                json_array_append_new(l->rows, json_pack("{s:I, s:s, s:s, s:s, s:b, s:O}", "id", (json_int_t) row->id,
                                                         "version", row->version, "model", row->model, "created_at", at,
                                                         "in_use", used, "evidence", evidence));
        } else {
                fprintf(stdout, "%c %4lld  %.8s  %s  %6lld tickets  tier %.3f  complex missed %.3f\n", used ? '*' : ' ',
                        (long long) row->id, row->version, at, (long long) json_int_or(evidence, "tickets", 0),
                        number(evidence, "set_aside", "tier_accuracy"),
                        number(evidence, "set_aside", "complex_missed"));
        }
        json_decref(evidence);
}

static int open_store(const struct invocation *i, struct store **ret, struct error *e) {
        int r = parts_database_there(i->settings, e);

        return r < 0 ? r : store_open(settings_text(i->settings, SETTING_DATABASE_URL), ret, e);
}

static int list(const struct invocation *i, struct error *e) {
        struct store *s _cleanup_(store_close_p) = NULL;
        struct listing l = {0};
        int r = open_store(i, &s, e);

        if (r < 0 || (r = store_classifier_in_use(s, &l.in_use, e)) < 0)
                return r;
        if (i->json && !(l.rows = json_array()))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        r = store_classifiers(s, LISTED_MAX, list_row, &l, e);
        if (r < 0) {
                json_decref(l.rows);
                return r;
        }
        if (i->json)
                return output_json(stdout, json_pack("{s:o}", "classifiers", l.rows), e);
        if (l.n == 0)
                fputs("Nothing was learned yet: firstline train\n", stdout);
        return 0;
}

static int show_in_use(const struct invocation *i, int64_t id, struct error *e) {
        if (i->json)
                return output_json(stdout, json_pack("{s:o}", "in_use", id ? json_integer(id) : json_null()), e);
        if (id)
                output_field(stdout, "In use", "classifier %lld", (long long) id);
        else
                output_field(stdout, "In use", "%s", "none: the example lines and the starter decide");
        return 0;
}

// What the server would refuse to decide by is refused here, where somebody reads it.
static int use(const struct invocation *i, struct error *e) {
        struct training g _cleanup_training_ = {0};
        int64_t id = 0;

        if (str_to_int64(i->operands[1], 1, INT64_MAX, &id) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not a classifier's number; see firstline model list",
                                 i->operands[1]);
        int r = parts_database_there(i->settings, e);
        if (r < 0 || (r = training_open(i->settings, true, &g, e)) < 0 || (r = own_use(g.triage, g.store, id, e)) < 0)
                return r;
        return show_in_use(i, id, e);
}

static int rollback(const struct invocation *i, struct error *e) {
        struct store *s _cleanup_(store_close_p) = NULL;
        int64_t id = 0;
        int r = open_store(i, &s, e);

        if (r < 0 || (r = store_classifier_rollback(s, &id, e)) < 0)
                return r;
        return show_in_use(i, id, e);
}

static int forget(const struct invocation *i, struct error *e) {
        struct store *s _cleanup_(store_close_p) = NULL;
        int64_t n = 0;
        int r = open_store(i, &s, e);

        if (r < 0 || (r = store_classifier_forget(s, &n, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, json_pack("{s:I}", "forgotten", (json_int_t) n), e);
        output_field(stdout, "Forgotten", "%lld classifier%s", (long long) n, str_s(n));
        return 0;
}

static const struct {
        const char *name;
        int (*run)(const struct invocation *i, struct error *e);
        unsigned operands; // with the name itself
        const char *usage;
} actions[] = {
                {"list", list, 1, "list"},
                {"use", use, 2, "use NUMBER"},
                {"rollback", rollback, 1, "rollback"},
                {"forget", forget, 1, "forget"},
};

static int run(const struct invocation *i, struct error *e) {
        for (size_t k = 0; k < ARRAY_LEN(actions); k++) {
                if (!str_eq(i->operands[0], actions[k].name))
                        continue;
                if (i->n_operands != actions[k].operands)
                        return error_set(e, -EINVAL, ERROR_USAGE, "usage: firstline model %s", actions[k].usage);
                return actions[k].run(i, e);
        }
        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not list, use, rollback or forget", i->operands[0]);
}

const struct command command_model = {
                .name = "model",
                .summary = "list what was learned from this desk, choose from it, or take it back",
                .operands = "list|use|rollback|forget [NUMBER]",
                .about = "list: every classifier that `firstline train` made, the newest first, with what the tickets "
                         "set aside said of it; the one in use has a star.\n"
                         "use: the one with that NUMBER of the list is in use, in a running server too, whether it is "
                         "better or not; one that cannot be used with this model and these categories is refused.\n"
                         "rollback: the one that was in use and has the next smaller number is in use again. Before "
                         "the first there is none: then the example lines and the starter decide. `use` leads forward "
                         "again.\n"
                         "forget: all but the one in use are removed. Each holds the vectors of the tickets that it "
                         "was learned from, and hashes of their words; after an erasure train again, then have the "
                         "earlier ones forgotten.",
                .operands_min = 1,
                .operands_max = 2,
                .run = run,
};
