// `firstline model`: the classifiers that were learned from this desk's tickets.
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "store/store.h"

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

static int list(const struct invocation *i, struct store *s, struct error *e) {
        struct listing l = {.rows = i->json ? json_array() : NULL};
        int r = store_classifier_in_use(s, &l.in_use, e);

        if (r == 0)
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

static int rollback(const struct invocation *i, struct store *s, struct error *e) {
        int64_t id = 0;
        int r = store_classifier_rollback(s, &id, e);

        if (r < 0)
                return r;
        if (i->json)
                return output_json(stdout, json_pack("{s:o}", "in_use", id ? json_integer(id) : json_null()), e);
        if (id)
                output_field(stdout, "In use", "classifier %lld", (long long) id);
        else
                output_field(stdout, "In use", "%s", "none: the example lines and the starter decide");
        return 0;
}

static int forget(const struct invocation *i, struct store *s, struct error *e) {
        int64_t n = 0;
        int r = store_classifier_forget(s, &n, e);

        if (r < 0)
                return r;
        if (i->json)
                return output_json(stdout, json_pack("{s:I}", "forgotten", (json_int_t) n), e);
        output_field(stdout, "Forgotten", "%lld classifier%s", (long long) n, str_s(n));
        return 0;
}

static const struct {
        const char *name;
        int (*run)(const struct invocation *i, struct store *s, struct error *e);
} actions[] = {{"list", list}, {"rollback", rollback}, {"forget", forget}};

static int run(const struct invocation *i, struct error *e) {
        struct store *s _cleanup_(store_close_p) = NULL;
        size_t at = 0;

        while (at < ARRAY_LEN(actions) && !str_eq(i->operands[0], actions[at].name))
                at++;
        if (at == ARRAY_LEN(actions))
                return error_set(e, -EINVAL, ERROR_USAGE, "%s is not list, rollback or forget", i->operands[0]);
        int r = store_open(settings_text(i->settings, SETTING_DATABASE_URL), &s, e);
        if (r < 0)
                return r;
        return actions[at].run(i, s, e);
}

const struct command command_model = {
                .name = "model",
                .summary = "list what was learned from this desk, or take it back",
                .operands = "list|rollback|forget",
                .about = "list: every classifier that `firstline train` made, the newest first, with what the tickets "
                         "set aside said of it; the one in use has a star.\n"
                         "rollback: the one before is in use again, in a running server too. Before the first there "
                         "is none: then the example lines and the starter decide.\n"
                         "forget: all but the one in use are removed. Each holds the vectors of the tickets that it "
                         "was learned from; after an erasure train again, then have the earlier ones forgotten.",
                .operands_min = 1,
                .operands_max = 1,
                .run = run,
};
