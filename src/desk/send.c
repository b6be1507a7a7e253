#include "desk/send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/guard.h"
#include "desk/outbox.h"
#include "text/html.h"

enum {
        SENT_TEXT_MAX = 256 * 1024, // bytes of text compared when looking for our own message
        CLOCK_SKEW_MS = 300000,     // Freshdesk's clock and ours may differ by minutes
        TAGS_MAX = 100,             // tags of a ticket that are carried over; more is not a real ticket
};

// Equal but for white space: Freshdesk lays text out anew.
static bool same_words(const char *a, const char *b) {
        static const char *const space = " \t\r\n\xc2\xa0";

        for (;;) {
                a += strspn(a, space);
                b += strspn(b, space);
                if (!*a || !*b)
                        return !*a && !*b;
                while (*a && *b && !strchr(space, *a) && !strchr(space, *b))
                        if (*a++ != *b++)
                                return false;
                if ((*a && !strchr(space, *a)) || (*b && !strchr(space, *b)))
                        return false;
        }
}

// Our agent's id, asked for once. 0: not known.
static int64_t our_id(struct desk *d) {
        int64_t id = atomic_load(&d->freshdesk_me);
        struct freshdesk_result r;

        if (id == 0 && freshdesk_me(d->freshdesk, &id, &r, NULL) == 0)
                atomic_store(&d->freshdesk_me, id);
        return id;
}

// The message that an earlier attempt made: ours, with these words, not older than that attempt. 0: there is none.
static int64_t find_ours(struct desk *d, const struct freshdesk_ticket *t, const struct step *st, const char *html) {
        bool private_note = str_eq(st->kind, STEP_KIND_NOTE);
        char *words _cleanup_free_ = html_to_text(html, strlen(html), SENT_TEXT_MAX);
        int64_t me = our_id(d);

        for (size_t i = t->n_messages; words && i-- > 0;) {
                const struct freshdesk_message *m = &t->messages[i];
                bool ours = me ? m->user_id == me : !guard_by_requester(t, m);
                if (ours && m->private_note == private_note &&
                    (!m->created_ms || m->created_ms >= st->first_ms - CLOCK_SKEW_MS) && m->text &&
                    same_words(m->text, words))
                        return m->id;
        }
        return 0;
}

static int read_ticket(struct desk *d, int64_t id, bool with_messages, struct freshdesk_ticket *t, struct sent *ret,
                       struct error *e) {
        int r = freshdesk_ticket(d->freshdesk, id, t, &ret->result, e);

        return r == 0 && with_messages ? freshdesk_conversations(d->freshdesk, t, &ret->result, e) : r;
}

static int send_message(struct desk *d, const struct step *st, const json_t *payload, bool fresh, struct sent *ret,
                        struct error *e) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {0};
        const char *html = json_str_or_null(payload, "html");
        bool reply = str_eq(st->kind, STEP_KIND_REPLY);

        if (!html)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the outbox has a %s without text", st->kind);
        if (!fresh) {
                int r = read_ticket(d, st->ticket_id, true, &t, ret, e);
                if (r < 0)
                        return r;
                if (st->attempts > 0 && (ret->freshdesk_id = find_ours(d, &t, st, html))) {
                        ret->found_there = true;
                        return 0;
                }
                if (reply)
                        ret->forbidden = guard_forbids(&t, (int) settings_int(d->settings, SETTING_FRESHDESK_RESOLVED));
                if (ret->forbidden)
                        return 0;
        }
        return reply ? freshdesk_reply(d->freshdesk, st->ticket_id, html, &ret->freshdesk_id, &ret->result, e)
                     : freshdesk_note(d->freshdesk, st->ticket_id, html, &ret->freshdesk_id, &ret->result, e);
}

// The ticket's own tags, then those of ours that it lacks. The number of tags in list.
static size_t merge_tags(const struct freshdesk_ticket *t, const json_t *ours, const char *list[TAGS_MAX]) {
        size_t n = 0, i;
        const json_t *tag;

        for (i = 0; i < t->n_tags && n < TAGS_MAX; i++)
                list[n++] = t->tags[i];
        json_array_foreach(ours, i, tag) {
                bool there = false;
                for (size_t k = 0; k < n; k++)
                        there = there || str_ieq(list[k], json_string_value(tag));
                if (!there && n < TAGS_MAX && json_is_string(tag))
                        list[n++] = json_string_value(tag);
        }
        return n;
}

// The status was decided some time ago: it must not reopen what is resolved by now, nor close what the customer has
// written since.
static bool status_outdated(struct desk *d, const struct freshdesk_ticket *t) {
        return guard_resolved(t, (int) settings_int(d->settings, SETTING_FRESHDESK_RESOLVED)) ||
               guard_customer_waits(t);
}

static int send_update(struct desk *d, const struct step *st, const json_t *payload, bool fresh, struct sent *ret,
                       struct error *e) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {0};
        const char *tags[TAGS_MAX];
        int priority_min = (int) json_int_or(payload, "priority_min", 0);
        int status = (int) json_int_or(payload, "status", 0);

        // Tags on an update replace the whole list, so the ticket's own are read just before.
        int r = read_ticket(d, st->ticket_id, status && !fresh, &t, ret, e);
        if (r < 0)
                return r;
        if (t.deleted || t.spam) {
                ret->forbidden = t.deleted ? "the ticket was deleted" : "the ticket is marked as spam";
                return 0;
        }
        if (status && status_outdated(d, &t)) {
                log_info("the status stays %d: it has changed, or the customer has written again", t.status);
                status = 0;
        }
        struct freshdesk_update u = {.status = status,
                                     .priority = t.priority < priority_min ? priority_min : 0,
                                     .tags = tags,
                                     .n_tags = merge_tags(&t, json_object_get(payload, "tags"), tags)};
        r = freshdesk_update(d->freshdesk, st->ticket_id, &u, &ret->result, e);
        if (r < 0 && ret->result.outcome == FRESHDESK_REFUSED && u.status) {
                // Closing can be refused, when a field that the team requires is empty. The tags should stand all the
                // same.
                struct error second = ERROR_INIT;
                struct freshdesk_result result;
                u.status = 0;
                if (freshdesk_update(d->freshdesk, st->ticket_id, &u, &result, &second) < 0)
                        log_warning("the tags were refused too: %s", second.message);
        }
        return r;
}

int send_step(struct desk *d, const struct step *st, bool fresh, struct sent *ret, struct error *e) {
        json_t *payload _cleanup_json_ = NULL;

        *ret = (struct sent){.result.outcome = FRESHDESK_REFUSED}; // what cannot even be tried will not get better
        if (!d->freshdesk) {
                ret->result.outcome = FRESHDESK_RETRY;
                return error_set(e, -ENOTCONN, ERROR_FRESHDESK_UNAVAILABLE,
                                 "Freshdesk is not set up; set FRESHDESK_DOMAIN and FRESHDESK_API_KEY");
        }
        int r = json_parse(st->payload, strlen(st->payload), &payload, e);
        if (r < 0)
                return r;
        if (str_eq(st->kind, STEP_KIND_UPDATE))
                return send_update(d, st, payload, fresh, ret, e);
        return send_message(d, st, payload, fresh, ret, e);
}
