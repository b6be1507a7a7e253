// The account as it stands: reached or not, our agent, the automation rules. Asked for once, for the commands that
// connect Freshdesk and that look whether it is well connected.
#pragma once

#include "base/settings.h"
#include "freshdesk/agent.h"
#include "freshdesk/automation.h"
#include "freshdesk/rule.h"
#include "net/client.h"

enum { CONNECTION_TYPES = 2 };

struct connection {
        struct http_client *client;
        struct freshdesk *freshdesk;

        int reached; // 0, or the negative errno of the first call, with its words in `error`
        struct freshdesk_result result;
        struct error error;

        struct freshdesk_agent agent;
        int64_t agent_tickets; // assigned to our agent; -1: not known
        bool clock_known;
        int64_t skew_ms; // Freshdesk's clock minus this machine's

        bool rules_asked;
        int rules_read; // 0, or negative with its words in rules_error
        struct freshdesk_result rules_result;
        struct error rules_error;
        struct automation_rules rules[CONNECTION_TYPES]; // by connection_types
};

extern const enum automation_type connection_types[CONNECTION_TYPES];

// Calls the account: *c is filled whatever comes of it. Negative with e where it cannot even be tried.
_warn_unused_ int connection_open(const struct settings *s, struct connection *c, struct error *e);
void connection_read_rules(struct connection *c); // once; only when it was reached
void connection_close(struct connection *c);
#define _cleanup_connection_ _cleanup_(connection_close)

// Does the key lack what automation rules need, or has the plan none? Then they are made by hand.
bool connection_without_rules(const struct connection *c);
