#include "command/parts.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"

#define SQLITE_SCHEME "sqlite:"

char *parts_folder(const struct settings *s, enum setting_id id) {
        char *found = file_find_data(settings_text(s, id));

        return found ? found : str_dup(settings_text(s, id));
}

int parts_encoder(const struct settings *s, struct encoder **ret, struct error *e) {
        char *folder _cleanup_free_ = NULL;

        if (!*settings_text(s, SETTING_EMBEDDING_MODEL))
                return 0;
        folder = parts_folder(s, SETTING_EMBEDDING_MODEL);
        if (!folder)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the model");
        return encoder_open(
                        &(struct encoder_options){.folder = folder, .runtime = settings_text(s, SETTING_ONNX_RUNTIME)},
                        ret, e);
}

int parts_zero_shot(const struct settings *s, struct cross **ret, struct error *e) {
        char *folder _cleanup_free_ = NULL;

        if (!*settings_text(s, SETTING_ZERO_SHOT_MODEL))
                return 0;
        folder = parts_folder(s, SETTING_ZERO_SHOT_MODEL);
        if (!folder)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the model");
        return cross_open(&(struct cross_options){.folder = folder, .runtime = settings_text(s, SETTING_ONNX_RUNTIME)},
                          ret, e);
}

const char *parts_database(const struct settings *s) {
        const char *url = settings_text(s, SETTING_DATABASE_URL);

        return str_starts(url, SQLITE_SCHEME) ? url + strlen(SQLITE_SCHEME) : NULL;
}

bool parts_database_exists(const struct settings *s) {
        const char *path = parts_database(s);

        return !path || file_exists(path) || errno == EACCES;
}

int parts_database_there(const struct settings *s, struct error *e) {
        if (!parts_database_exists(s))
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "%s: no such database; see DATABASE_URL",
                                 parts_database(s));
        return 0;
}

void parts_log(const struct settings *s, enum log_level otherwise, bool json) {
        static const char *const names[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
        enum log_level level = otherwise;

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (settings_source(s, SETTING_LOG_LEVEL) != SETTING_FROM_DEFAULT &&
                    str_eq(settings_text(s, SETTING_LOG_LEVEL), names[i]))
                        level = (enum log_level) i;
        log_open(level, json || str_eq(settings_text(s, SETTING_LOG_FORMAT), "json"));
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                if (settings_table[i].secret)
                        log_hide(settings_text(s, (enum setting_id) i));
}
