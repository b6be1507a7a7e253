#include "desk/guard.h"

#include <ctype.h>
#include <string.h>

enum {
        FRESHDESK_STATUS_RESOLVED_ = 4, // fixed by Freshdesk, whatever status a team uses beside it
        FRESHDESK_STATUS_CLOSED_ = 5,
        SOURCE_OUTBOUND = 10, // an agent's mail to a customer
};

bool guard_by_requester(const struct freshdesk_ticket *t, const struct freshdesk_message *m) {
        return t->requester_id && m->user_id == t->requester_id;
}

// Notes between agents answer nobody, an empty survey feedback asks nothing, and a colleague of the customer's is no
// agent.
static bool public_words(const struct freshdesk_message *m) {
        return !m->private_note && !m->participant && m->text && *m->text;
}

size_t guard_unanswered_from(const struct freshdesk_ticket *t) {
        size_t from = t->n_messages;

        for (size_t i = t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &t->messages[i];
                if (!public_words(m))
                        continue;
                if (!guard_by_requester(t, m))
                        break;
                from = i;
        }
        return from;
}

// The newest public words of the conversation are not the customer's: somebody has answered.
static bool answered(const struct freshdesk_ticket *t) {
        for (size_t i = t->n_messages; i-- > 0;)
                if (public_words(&t->messages[i]))
                        return !guard_by_requester(t, &t->messages[i]);
        return false;
}

bool guard_customer_waits(const struct freshdesk_ticket *t) {
        return guard_unanswered_from(t) < t->n_messages;
}

bool guard_resolved(const struct freshdesk_ticket *t, int status_resolved) {
        return t->status == FRESHDESK_STATUS_RESOLVED_ || t->status == FRESHDESK_STATUS_CLOSED_ ||
               (status_resolved && t->status == status_resolved);
}

// "merged into ticket 12", "merged into ticket #12"
static bool tells_of_merging(const char *text) {
        static const char words[] = "merged into ticket";
        const char *at = text ? strcasestr(text, words) : NULL;

        if (!at)
                return false;
        at += sizeof(words) - 1;
        at += strspn(at, " #\n\xc2\xa0");
        return isdigit((unsigned char) *at);
}

bool guard_merged(const struct freshdesk_ticket *t) {
        for (size_t i = t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &t->messages[i];
                if (guard_by_requester(t, m) && public_words(m))
                        return false;
                if (!guard_by_requester(t, m) && tells_of_merging(m->text))
                        return true;
        }
        return false;
}

size_t guard_customer_messages(const struct freshdesk_ticket *t) {
        size_t n = 0;

        for (size_t i = 0; i < t->n_messages; i++)
                n += public_words(&t->messages[i]) && guard_by_requester(t, &t->messages[i]);
        return n;
}

// Has the agent who has the ticket answered in it, or left a note since the customer's newest words?
static const char *persons(const struct freshdesk_ticket *t, const struct guard_team *team) {
        bool newest = true;

        if (team->approved || !t->responder_id || !team->me || t->responder_id == team->me)
                return NULL;
        if (team->assigned_is_taken)
                return "the ticket is assigned to a person";
        for (size_t i = t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &t->messages[i];
                if (m->user_id == t->responder_id && !m->private_note)
                        return "a person has taken the ticket and answered in it";
                if (m->user_id == t->responder_id && newest)
                        return "a person is at work on the ticket";
                newest = newest && !(public_words(m) && guard_by_requester(t, m));
        }
        return NULL;
}

const char *guard_forbids(const struct freshdesk_ticket *t, const struct guard_team *team) {
        if (t->deleted)
                return "the ticket was deleted";
        if (t->spam)
                return "the ticket is marked as spam";
        if (guard_merged(t))
                return "the ticket was merged into another";
        if (team->other_bot)
                return "the ticket is assigned to another AI agent";
        if (team->other_group)
                return "the ticket is in a group that FRESHDESK_GROUPS does not name";
        if (answered(t))
                return "the newest public message is an answer already";
        if (guard_resolved(t, team->status_resolved))
                return "the ticket is already resolved";
        if (t->source == SOURCE_OUTBOUND && guard_customer_messages(t) == 0)
                return "an agent wrote it to the customer";
        return persons(t, team);
}

enum guard_change guard_changed(const struct freshdesk_ticket *t, const struct guard_seen *seen, int64_t me) {
        if (guard_customer_messages(t) > seen->messages)
                return GUARD_WROTE_MORE;
        if (t->responder_id && t->responder_id != seen->responder_id && t->responder_id != me)
                return GUARD_TAKEN;
        return GUARD_SAME;
}
