#include "base/settings.h"

#include <jansson.h>

#include "command/list.h"
#include "command/output.h"

static const char *const sources[] = {
                [SETTING_FROM_DEFAULT] = "default",
                [SETTING_FROM_FILE] = ".env",
                [SETTING_FROM_ENVIRONMENT] = "environment",
                [SETTING_FROM_COMMAND] = "command line",
};

static json_t *setting_json(const struct settings *s, enum setting_id id) {
        json_t *value;

        switch (settings_table[id].type) {
        case SETTING_TYPE_INT:
                value = json_integer(settings_int(s, id));
                break;
        case SETTING_TYPE_REAL:
                value = json_real(settings_real(s, id));
                break;
        case SETTING_TYPE_BOOL:
                value = json_boolean(settings_bool(s, id));
                break;
        default:
                value = json_string(settings_shown(s, id));
                break;
        }
        return json_pack("{s:o, s:s}", "value", value, "source", sources[settings_source(s, id)]);
}

static int show_json(const struct settings *s, struct error *e) {
        json_t *all = json_object();

        for (unsigned i = 0; all && i < SETTING_COUNT_; i++)
                json_object_set_new(all, settings_table[i].name, setting_json(s, (enum setting_id) i));
        return output_json(stdout, all, e);
}

static int run(const struct invocation *i, struct error *e) {
        if (invocation_value(i, "--example")) {
                settings_write_example(stdout);
                return 0;
        }
        if (i->json)
                return show_json(i->settings, e);
        for (unsigned k = 0; k < SETTING_COUNT_; k++) {
                enum setting_id id = (enum setting_id) k;
                bool given = settings_source(i->settings, id) != SETTING_FROM_DEFAULT;

                fprintf(stdout, "%-24s ", settings_table[k].name);
                output_styled(stdout, given ? OUTPUT_BOLD : OUTPUT_PLAIN, settings_shown(i->settings, id));
                if (given) {
                        fputs("  ", stdout);
                        output_styled(stdout, OUTPUT_DIM, sources[settings_source(i->settings, id)]);
                }
                fputc('\n', stdout);
        }
        return 0;
}

static const struct command_option options[] = {
                {.name = "--example", .help = "print .env.example: every setting with its default and what it does"},
                {.name = NULL},
};

const struct command command_settings = {
                .name = "settings",
                .summary = "print the settings in force, and where each came from",
                .about = "Secrets are masked. A setting whose source is not named has its default.",
                .options = options,
                .run = run,
};
