#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/access.h"
#include "api/api.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/string.h"
#include "command/list.h"
#include "command/parts.h"
#include "command/signals.h"
#include "desk/desk.h"

struct service {
        struct desk *desk;
        struct api *api;
};

static void service_stop(struct service *s) {
        // The face first: what it has accepted, the desk still answers.
        s->api = s->api ? api_stop(s->api) : NULL;
        s->desk = desk_free(s->desk);
}
#define _cleanup_service_ _cleanup_(service_stop)

// One line with the facts, for whoever started it.
static void log_ready(const struct invocation *i, struct service *s) {
        const struct settings *settings = i->settings;
        char *url _cleanup_free_ = access_url(settings, api_port(s->api));
        json_t *health _cleanup_json_ = desk_health(s->desk);
        const json_t *model = json_object_get(health, "model"), *freshdesk = json_object_get(health, "freshdesk");
        bool has_model = str_eq(json_str_or_null(model, "status"), "ok");
        const char *name = has_model ? json_str_or_null(model, "detail") : NULL;
        const char *account = json_str_or_null(freshdesk, "detail");
        struct knowledge_state k;

        knowledge_state(desk_knowledge(s->desk), &k);
        log_info("ready on %s: model %s, %zu document%s with %zu passage%s, Freshdesk %s, mode %s, in %lld ms",
                 url ? url : "?",
                 name        ? name
                 : has_model ? "ok"
                             : "none",
                 k.documents, str_s((int64_t) k.documents), k.passages, str_s((int64_t) k.passages),
                 !desk_has_freshdesk(s->desk) ? "not connected"
                 : account                    ? account
                                              : "connected",
                 settings_text(settings, SETTING_MODE), (long long) (clock_monotonic_us() - i->started_us) / 1000);
}

static void reload_certificate(const struct invocation *i, struct service *s) {
        struct error e = ERROR_INIT;
        int r = api_certify(s->api, i->settings, &e);

        if (r < 0)
                log_error("the certificate stays as it was: %s", e.message);
        else if (r > 0)
                log_info("the certificate was read again: who connects from now on is shown this one");
}

static void reload_knowledge(struct service *s) {
        struct error e = ERROR_INIT;
        int r = knowledge_reload(desk_knowledge(s->desk), &e);
        struct knowledge_state k;

        if (r < 0) {
                log_error("the knowledge base stays as it was: %s", e.message);
                return;
        }
        knowledge_state(desk_knowledge(s->desk), &k);
        log_info("knowledge base %s: %zu document%s with %zu passage%s", r > 0 ? "read again" : "unchanged",
                 k.documents, str_s((int64_t) k.documents), k.passages, str_s((int64_t) k.passages));
}

// The folder of the database, behind whatever links lead there. NULL: it is not there, or no memory.
static char *data_folder(const struct settings *s) {
        const char *path = parts_database(s);
        char *folder _cleanup_free_ = path ? str_dup(path) : NULL;
        char *real _cleanup_free_ = path ? realpath(path, NULL) : NULL;
        char *slash;

        if (real)
                return str_ndup(real, MAX((size_t) (strrchr(real, '/') - real), (size_t) 1));
        slash = folder ? strrchr(folder, '/') : NULL;
        if (slash)
                slash[slash == folder] = '\0';
        return folder ? realpath(slash ? folder : ".", NULL) : NULL;
}

// Before the first thread. A server that cannot be shut in runs all the same, and says so.
static void shut_in(const struct settings *s) {
        char *folder _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        int r;

        if (geteuid() == 0)
                log_warning("running as root, and nothing here needs it: set RUN_AS to a user, or start it as one");
        if (str_eq(settings_text(s, SETTING_SANDBOX), "off"))
                return;
        folder = data_folder(s);
        if (!folder) {
                log_warning("no sandbox: the folder of the database is not there");
                return;
        }
        r = sandbox_write_only_below(folder, &e);
        if (r < 0)
                log_warning("no sandbox: %s", e.message);
        else if (r == SANDBOX_NONE)
                log_info("no sandbox: this kernel has no Landlock, or it is turned off");
        else
                log_info("sandbox: only %s can be written, and no program started", folder);
}

static int run(const struct invocation *i, struct error *e) {
        struct signals *signals _cleanup_(signals_close_p) = NULL;
        struct service s _cleanup_service_ = {0};
        int r, sig;

        parts_log(i->settings, LOG_INFO, i->json);
        if ((r = access_check(i->settings, e)) < 0)
                return r;
        shut_in(i->settings);
        // The port is taken before the workers start: two servers on one database would only be in each other's way.
        if ((r = signals_open(&signals, e)) < 0 ||
            (r = desk_open(i->settings, DESK_STORE | DESK_FRESHDESK | DESK_WATCH, &s.desk, e)) < 0 ||
            (r = api_start(s.desk, &s.api, e)) < 0 || (r = desk_start_workers(s.desk, e)) < 0)
                return r;
        signals_ready(signals);
        log_ready(i, &s);
        while ((sig = signals_wait(signals)) == SIGHUP) {
                reload_certificate(i, &s);
                reload_knowledge(&s);
        }
        log_info("stopping on %s", sig == SIGINT ? "SIGINT" : "SIGTERM");
        service_stop(&s);
        log_info("stopped");
        return 0;
}

const struct command command_serve = {
                .name = "serve",
                .summary = "run the server",
                .about = "Listens on HOST and PORT, takes Freshdesk's webhooks at /webhook, and works on the tickets. "
                         "The page at / says what runs; /docs explains the API.\n"
                         "SIGINT and SIGTERM stop it cleanly. SIGHUP makes it read the certificate again and look at "
                         "the "
                         "knowledge folder at once. With --json the log is JSON.",
                .run = run,
};
