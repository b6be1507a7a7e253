// The checks of `firstline doctor`: what each found, and what to do about it.
#pragma once

#include "command/command.h"
#include "command/connection.h"

enum check_verdict {
        CHECK_OK,
        CHECK_NOTE,   // works with less, or could be safer
        CHECK_PROBLEM // does not work, or must not be run like this
};

struct check_finding {
        enum check_verdict verdict;
        char detail[ERROR_MESSAGE_MAX];
        const char *advice; // NULL: none needed
};

struct check_context {
        const struct invocation *invocation;
        struct settings *settings; // loaded by check_settings, for the others; NULL: could not be
        bool connected;            // check_freshdesk has reached the account: connection tells of it
        struct connection connection;
};

struct check {
        const char *name;
        void (*look)(struct check_context *c, struct check_finding *f);
};

extern const struct check check_settings, check_access, check_tls, check_port, check_config, check_knowledge,
                check_model, check_zero_shot, check_database, check_freshdesk, check_agent, check_clock, check_quota,
                check_rules, check_loops, check_webhook, check_watch;

void finding_set(struct check_finding *f, enum check_verdict verdict, const char *advice, const char *fmt, ...)
                _printf_(4, 5);

static inline void check_context_clear(struct check_context *c) {
        connection_close(&c->connection);
        c->settings = settings_free(c->settings);
}
#define _cleanup_check_context_ _cleanup_(check_context_clear)
