#include "desk/send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/author.h"
#include "desk/budget.h"
#include "desk/groups.h"
#include "desk/guard.h"
#include "desk/outbox.h"
#include "text/html.h"

enum {
        SENT_TEXT_MAX = 256 * 1024, // bytes of text compared when looking for our own message
        CLOCK_SKEW_MS = 300000,     // Freshdesk's clock and ours may differ by minutes
        TAGS_MAX = 100,             // tags of a ticket that are carried over; more is not a real ticket
        STEPS_MAX = 1000,           // of the outbox that are looked at; a ticket has a handful
        // A message that was made may be shown only some seconds later. Freshdesk names no figure; replicas of
        // databases lag a second or two behind when they are busy, and a second answer is worse than a late one. One
        // that may still be made, because nothing came back, is given FRESHDESK_LAG.
        SHOWN_MS = 5000,
};

void attempt_clear(struct attempt *a) {
        freshdesk_ticket_clear(&a->ticket);
        json_decref(a->payload);
        *a = (struct attempt){0};
}

// The steps of a ticket, as far as they tell what Freshdesk may not show yet.
struct steps {
        struct step *items;
        size_t n;
};

static void steps_clear(struct steps *all) {
        for (size_t i = 0; i < all->n; i++)
                step_clear(&all->items[i]);
        free(all->items);
}
#define _cleanup_steps_ _cleanup_(steps_clear)

// It was tried, and what became of it is not known.
static bool is_open(const struct step *st) {
        return st->state == STEP_SENDING || st->state == STEP_WITHHELD;
}

// How much longer an attempt may not be shown, from when it was over, or given up. One from the future is of a clock
// that was set back: nothing is known of its age, and nobody waits for it.
static int64_t lag_left_ms(struct desk *d, const struct step *st) {
        int64_t age = clock_now_ms() - st->last_ms;
        int64_t lag = is_open(st) ? settings_int(d->settings, SETTING_FRESHDESK_LAG) * 1000 : SHOWN_MS;

        return st->last_ms && age < lag && age > -lag ? lag - MAX(age, (int64_t) 0) : 0;
}

static bool is_message(const struct step *st) {
        return !str_eq(st->kind, STEP_KIND_UPDATE);
}

// Was anything tried at this ticket a moment ago? Then what was read may be older than it.
static bool tried_lately(struct desk *d, const struct steps *all) {
        for (size_t i = 0; i < all->n; i++)
                if (is_message(&all->items[i]) && lag_left_ms(d, &all->items[i]) > 0)
                        return true;
        return false;
}

static bool shown(const struct freshdesk_ticket *t, int64_t message_id) {
        for (size_t i = 0; i < t->n_messages; i++)
                if (t->messages[i].id == message_id)
                        return true;
        return false;
}

// How long until the conversation that was read tells the truth: an attempt whose end is not known, or a message that
// was made and is not shown.
static int64_t unsettled_ms(struct desk *d, const struct steps *all, const struct freshdesk_ticket *t) {
        int64_t wait = 0;

        for (size_t i = 0; i < all->n; i++) {
                const struct step *st = &all->items[i];
                bool made = st->state == STEP_DONE && st->freshdesk_id;
                if (is_message(st) && (is_open(st) || (made && !shown(t, st->freshdesk_id))))
                        wait = MAX(wait, lag_left_ms(d, st));
        }
        return wait;
}

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

// Is this message known as another step's?
static bool of_another(const struct steps *all, const struct step *st, int64_t message_id) {
        for (size_t i = 0; i < all->n; i++)
                if (all->items[i].id != st->id && all->items[i].freshdesk_id == message_id)
                        return true;
        return false;
}

// The message that an earlier attempt made: ours, with these words, not older than that attempt. 0: there is none.
static int64_t find_ours(struct desk *d, const struct freshdesk_ticket *t, const struct step *st,
                         const struct steps *all, const char *html) {
        bool private_note = str_eq(st->kind, STEP_KIND_NOTE);
        char *words _cleanup_free_ = html_to_text(html, strlen(html), SENT_TEXT_MAX);
        int64_t me = author_me(d);

        for (size_t i = t->n_messages; words && i-- > 0;) {
                const struct freshdesk_message *m = &t->messages[i];
                bool ours = me ? m->user_id == me : !guard_by_requester(t, m);
                if (ours && m->private_note == private_note && !of_another(all, st, m->id) &&
                    (!m->created_ms || m->created_ms >= st->first_ms - CLOCK_SKEW_MS) && m->text &&
                    same_words(m->text, words))
                        return m->id;
        }
        return 0;
}

static int read_ticket(struct desk *d, int64_t id, bool with_messages, struct attempt *a, struct error *e) {
        int r = freshdesk_ticket_last_look(d->freshdesk, id, &a->ticket, &a->result, e);

        return r == 0 && with_messages ? freshdesk_conversations(d->freshdesk, &a->ticket, &a->result, e) : r;
}

static const char *gone(const struct freshdesk_ticket *t) {
        return t->deleted        ? "the ticket was deleted"
               : t->spam         ? "the ticket is marked as spam"
               : guard_merged(t) ? "the ticket was merged into another"
                                 : NULL;
}

struct guard_team send_team(struct desk *d, const struct freshdesk_ticket *t) {
        return (struct guard_team){
                        .status_resolved = (int) settings_int(d->settings, SETTING_FRESHDESK_RESOLVED),
                        .me = t->responder_id ? author_me(d) : 0,
                        .other_group = !groups_have(settings_text(d->settings, SETTING_FRESHDESK_GROUPS), t->group_id),
                        .other_bot = author_is_bot(d, t->responder_id),
                        .assigned_is_taken = settings_bool(d->settings, SETTING_ASSIGNED_IS_TAKEN)};
}

