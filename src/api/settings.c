// GET /settings, GET /errors, and GET /support: both and more in one file for whoever helps. No secret and no text of
// customers is in any of them.
#include <sys/utsname.h>

#include "api/routes.h"
#include "base/build.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

enum {
        ERRORS_MAX = 100,             // of the newest; the log has them all
        EXPOSITION_MAX = 1024 * 1024, // bytes of the metrics, some twenty times what they are
};

static const char *const sources[] = {
                [SETTING_FROM_DEFAULT] = "default",
                [SETTING_FROM_FILE] = "file",
                [SETTING_FROM_ENVIRONMENT] = "environment",
                [SETTING_FROM_COMMAND] = "command line",
};

static json_t *settings_json(const struct settings *s) {
        json_t *list = json_array();

        for (enum setting_id id = 0; id < SETTING_COUNT_; id++) {
                const struct setting_spec *spec = &settings_table[id];
                json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "name", spec->name, "value",
                                                      settings_shown(s, id), "default", spec->def, "source",
                                                      sources[settings_source(s, id)], "secret", spec->secret, "help",
                                                      spec->help));
        }
        return list;
}

static void add_error(void *arg, int64_t at_ms, enum log_level level, const char *line) {
        char at[CLOCK_ISO_SIZE];

        clock_iso(at_ms, at);
        json_array_append_new(arg, json_pack("{s:s, s:s, s:s}", "at", at, "level",
                                             level == LOG_ERROR ? "error" : "warning", "message", line));
}

static json_t *errors_json(void) {
        json_t *list = json_array();

        log_recent(ERRORS_MAX, add_error, list);
        return list;
}

void api_settings(struct http_request *r, void *app) {
        http_reply_json(r, 200, json_pack("{s:o}", "settings", settings_json(desk_settings(app))));
}

void api_errors(struct http_request *r, void *app) {
        (void) app;
        http_reply_json(r, 200, json_pack("{s:o}", "errors", errors_json()));
}

void api_support(struct http_request *r, void *app) {
        struct buffer metrics _cleanup_buffer_ = BUFFER_INIT(EXPOSITION_MAX);
        struct utsname system = {0};
        char at[CLOCK_ISO_SIZE];

        clock_iso(clock_now_ms(), at);
        (void) uname(&system);
        metrics_write(&metrics);
        http_set_header(r, "Content-Disposition", "attachment; filename=firstline-support.json");
        http_reply_json(r, 200,
                        json_pack("{s:s, s:s, s:{s:s, s:s, s:s}, s:o, s:o, s:o, s:s}", "made_at", at, "version",
                                  FIRSTLINE_VERSION, "system", "name", system.sysname, "release", system.release,
                                  "machine", system.machine, "health", desk_health(app), "settings",
                                  settings_json(desk_settings(app)), "errors", errors_json(), "metrics",
                                  buffer_str(&metrics)));
}
