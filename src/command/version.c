#include <jansson.h>

#include "base/build.h"
#include "command/list.h"
#include "command/output.h"

static int run(const struct invocation *i, struct error *e) {
        if (i->json)
                return output_json(stdout, json_pack("{s:s}", "version", FIRSTLINE_VERSION), e);
        puts("firstline " FIRSTLINE_VERSION);
        return 0;
}

const struct command command_version = {
                .name = "version",
                .summary = "print the version",
                .about = "Prints the version of the program. `firstline --version` does the same.",
                .flags = COMMAND_WITHOUT_SETTINGS,
                .run = run,
};
