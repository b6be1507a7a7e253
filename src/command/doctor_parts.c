// The parts that a ticket's journey needs: config files, knowledge, model, database.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/string.h"
#include "command/doctor.h"
#include "command/parts.h"
#include "desk/reply.h"
#include "knowledge/knowledge.h"
#include "store/store.h"
#include "triage/triage.h"

static void look_at_config(struct check_context *c, struct check_finding *f) {
        char *dir _cleanup_free_ = parts_folder(c->settings, SETTING_CONFIG_DIR);
        struct replies *replies _cleanup_(replies_free_p) = NULL;
        struct triage *triage _cleanup_(triage_free_p) = NULL;
        struct error e = ERROR_INIT;
        int r = dir ? triage_open(dir, NULL, NULL, &triage, &e) : -ENOMEM;

        if (r == 0)
                r = replies_open(dir, settings_text(c->settings, SETTING_TEAM_NAME), &replies, &e);
        if (r < 0)
                finding_set(f, CHECK_PROBLEM,
                            "`firstline serve` refuses to start like this. CONFIG_DIR names the folder.", "%s",
                            e.message);
        else
                finding_set(f, CHECK_OK, NULL, "%s: categories (%zu), examples, keywords and templates are well", dir,
                            triage_categories(triage));
}

static void look_at_knowledge(struct check_context *c, struct check_finding *f) {
        static const char advice[] = "Without it every ticket goes to a person. KNOWLEDGE_DIR names a folder with "
                                     ".txt, .md or .html documents.";
        char *folder _cleanup_free_ = parts_folder(c->settings, SETTING_KNOWLEDGE_DIR);
        struct knowledge *k _cleanup_(knowledge_free_p) = NULL;
        struct knowledge_options o = {.folder = folder};
        struct knowledge_state state;
        struct error e = ERROR_INIT;

        if (!folder || knowledge_open(&o, &k, &e) < 0) {
                finding_set(f, CHECK_PROBLEM, advice, "%s", e.message);
                return;
        }
        knowledge_state(k, &state);
        if (state.passages == 0)
                finding_set(f, CHECK_PROBLEM, advice, "%s",
                            *state.problem ? state.problem : "the knowledge base has no passages");
        else if (state.problems > 0)
                finding_set(f, CHECK_NOTE, "`firstline knowledge list` shows all of them.",
                            "%zu of %zu document%s not read: %s", state.problems, state.documents + state.problems,
                            str_s((int64_t) (state.documents + state.problems)), state.problem);
        else
                finding_set(f, CHECK_OK, NULL, "%s: %zu document%s, %zu passage%s", folder, state.documents,
                            str_s((int64_t) state.documents), state.passages, str_s((int64_t) state.passages));
}

static void look_at_model(struct check_context *c, struct check_finding *f) {
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        struct error e = ERROR_INIT;
        int r = parts_encoder(c->settings, &m, &e);

        if (r < 0)
                finding_set(f, CHECK_PROBLEM,
                            "Without it tickets are classified and answers found by keywords. EMBEDDING_MODEL names "
                            "the folder, ONNX_RUNTIME the library.",
                            "%s", e.message);
        else if (!m)
                finding_set(f, CHECK_NOTE, "Set EMBEDDING_MODEL to a model's folder for search by meaning.",
                            "none wanted: keywords only");
        else
                finding_set(f, CHECK_OK, NULL, "%s (%s), %zu dimensions", encoder_name(m), encoder_version(m),
                            encoder_dimensions(m));
}

static void look_at_zero_shot(struct check_context *c, struct check_finding *f) {
        struct cross *m _cleanup_(cross_free_p) = NULL;
        struct error e = ERROR_INIT;
        double score;
        int64_t start;

        if (parts_zero_shot(c->settings, &m, &e) < 0) {
                finding_set(f, CHECK_PROBLEM,
                            "Without it tickets are classified by the example lines. ZERO_SHOT_MODEL names the folder; "
                            "empty for none.",
                            "%s", e.message);
                return;
        }
        if (!m) {
                finding_set(f, CHECK_OK, NULL, "none wanted");
                return;
        }
        start = clock_monotonic_us();
        if (cross_score(m, "I was charged twice for my order.", "This is about billing.", &score, &e) < 0)
                finding_set(f, CHECK_PROBLEM, "Another model for ZERO_SHOT_MODEL, or none.", "%s", e.message);
        else
                finding_set(f, CHECK_OK, NULL, "%s (%s), %lld ms for a sentence about a short ticket", cross_name(m),
                            cross_version(m), (long long) (clock_monotonic_us() - start) / 1000);
}

// There is no database yet: can one be made?
static void look_at_folder(const char *path, struct check_finding *f) {
        const char *slash = strrchr(path, '/');
        char *folder _cleanup_free_ =
                        slash ? str_ndup(path, slash == path ? 1 : (size_t) (slash - path)) : str_dup(".");

        if (folder && file_is_dir(folder) && access(folder, W_OK | X_OK) == 0)
                finding_set(f, CHECK_OK, NULL, "%s will be made at the first start", path);
        else
                finding_set(f, CHECK_PROBLEM, "Make the folder, or change DATABASE_URL.", "%s cannot be made: %s", path,
                            folder && file_is_dir(folder) ? "its folder cannot be written" : "there is no such folder");
}

static void look_at_database(struct check_context *c, struct check_finding *f) {
        struct store *s _cleanup_(store_close_p) = NULL;
        const char *path = parts_database(c->settings);
        int64_t counts[JOB_STATE_COUNT_] = {0}, waiting;
        struct error e = ERROR_INIT;
        int r;

        if (!parts_database_exists(c->settings)) {
                look_at_folder(path, f);
                return;
        }
        r = store_open(settings_text(c->settings, SETTING_DATABASE_URL), &s, &e);
        if (r == 0)
                r = store_job_counts(s, counts, &e);
        waiting = counts[JOB_QUEUED] + counts[JOB_RUNNING] + counts[JOB_DELIVERING];
        if (r < 0)
                finding_set(f, CHECK_PROBLEM,
                            r == -EPROTONOSUPPORT ? "Install the newer version again, or use another database."
                            : r == -EBADMSG       ? "Put a backup in its place; keep this file, it may be mended with "
                                                    "`sqlite3 FILE .recover`."
                                                  : "Nothing is accepted or recorded until this is set right.",
                            "%s", e.message);
        else if (counts[JOB_FAILED] > 0)
                finding_set(f, CHECK_NOTE, "`firstline jobs` lists them; `firstline jobs retry JOB` tries again.",
                            "%s: %lld failed ticket%s for a person to look at", path, (long long) counts[JOB_FAILED],
                            str_s(counts[JOB_FAILED]));
        else
                finding_set(f, CHECK_OK, NULL, "%s: %lld ticket%s waiting", path, (long long) waiting, str_s(waiting));
}

const struct check check_config = {"config", look_at_config};
const struct check check_knowledge = {"knowledge", look_at_knowledge};
const struct check check_model = {"model", look_at_model};
const struct check check_zero_shot = {"zero-shot", look_at_zero_shot};
const struct check check_database = {"database", look_at_database};
