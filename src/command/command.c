#include "command/command.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "command/arguments.h"
#include "command/help.h"
#include "command/output.h"
#include "command/parts.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int failed(const struct error *e) {
        fprintf(stderr, "firstline: %s\n", *e->message ? e->message : error_help(ERROR_INTERNAL));
        return e->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

static int run(struct invocation *inv, struct error *e) {
        struct settings *settings _cleanup_(settings_free_p) = NULL;
        int r;

        if (inv->help)
                return help_show(inv, inv->command, e);
        if (!(inv->command->flags & COMMAND_WITHOUT_SETTINGS)) {
                r = settings_load(inv->n_setting_words, inv->setting_words, NULL, &settings, e);
                if (r < 0)
                        return r;
                // Commands that answer and end say nothing of how they came to it, unless LOG_LEVEL was set to hear it.
                parts_log(settings, LOG_WARNING, false);
                // Here, so that no command leaves a file in the data folder that the server then cannot write.
                r = sandbox_become(settings_text(settings, SETTING_RUN_AS), e);
                if (r < 0)
                        return r;
                inv->settings = settings;
        }
        r = inv->command->run(inv, e);
        return r < 0 ? r : output_end(r, e);
}

int command_main(const struct command *const *commands, size_t n, int argc, char **argv) {
        char **words _cleanup_(arguments_free_p) = arguments_take(argc, argv);
        int64_t started_us = clock_monotonic_us();
        struct error e = ERROR_INIT;
        struct invocation inv;
        int r;

        sandbox_private();

        // A reader that went away and a file-size limit are errors like others, not the end of the program.
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        log_open(LOG_WARNING, false);

        r = words ? arguments_parse(commands, n, argc, words, &inv, &e)
                  : error_set(&e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to start");
        if (r < 0)
                return failed(&e);
        inv.started_us = started_us;
        if (!inv.command && !inv.help) {
                error_set(&e, -EINVAL, ERROR_USAGE, "no command given; see firstline --help");
                return failed(&e);
        }
        r = run(&inv, &e);
        log_forget();
        return r < 0 ? failed(&e) : r;
}
