// `.env.example`: every setting as a comment, so that the file copied as it is changes nothing.
#include <string.h>

#include "base/settings.h"
#include "base/string.h"

// Where a group begins. The table's order is the order of the file.
static const struct {
        enum setting_id first;
        const char *title;
} example_groups[] = {
                {SETTING_HOST, "The server"},
                {SETTING_MODE, "The ticket's journey"},
                {SETTING_DATABASE_URL, "Storage"},
                {SETTING_KNOWLEDGE_DIR, "Knowledge and model"},
                {SETTING_FRESHDESK_DOMAIN, "Freshdesk"},
};

static void write_range(FILE *f, const struct setting_spec *spec) {
        switch (spec->type) {
        case SETTING_TYPE_INT:
                fprintf(f, "# A whole number from %.0f to %.0f.\n", spec->min, spec->max);
                break;
        case SETTING_TYPE_REAL:
                fprintf(f, "# A number from %g to %g.\n", spec->min, spec->max);
                break;
        case SETTING_TYPE_BOOL:
                fputs("# true or false.\n", f);
                break;
        case SETTING_TYPE_CHOICE:
                fputs("# One of: ", f);
                for (const char *c = spec->choices; *c; c++)
                        fputs(*c == '|' ? ", " : (char[]){*c, '\0'}, f);
                fputs(".\n", f);
                break;
        case SETTING_TYPE_TEXT:
                if (spec->secret)
                        fputs("# A secret: never logged, never shown.\n", f);
                break;
        }
}

void settings_write_example(FILE *f) {
        fputs("# Settings of Firstline. Copy this file to .env in the working folder and change what you need.\n"
              "# The environment is stronger than .env; the command line (--log-level DEBUG) is stronger than both.\n"
              "# A variable of the environment that is empty counts as not set.\n"
              "# What stands here commented out are the defaults.\n",
              f);
        for (unsigned i = 0; i < SETTING_COUNT_; i++) {
                const struct setting_spec *spec = &settings_table[i];

                for (size_t g = 0; g < ARRAY_LEN(example_groups); g++)
                        if (example_groups[g].first == i)
                                fprintf(f, "\n# ---- %s\n", example_groups[g].title);
                fprintf(f, "\n# %c%s.\n",
                        spec->help[0] >= 'a' && spec->help[0] <= 'z' ? spec->help[0] - 'a' + 'A' : spec->help[0],
                        spec->help + 1);
                write_range(f, spec);
                fprintf(f, strchr(spec->def, ' ') ? "#%s=\"%s\"\n" : "#%s=%s\n", spec->name, spec->def);
        }
}
