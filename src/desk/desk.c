#include "desk/desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/author.h"
#include "desk/automatic.h"
#include "desk/followup.h"
#include "desk/groups.h"
#include "desk/identity.h"
#include "desk/limits.h"
#include "desk/parts.h"
#include "desk/poll.h"
#include "desk/questions.h"
#include "desk/reply.h"
#include "desk/served.h"
#include "desk/watch.h"
#include "desk/work.h"
#include "triage/own.h"

enum {
        CALLS_MAX = 64, // to Freshdesk at a time: as many as there can be workers
};

// A data folder by its setting: as given, beside the installation, or in the build tree. Falls back to the name itself,
// for the error to show.
static char *data_path(const struct settings *s, enum setting_id id) {
        const char *name = settings_text(s, id);
        char *found = file_find_data(name);

        return found ? found : str_dup(name);
}

// Only a database that must not be touched stops the start; one that cannot be opened now is tried again by the keeper.
static int open_store(struct desk *d, struct error *e) {
        struct error why = ERROR_INIT;
        struct store *s = NULL;

        if (!(d->flags & DESK_STORE))
                return 0;
        int r = store_open(settings_text(d->settings, SETTING_DATABASE_URL), &s, &why);
        if (r < 0 && d->flags & DESK_STORE_NEEDED)
                return error_set(e, r, why.code, "%s", why.message);
        if (r == -EPROTONOSUPPORT || r == -EBADMSG || r == -EINVAL || r == -ENOMEM)
                return error_set(e, r, why.code, "%s", why.message);
        if (r < 0)
                log_error("going on without the database: %s", why.message);
        d->store_error = why;
        atomic_store(&d->store, s);
        return 0;
}

struct store *desk_reopen_store(struct desk *d) {
        struct store *s = atomic_load(&d->store);
        struct error why = ERROR_INIT;

        if (s || !(d->flags & DESK_STORE))
                return s;
        if (store_open(settings_text(d->settings, SETTING_DATABASE_URL), &s, &why) < 0) {
                pthread_mutex_lock(&d->lock);
                d->store_error = why;
                pthread_mutex_unlock(&d->lock);
                return NULL;
        }
        log_info("the database is back");
        atomic_store(&d->store, s);
        return s;
}

static void open_encoder(struct desk *d) {
        char *folder _cleanup_free_ = NULL;
        int64_t start = clock_monotonic_ms();

        if (str_empty(settings_text(d->settings, SETTING_EMBEDDING_MODEL)))
                return;
        folder = data_path(d->settings, SETTING_EMBEDDING_MODEL);
        struct encoder_options o = {.folder = folder ? folder : "",
                                    .runtime = settings_text(d->settings, SETTING_ONNX_RUNTIME)};
        if (encoder_open(&o, &d->encoder, &d->encoder_error) < 0)
                log_error("going on without the model: %s", d->encoder_error.message);
        else
                log_debug("model %s loaded in %lld ms", encoder_name(d->encoder),
                          (long long) (clock_monotonic_ms() - start));
}

static void open_zero_shot(struct desk *d) {
        char *folder _cleanup_free_ = NULL;
        int64_t start = clock_monotonic_ms();

        if (str_empty(settings_text(d->settings, SETTING_ZERO_SHOT_MODEL)))
                return;
        folder = data_path(d->settings, SETTING_ZERO_SHOT_MODEL);
        struct cross_options o = {.folder = folder ? folder : "",
                                  .runtime = settings_text(d->settings, SETTING_ONNX_RUNTIME)};
        if (cross_open(&o, &d->zero_shot, &d->zero_shot_error) < 0) {
                log_error("going on without the zero-shot model: %s", d->zero_shot_error.message);
                return;
        }
        log_debug("zero-shot model %s loaded in %lld ms", cross_name(d->zero_shot),
                  (long long) (clock_monotonic_ms() - start));
        triage_use_model(d->triage, d->zero_shot, settings_real(d->settings, SETTING_ZERO_SHOT_WEIGHT),
                         settings_int(d->settings, SETTING_ZERO_SHOT_BUDGET));
}

static int open_config(struct desk *d, struct error *e) {
        char *dir _cleanup_free_ = data_path(d->settings, SETTING_CONFIG_DIR);

        if (!dir)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to open the desk");
        int r = replies_open(dir, settings_text(d->settings, SETTING_TEAM_NAME), &d->replies, e);
        if (r == 0)
                r = automatic_load(dir, &d->automatic, e);
        if (r == 0)
                r = followups_load(dir, &d->followups, e);
        if (r == 0)
                r = signal_table_load(dir, &d->signals, e);
        if (r == 0)
                r = served_parse(settings_text(d->settings, SETTING_LANGUAGES), &d->languages, e);
        struct store *s = atomic_load(&d->store);
        struct error why = ERROR_INIT;
        if (r == 0)
                r = triage_open(dir, d->encoder, s, &d->triage, e);
        if (r == 0 && s && d->encoder && own_follow(d->triage, s, &d->classifier_id, &why) < 0)
                log_warning("going on without what was learned: %s", why.message);
        return r;
}

// Documents that nobody can be answered from are most likely a setting that was forgotten.
static void warn_of_unread(struct desk *d) {
        struct knowledge_languages of;

        knowledge_languages(d->knowledge, &of);
        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (of.set & language_bit(l) & ~d->languages)
                        log_warning("knowledge: documents in %s answer nobody, because LANGUAGES does not name %s",
                                    language_name(l), language_code(l));
}

