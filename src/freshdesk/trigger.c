#include "freshdesk/trigger.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

enum { WORD_MAX = 64 }; // longer names are cut: none of Freshdesk's is half of it

struct trigger {
        char key[WORD_MAX], value[WORD_MAX]; // lower case; key "" for a plain name
        char from[WORD_MAX], to[WORD_MAX];
};

// Freshdesk's rules, with {key:value}; value NULL: any. A reason means that there is nothing to answer.
static const struct {
        const char *key, *value;
        enum webhook_kind kind;
        const char *reason;
} triggers[] = {
                {"ticket_action", "created", WEBHOOK_CREATED, NULL},
                {"ticket_action", "deleted", WEBHOOK_UPDATED, "the ticket was deleted"},
                {"ticket_action", "marked_spam", WEBHOOK_UPDATED, "the ticket was marked as spam"},
                {"ticket_action", "linked", WEBHOOK_UPDATED, "the ticket was linked"},
                {"note_type", "public", WEBHOOK_REPLIED, NULL},
                {"note_type", "private", WEBHOOK_UPDATED, "private note"},
                {"reply_sent", NULL, WEBHOOK_REPLIED, NULL},
                {"customer_feedback", NULL, WEBHOOK_UPDATED, "survey feedback is not a question"},
                {"time_sheet_action", NULL, WEBHOOK_UPDATED, "a time entry changed"},
                {"mail_del_failed_requester", NULL, WEBHOOK_UPDATED, "a mail to the requester could not be delivered"},
                {"mail_del_failed_others", NULL, WEBHOOK_UPDATED, "a mail could not be delivered"},
                {"response_due", NULL, WEBHOOK_UPDATED, "a response is due"},
                {"resolution_due", NULL, WEBHOOK_UPDATED, "a resolution is due"},
                // Plain names, as people write them into templates of their own.
                {"", "created", WEBHOOK_CREATED, NULL},
                {"", "create", WEBHOOK_CREATED, NULL},
                {"", "new", WEBHOOK_CREATED, NULL},
                {"", "ticket_created", WEBHOOK_CREATED, NULL},
                {"", "ticket.created", WEBHOOK_CREATED, NULL},
                {"", "replied", WEBHOOK_REPLIED, NULL},
                {"", "reply", WEBHOOK_REPLIED, NULL},
                {"", "customer_replied", WEBHOOK_REPLIED, NULL},
                {"", "requester_replied", WEBHOOK_REPLIED, NULL},
                {"", "ticket_replied", WEBHOOK_REPLIED, NULL},
                {"", "ticket.replied", WEBHOOK_REPLIED, NULL},
                {"", "private_note", WEBHOOK_UPDATED, "private note"},
                {"", "deleted", WEBHOOK_UPDATED, "the ticket was deleted"},
                {"", "ticket_deleted", WEBHOOK_UPDATED, "the ticket was deleted"},
                {"", "ticket.deleted", WEBHOOK_UPDATED, "the ticket was deleted"},
};

// Fields whose change asks nothing of a first-line agent.
static const char *const quiet_fields[] = {
                "priority",
                "ticket_type",
                "type",
                "agent",
                "agent_id",
                "responder_id",
                "responder",
                "group",
                "group_id",
                "product",
                "product_id",
                "company_id",
                "internal_agent_id",
                "internal_group_id",
                "tag",
                "tags",
                "tag_ids",
                "source",
                "due_date",
                "due_by",
                "subject",
};

static bool word_char(char c) {
        return isalnum((unsigned char) c) || c == '_' || c == '.' || c == '-';
}

static const char *skip_noise(const char *s) {
        while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == '"' || *s == '\'' || *s == '=' || *s == '>')
                s++;
        return s;
}

// Labels may have spaces inside ("Waiting on Customer"); a key may not.
static const char *read_word(const char *s, bool spaces, char out[WORD_MAX]) {
        size_t n = 0;

        s = skip_noise(s);
        for (; *s && (word_char(*s) || (spaces && (*s == ' ' || (unsigned char) *s >= 0x80))); s++)
                if (n + 1 < WORD_MAX)
                        out[n++] = (char) tolower((unsigned char) *s);
        while (n > 0 && out[n - 1] == ' ')
                n--;
        out[n] = '\0';
        return skip_noise(s);
}

static void read_change(const char *s, struct trigger *t) {
        char key[WORD_MAX], value[WORD_MAX];

        // from and to, in any order; the loop ends because each turn takes at least the comma.
        do {
                s = read_word(s + 1, false, key);
                if (*s != ':')
                        return;
                s = read_word(s + 1, true, value);
                if (str_eq(key, "from"))
                        str_copy(t->from, sizeof(t->from), value);
                else if (str_eq(key, "to"))
                        str_copy(t->to, sizeof(t->to), value);
        } while (*s == ',');
}

static void read_trigger(const char *s, struct trigger *t) {
        *t = (struct trigger){{0}, {0}, {0}, {0}};
        s = skip_noise(s);
        if (*s != '{') {
                read_word(s, true, t->value);
                return;
        }
        s = read_word(s + 1, false, t->key);
        if (*s != ':')
                return;
        s = skip_noise(s + 1);
        if (*s == '{')
                read_change(s, t);
        else
                read_word(s, true, t->value);
}

static bool is_done(const char *status) {
        return str_eq(status, "4") || str_eq(status, "5") || str_eq(status, "resolved") || str_eq(status, "closed");
}

static void ignore(struct webhook_event *ev, const char *why) {
        ev->kind = WEBHOOK_UPDATED;
        ev->ignored = true;
        str_copy(ev->reason, sizeof(ev->reason), why);
}

void trigger_read(const char *text, struct webhook_event *ev) {
        struct trigger t;

        if (str_empty(text) || str_eq(text, "{}")) {
                ev->kind = WEBHOOK_CREATED;
                return;
        }
        read_trigger(text, &t);
        for (size_t i = 0; i < ARRAY_LEN(triggers); i++) {
                if (!str_eq(triggers[i].key, t.key) || (triggers[i].value && !str_eq(triggers[i].value, t.value)))
                        continue;
                ev->kind = triggers[i].kind;
                if (triggers[i].reason)
                        ignore(ev, triggers[i].reason);
                return;
        }
        if (str_eq(t.key, "status")) {
                // Reopened: somebody was not content, which may be a question again.
                if (is_done(t.from) && (str_eq(t.to, "2") || str_eq(t.to, "open")))
                        ev->kind = WEBHOOK_UPDATED;
                else
                        ignore(ev, "the status changed");
                return;
        }
        if (str_starts(t.key, "cf_")) {
                ignore(ev, "a custom field changed");
                return;
        }
        for (size_t i = 0; i < ARRAY_LEN(quiet_fields); i++)
                if (str_eq(quiet_fields[i], t.key)) {
                        char why[WEBHOOK_REASON_SIZE];

                        snprintf(why, sizeof(why), "%s changed", t.key);
                        ignore(ev, why);
                        return;
                }
        ev->kind = WEBHOOK_UPDATED;
}