// The ticket as it is now, against what the reply was made from.
static void check_reply(struct desk *d, const struct step *st, struct attempt *a) {
        struct freshdesk_ticket *t = &a->ticket;
        struct guard_team team = send_team(d, t);
        const json_t *seen = json_object_get(a->payload, "seen");
        struct guard_seen then = {.messages = (size_t) json_int_or(seen, "messages", INT64_MAX),
                                  .responder_id = json_int_or(seen, "responder", t->responder_id)};

        team.approved = json_bool_or(a->payload, "approved", false);
        author_mark(d, t);
        enum guard_change change = guard_changed(t, &then, team.me);
        a->forbidden = guard_forbids(t, &team);
        if (a->forbidden)
                return;
        if (change == GUARD_WROTE_MORE)
                a->forbidden = "the customer has written more";
        else if (change == GUARD_TAKEN && !team.approved)
                a->forbidden = BUDGET_TAKEN;
        else
                a->forbidden = budget_forbid(d, t, st);
        a->decide_anew = a->forbidden != NULL;
}

static int look_before_message(struct desk *d, const struct step *st, const struct steps *all, bool fresh,
                               struct attempt *a, struct error *e) {
        const char *html = json_str_or_null(a->payload, "html");
        bool reply = str_eq(st->kind, STEP_KIND_REPLY);

        if (!html)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the outbox has a %s without text", st->kind);
        // What cannot be taken back is looked at once more, however young the last reading is.
        if (!reply && fresh && st->attempts == 0 && !tried_lately(d, all))
                return 0;
        int r = read_ticket(d, st->ticket_id, true, a, e);
        if (r < 0)
                return r;
        if (st->attempts > 0 && (a->freshdesk_id = find_ours(d, &a->ticket, st, all, html))) {
                a->found_there = true;
                return 0;
        }
        if (reply)
                check_reply(d, st, a);
        else
                a->forbidden = gone(&a->ticket);
        a->unsettled_ms = unsettled_ms(d, all, &a->ticket);
        return 0;
}

static int send_message(struct desk *d, const struct step *st, struct attempt *a, struct error *e) {
        const char *html = json_str_or_null(a->payload, "html");

        return str_eq(st->kind, STEP_KIND_REPLY)
                               ? freshdesk_reply(d->freshdesk, st->ticket_id, html, &a->freshdesk_id, &a->result, e)
                               : freshdesk_note(d->freshdesk, st->ticket_id, html, &a->freshdesk_id, &a->result, e);
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

static int look_before_update(struct desk *d, const struct step *st, const struct steps *all, bool fresh,
                              struct attempt *a, struct error *e) {
        bool status = json_int_or(a->payload, "status", 0) != 0, first = fresh && st->attempts == 0;

        // Tags on an update replace the whole list, so the ticket's own are read just before.
        int r = read_ticket(d, st->ticket_id, status && !first, a, e);
        if (r < 0)
                return r;
        a->forbidden = gone(&a->ticket);
        if (status && !first)
                a->unsettled_ms = unsettled_ms(d, all, &a->ticket);
        return 0;
}

static int send_update(struct desk *d, const struct step *st, struct attempt *a, struct error *e) {
        const struct freshdesk_ticket *t = &a->ticket;
        const char *tags[TAGS_MAX];
        int priority_min = (int) json_int_or(a->payload, "priority_min", 0);
        int status = (int) json_int_or(a->payload, "status", 0);

        if (status && status_outdated(d, t)) {
                log_info("the status stays %d: it has changed, or the customer has written again", t->status);
                status = 0;
        }
        struct freshdesk_update u = {.status = status,
                                     .priority = t->priority < priority_min ? priority_min : 0,
                                     .tags = tags,
                                     .n_tags = merge_tags(t, json_object_get(a->payload, "tags"), tags)};
        int r = freshdesk_update(d->freshdesk, st->ticket_id, &u, &a->result, e);
        if (r < 0 && a->result.outcome == FRESHDESK_REFUSED && u.status) {
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

int send_look(struct desk *d, struct store *s, const struct step *st, bool fresh, struct attempt *ret,
              struct error *e) {
        struct steps all _cleanup_steps_ = {0};

        ret->result = (struct freshdesk_result){.outcome = FRESHDESK_RETRY};
        if (!d->freshdesk)
                return error_set(e, -ENOTCONN, ERROR_FRESHDESK_UNAVAILABLE,
                                 "Freshdesk is not set up; set FRESHDESK_DOMAIN and FRESHDESK_API_KEY");
        int r = store_steps(s, st->ticket_id, STEPS_MAX, &all.items, &all.n, e);
        if (r < 0)
                return r;
        ret->result.outcome = FRESHDESK_REFUSED; // what cannot even be tried will not get better
        r = json_parse(st->payload, strlen(st->payload), &ret->payload, e);
        if (r == 0)
                r = is_message(st) ? look_before_message(d, st, &all, fresh, ret, e)
                                   : look_before_update(d, st, &all, fresh, ret, e);
        if (r == -ENOMEM) // memory comes back
                ret->result.outcome = FRESHDESK_RETRY;
        return r;
}

int send_step(struct desk *d, const struct step *st, struct attempt *a, struct error *e) {
        return is_message(st) ? send_message(d, st, a, e) : send_update(d, st, a, e);
}