static int open_knowledge(struct desk *d, struct error *e) {
        char *folder _cleanup_free_ = data_path(d->settings, SETTING_KNOWLEDGE_DIR);
        struct knowledge_state state;

        if (!folder)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to open the desk");
        struct knowledge_options o = {
                        .folder = folder,
                        .floor = settings_real(d->settings, SETTING_KNOWLEDGE_FLOOR),
                        .reload_s = d->flags & DESK_WATCH
                                                    ? (unsigned) settings_int(d->settings, SETTING_KNOWLEDGE_RELOAD)
                                                    : 0,
                        .encoder = d->encoder,
                        .store = atomic_load(&d->store)};
        int r = knowledge_open(&o, &d->knowledge, e);
        if (r < 0)
                return r;
        knowledge_state(d->knowledge, &state);
        if (*state.problem)
                log_warning("knowledge: %s", state.problem);
        warn_of_unread(d);
        return 0;
}

static int open_freshdesk(struct desk *d, struct error *e) {
        const struct settings *s = d->settings;

        if (!(d->flags & DESK_FRESHDESK))
                return 0;
        if (!settings_given(s, SETTING_FRESHDESK_API_KEY)) {
                if (settings_given(s, SETTING_FRESHDESK_DOMAIN) || settings_given(s, SETTING_FRESHDESK_URL))
                        log_warning("nothing is sent to Freshdesk: its address is set, but FRESHDESK_API_KEY is not");
                return 0;
        }
        if (!settings_given(s, SETTING_FRESHDESK_DOMAIN) && !settings_given(s, SETTING_FRESHDESK_URL))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_API_KEY is set, but neither FRESHDESK_DOMAIN nor FRESHDESK_URL");
        int r = http_client_new(CALLS_MAX, &d->client, e);
        if (r < 0)
                return r;
        struct freshdesk_options o = {.domain = settings_text(s, SETTING_FRESHDESK_DOMAIN),
                                      .url = settings_text(s, SETTING_FRESHDESK_URL),
                                      .api_key = settings_text(s, SETTING_FRESHDESK_API_KEY),
                                      .timeout_ms = (unsigned) settings_int(s, SETTING_FRESHDESK_TIMEOUT) * 1000,
                                      .share = settings_real(s, SETTING_FRESHDESK_SHARE),
                                      .client = d->client};
        return freshdesk_open(&o, &d->freshdesk, e);
}

int desk_open(const struct settings *settings, unsigned flags, struct desk **ret, struct error *e) {
        struct desk *d _cleanup_(desk_free_p) = calloc(1, sizeof(*d));

        if (!d)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to open the desk");
        d->settings = settings;
        d->flags = flags;
        d->opened_ms = clock_monotonic_ms();
        pthread_mutex_init(&d->lock, NULL);
        log_hide(settings_text(settings, SETTING_FRESHDESK_API_KEY));
        log_hide(settings_text(settings, SETTING_WEBHOOK_SECRET));
        log_hide(settings_text(settings, SETTING_ADMIN_TOKEN));

        // The database first, because vectors are kept in it; then the model, which triage and knowledge need.
        int r = groups_check(settings_text(settings, SETTING_FRESHDESK_GROUPS), e);
        if (r == 0)
                r = open_store(d, e);
        if (r < 0)
                return r;
        open_encoder(d);
        if ((r = authors_new(&d->authors, e)) < 0 || (r = open_config(d, e)) < 0 || (r = open_knowledge(d, e)) < 0 ||
            (r = open_freshdesk(d, e)) < 0)
                return r;
        open_zero_shot(d);
        identity_of_rules(d, d->rules);
        if ((r = limits_new(d, &d->limits, e)) < 0 || (r = questions_new(&d->questions, e)) < 0)
                return r;
        if ((r = poll_new(d, &d->poll, e)) < 0)
                return r;
        if ((flags & DESK_STORE) && (r = workers_new(d, &d->workers, e)) < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

struct desk *desk_free(struct desk *d) {
        if (!d)
                return NULL;
        poll_stop(d->poll);
        workers_free(d->workers); // ends calls that are under way, the poll's too
        poll_free(d->poll);
        freshdesk_free(d->freshdesk);
        http_client_free(d->client);
        knowledge_free(d->knowledge);
        questions_free(d->questions);
        limits_free(d->limits);
        triage_free(d->triage);
        automatic_free(d->automatic);
        followups_free(d->followups);
        signal_table_free(d->signals);
        authors_free(d->authors);
        replies_free(d->replies);
        cross_free(d->zero_shot);
        encoder_free(d->encoder);
        store_close(atomic_load(&d->store));
        pthread_mutex_destroy(&d->lock);
        free(d);
        return NULL;
}

int desk_start_workers(struct desk *d, struct error *e) {
        const char *blind = watch_blind(d->settings, d->freshdesk);

        if (blind)
                log_warning("%s", blind);
        if (d->workers)
                workers_start(d->workers, (unsigned) settings_int(d->settings, SETTING_WORKERS));
        return d->poll ? poll_start(d->poll, e) : 0;
}

struct store *desk_store(struct desk *d) {
        return atomic_load(&d->store);
}

struct knowledge *desk_knowledge(struct desk *d) {
        return d->knowledge;
}

const struct settings *desk_settings(struct desk *d) {
        return d->settings;
}

const struct triage *desk_triage(struct desk *d) {
        return d->triage;
}

struct limits *desk_limits(struct desk *d) {
        return d->limits;
}

bool desk_has_freshdesk(const struct desk *d) {
        return d->freshdesk != NULL;
}
