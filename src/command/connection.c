#include "command/connection.h"

#include <errno.h>

#include "base/clock.h"

enum {
        ONE_CALL = 1,           // at a time
        HALF_A_SECOND_MS = 500, // the Date header is cut to whole seconds
};

const enum automation_type connection_types[CONNECTION_TYPES] = {AUTOMATION_CREATION, AUTOMATION_UPDATE};

static void call(struct connection *c) {
        struct freshdesk_result ignored;
        int64_t before = clock_now_ms();

        c->agent_tickets = -1;
        c->reached = freshdesk_agent(c->freshdesk, &c->agent, &c->result, &c->error);
        if (c->reached < 0)
                return;
        c->clock_known = c->agent.now_ms > 0;
        c->skew_ms = c->agent.now_ms + HALF_A_SECOND_MS - (before + clock_now_ms()) / 2;
        if (freshdesk_agent_tickets(c->freshdesk, c->agent.id, &c->agent_tickets, &ignored, NULL) < 0)
                c->agent_tickets = -1;
}

int connection_open(const struct settings *s, struct connection *c, struct error *e) {
        struct freshdesk_options o = {.domain = settings_text(s, SETTING_FRESHDESK_DOMAIN),
                                      .url = settings_text(s, SETTING_FRESHDESK_URL),
                                      .api_key = settings_text(s, SETTING_FRESHDESK_API_KEY),
                                      .timeout_ms = (unsigned) settings_int(s, SETTING_FRESHDESK_TIMEOUT) * 1000};

        *c = (struct connection){.error = ERROR_INIT, .rules_error = ERROR_INIT, .agent_tickets = -1};
        int r = http_client_new(ONE_CALL, &c->client, e);
        if (r < 0)
                return r;
        o.client = c->client;
        r = freshdesk_open(&o, &c->freshdesk, e);
        if (r < 0)
                return r;
        call(c);
        return 0;
}

void connection_read_rules(struct connection *c) {
        if (c->reached < 0 || c->rules_asked)
                return;
        c->rules_asked = true;
        for (size_t i = 0; c->rules_read == 0 && i < CONNECTION_TYPES; i++)
                c->rules_read = automation_list(c->freshdesk, connection_types[i], &c->rules[i], &c->rules_result,
                                                &c->rules_error);
}

void connection_close(struct connection *c) {
        for (size_t i = 0; i < CONNECTION_TYPES; i++)
                automation_rules_clear(&c->rules[i]);
        c->freshdesk = freshdesk_free(c->freshdesk);
        c->client = http_client_free(c->client);
}

bool connection_without_rules(const struct connection *c) {
        return c->rules_asked && c->rules_read < 0 &&
               (c->rules_result.outcome == FRESHDESK_REFUSED || c->rules_result.outcome == FRESHDESK_NOT_FOUND);
}
