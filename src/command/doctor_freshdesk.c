// The account: is it reached, as whom, with which clock and how much of its allowance is left?
#include <errno.h>
#include <inttypes.h>

#include "base/string.h"
#include "command/doctor.h"
#include "desk/bookmark.h"
#include "desk/watch.h"

enum {
        SKEW_MAX_MS = 60 * 1000, // beyond it, times in the audit and in Freshdesk no longer fit together
        LOW_PARTS = 5,           // less than a fifth of the allowance left is little
        SCOPE_ALL = 1,           // an agent that sees all tickets
        SECOND_MS = 1000,
};

// What to do about a call that did not end well.
static const char *advice_for(const struct connection *c) {
        if (c->reached == -EACCES && c->result.status == 0)
                return "The certificate that answered cannot be trusted: is there a proxy that breaks TLS open, are "
                       "this "
                       "machine's certificates (ca-certificates) up to date, and is its clock right?";
        switch (c->result.outcome) {
        case FRESHDESK_DENIED:
                return "FRESHDESK_API_KEY must be the key of an active agent: Profile settings, View API key.";
        case FRESHDESK_NOT_FOUND:
        case FRESHDESK_REFUSED:
                if (c->result.status == 403)
                        return "The key's agent may not do this, or the account is locked: look at its role.";
                return "FRESHDESK_DOMAIN must be the account's name as in its address, like acme of "
                       "acme.freshdesk.com.";
        default:
                return "Is the network there, and is FRESHDESK_DOMAIN right? Does the certificate fit? Tickets wait "
                       "and "
                       "are delivered when it is back.";
        }
}

static void call_account(struct check_context *c, struct check_finding *f) {
        struct connection *k = &c->connection;
        struct error e = ERROR_INIT;
        int64_t since_ms;

        if (bookmark_since(settings_text(c->settings, SETTING_FRESHDESK_SINCE), &since_ms, &e) < 0 ||
            connection_open(c->settings, k, &e) < 0)
                finding_set(f, CHECK_PROBLEM, "Set it right; `firstline serve` refuses to start like this.", "%s",
                            e.message);
        else if (k->reached < 0)
                finding_set(f, CHECK_PROBLEM, advice_for(k), "%s", k->error.message);
        else
                finding_set(f, CHECK_OK, NULL, "%s, as agent %" PRId64, freshdesk_host(k->freshdesk), k->agent.id);
        c->connected = k->freshdesk && k->reached == 0;
}

static void look_at_freshdesk(struct check_context *c, struct check_finding *f) {
        bool address = settings_given(c->settings, SETTING_FRESHDESK_DOMAIN) ||
                       settings_given(c->settings, SETTING_FRESHDESK_URL);
        bool key = settings_given(c->settings, SETTING_FRESHDESK_API_KEY);

        if (address && key)
                call_account(c, f);
        else if (address || key)
                finding_set(f, CHECK_PROBLEM, "Both are needed to read tickets and to answer them.",
                            "%s is set, but %s is not", key ? "FRESHDESK_API_KEY" : "FRESHDESK_DOMAIN",
                            key ? "FRESHDESK_DOMAIN" : "FRESHDESK_API_KEY");
        else
                finding_set(f, CHECK_NOTE, "Set FRESHDESK_DOMAIN and FRESHDESK_API_KEY.",
                            "not connected: tickets are decided and recorded, nothing is sent");
}

static void look_at_agent(struct check_context *c, struct check_finding *f) {
        const struct freshdesk_agent *a = &c->connection.agent;

        if (!c->connected)
                return;
        if (c->connection.agent_tickets > 0)
                finding_set(f, CHECK_NOTE,
                            "Give Firstline an agent of its own: nobody can tell its replies from a person's, and it "
                            "takes that person's replies for its own.",
                            "%s <%s> has tickets assigned (%" PRId64 "): it is a person's account", a->name, a->email,
                            c->connection.agent_tickets);
        else if (a->scope > SCOPE_ALL)
                finding_set(f, CHECK_PROBLEM, "Set the agent's scope to global access, or it cannot read most tickets.",
                            "%s <%s> does not see all tickets", a->name, a->email);
        else
                finding_set(f, CHECK_OK, NULL, "%s <%s>%s%s", a->name, a->email, *a->type ? ", " : "", a->type);
}

static void look_at_clock(struct check_context *c, struct check_finding *f) {
        int64_t skew = c->connection.skew_ms, size = skew < 0 ? -skew : skew;

        if (!c->connected || !c->connection.clock_known)
                return;
        if (size > SKEW_MAX_MS)
                finding_set(f, CHECK_NOTE,
                            "Set this machine's clock (timedatectl, chrony). Webhooks with X-Webhook-Timestamp are "
                            "refused beyond WEBHOOK_REPLAY_WINDOW, and times in the audit do not fit Freshdesk's.",
                            "this machine's clock is %" PRId64 " s %s Freshdesk's", size / SECOND_MS,
                            skew < 0 ? "ahead of" : "behind");
        else
                finding_set(f, CHECK_OK, NULL, "within a minute of Freshdesk's");
}

static void look_at_quota(struct check_context *c, struct check_finding *f) {
        const struct quota_view *lowest = NULL;
        struct freshdesk_view view;

        if (!c->connected)
                return;
        freshdesk_view(c->connection.freshdesk, &view);
        for (size_t i = 0; i < ARRAY_LEN(view.families); i++) {
                const struct quota_view *q = &view.families[i];
                if (q->known && q->total > 0 &&
                    (!lowest || q->remaining * lowest->total < lowest->remaining * q->total))
                        lowest = q;
        }
        if (!lowest)
                return;
        if (lowest->remaining * LOW_PARTS < lowest->total)
                finding_set(f, CHECK_NOTE,
                            "Something else uses the account's calls: other tools, apps, a second Firstline. Tickets "
                            "wait "
                            "for their turn; FRESHDESK_SHARE says how much of the allowance is Firstline's.",
                            "%" PRId64 " of %" PRId64 " calls a minute are left (%s)", lowest->remaining, lowest->total,
                            lowest->name);
        else
                finding_set(f, CHECK_OK, NULL, "%" PRId64 " of %" PRId64 " calls a minute are left (%s)",
                            lowest->remaining, lowest->total, lowest->name);
}

static void look_at_watch(struct check_context *c, struct check_finding *f) {
        bool freshdesk = c->connection.freshdesk;
        const char *blind = watch_blind(c->settings, freshdesk);

        if (blind)
                finding_set(f, CHECK_PROBLEM,
                            "Set FRESHDESK_POLL to seconds, as 300; FRESHDESK_GROUPS says which tickets are "
                            "Firstline's.",
                            "%s", blind);
        else if (freshdesk && settings_real(c->settings, SETTING_MAX_WRONG) > 0)
                finding_set(f, CHECK_OK, NULL, "what people do after automatic answers is read back");
}

const struct check check_freshdesk = {"freshdesk", look_at_freshdesk};
const struct check check_agent = {"agent", look_at_agent};
const struct check check_clock = {"clock", look_at_clock};
const struct check check_quota = {"allowance", look_at_quota};
const struct check check_watch = {"watch", look_at_watch};
