#include "desk/budget.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/followup.h"
#include "desk/guard.h"
#include "desk/outbox.h"

enum {
        STEPS_LOOKED_AT = 1000,        // of the outbox; a ticket has a handful
        BURST_MS = 60 * 1000,          // messages closer together than this are one
        REQUESTER_MS = 60 * 60 * 1000, // REPLIES_PER_REQUESTER counts by the hour
        ANEW_MAX = 5,                  // decisions of one job that came too late; then a person takes over
};

static const char over_ticket[] = "the ticket has had its automatic replies, and no person was in between";
static const char over_requester[] = "the requester has had as many automatic replies as an hour may have";

struct budget {
        struct desk *d;
        const struct freshdesk_ticket *t;
        struct step *steps;
        size_t n;
};

static void load_steps(struct budget *l) {
        struct store *s = atomic_load(&l->d->store);

        if (s && store_steps(s, l->t->id, STEPS_LOOKED_AT, &l->steps, &l->n, NULL) < 0)
                l->n = 0;
}

static void free_steps(struct budget *l) {
        for (size_t i = 0; i < l->n; i++)
                step_clear(&l->steps[i]);
        free(l->steps);
}
#define _cleanup_budget_ _cleanup_(free_steps)

// The step that made this message; NULL: not ours.
static const struct step *made_by(const struct budget *l, const struct freshdesk_message *m) {
        for (size_t i = 0; i < l->n; i++)
                if (l->steps[i].state == STEP_DONE && l->steps[i].freshdesk_id && l->steps[i].freshdesk_id == m->id)
                        return &l->steps[i];
        return NULL;
}

static bool customers(const struct freshdesk_ticket *t, const struct freshdesk_message *m) {
        return m->participant || guard_by_requester(t, m);
}

static bool payload_says(const struct step *st, const char *key) {
        json_t *payload _cleanup_json_ = NULL;

        return json_parse(st->payload, strlen(st->payload), &payload, NULL) == 0 && json_bool_or(payload, key, false);
}

// Replies of ours since a person last spoke in public. One of which Freshdesk has not told us counts as sent.
static size_t replies_in_a_row(const struct budget *l, int64_t but) {
        size_t n = 0;

        for (size_t i = l->t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &l->t->messages[i];
                if (m->private_note || customers(l->t, m))
                        continue;
                const struct step *st = made_by(l, m);
                if (!st || payload_says(st, "approved"))
                        break;
                n++;
        }
        for (size_t i = 0; i < l->n; i++)
                n += l->steps[i].state == STEP_SENDING && l->steps[i].id != but &&
                     str_eq(l->steps[i].kind, STEP_KIND_REPLY);
        return n;
}

// Does a hand-over of ours stand behind all that anybody answered in public?
static bool handed_over(const struct budget *l) {
        for (size_t i = l->t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &l->t->messages[i];
                const struct step *st = made_by(l, m);
                if (m->private_note && st && payload_says(st, "handover"))
                        return true;
                if (!m->private_note && !customers(l->t, m))
                        return false;
        }
        return false;
}

// Does a note of ours stand below the customer's newest words? Then an event has brought no new ones: it may even be
// our own note's, and another note would bring the next.
static bool noted_already(const struct budget *l) {
        for (size_t i = l->t->n_messages; i-- > 0;) {
                const struct freshdesk_message *m = &l->t->messages[i];
                if (!m->private_note && customers(l->t, m))
                        return false;
                if (m->private_note && made_by(l, m))
                        return true;
        }
        return false;
}

static bool answered_by_us(const struct budget *l) {
        for (size_t i = 0; i < l->t->n_messages; i++)
                if (!l->t->messages[i].private_note && made_by(l, &l->t->messages[i]))
                        return true;
        return false;
}

// Were the first words since our answer written so soon after those before it that they belong together?
static bool in_a_burst(const struct budget *l) {
        size_t from = guard_unanswered_from(l->t);
        int64_t before = l->t->created_ms;

        if (from >= l->t->n_messages)
                return false;
        for (size_t i = 0; i < from; i++)
                if (!l->t->messages[i].private_note && guard_by_requester(l->t, &l->t->messages[i]))
                        before = l->t->messages[i].created_ms;
        int64_t at = l->t->messages[from].created_ms;
        return before && at && at - before < BURST_MS;
}

static bool requester_is_over(const struct budget *l, int64_t but) {
        int64_t most = settings_int(l->d->settings, SETTING_REPLIES_PER_REQUESTER), n = 0;
        struct store *s = atomic_load(&l->d->store);
        const char *who = str_empty(l->t->requester_email) ? l->t->requester_name : l->t->requester_email;

        return s && !str_empty(who) && store_replies_to(s, who, clock_now_ms() - REQUESTER_MS, but, &n, NULL) == 0 &&
               n >= most;
}

static const char *over_budget(const struct budget *l, int64_t but) {
        if (replies_in_a_row(l, but) >= (size_t) settings_int(l->d->settings, SETTING_REPLIES_PER_TICKET))
                return over_ticket;
        return requester_is_over(l, but) ? over_requester : NULL;
}

// What this job decided before, and came too late with.
static const char *too_late(const struct budget *l, const struct job *job) {
        size_t n = 0;
        bool taken = false;

        for (size_t i = 0; i < l->n; i++)
                if (l->steps[i].job_id == job->id && l->steps[i].state == STEP_WITHHELD) {
                        n++;
                        taken = taken || str_eq(l->steps[i].error, BUDGET_TAKEN);
                }
        if (taken)
                return "a person took the ticket while the answer was on its way";
        return n >= ANEW_MAX ? "the customer keeps writing" : NULL;
}

static int from_words(const struct budget *l, const char *text, struct reading *r, const char **ret) {
        enum followup f = FOLLOWUP_QUESTION;
        bool is_short = false;
        int k = followup_of(l->d->followups, text, &f);

        if (k == 0)
                k = followup_is_short(text, &is_short);
        if (k < 0)
                return k;
        if (f == FOLLOWUP_PERSON)
                *ret = "the customer asks for a person";
        else if (r->follow_up && f == FOLLOWUP_UNHELPFUL)
                *ret = "the customer writes that the automatic answer did not help";
        else if (r->follow_up && f == FOLLOWUP_QUESTION && is_short)
                *ret = "the customer answered the automatic answer, but not with a question of its own";
        if (r->follow_up && f == FOLLOWUP_THANKS && !r->nothing_to_answer)
                r->nothing_to_answer = str_dup("the customer says thanks");
        return r->follow_up && f == FOLLOWUP_THANKS && !r->nothing_to_answer ? -ENOMEM : 0;
}

static int set(char **to, const char *text) {
        if (*to || !text)
                return 0;
        *to = str_dup(text);
        return *to ? 0 : -ENOMEM;
}

// With what this ticket was answered before: the same once more would help nobody.
static int last_answer(const struct budget *l, struct reading *r) {
        struct ticket t _cleanup_ticket_ = {0};
        json_t *sources _cleanup_json_ = NULL;
        struct store *s = atomic_load(&l->d->store);

        if (!s || store_ticket(s, l->t->id, &t, NULL) <= 0 || !t.sources ||
            json_parse(t.sources, strlen(t.sources), &sources, NULL) < 0)
                return 0;
        const json_t *first = json_array_get(sources, 0);
        const char *document = json_str_or_null(first, "document"), *title = json_str_or_null(first, "title");
        return set(&r->last_document, document) < 0 || set(&r->last_title, title) < 0 ? -ENOMEM : 0;
}

int budget_apply(struct desk *d, const struct job *job, const struct freshdesk_ticket *t, const char *text,
                 struct reading *r) {
        bool asked_for = reading_asked_for(job);
        struct budget l _cleanup_budget_ = {.d = d, .t = t};
        const char *words = NULL;

        load_steps(&l);
        r->follow_up = guard_customer_waits(t) && answered_by_us(&l);
        int k = r->follow_up ? last_answer(&l, r) : 0;
        if (k == 0 && !asked_for && noted_already(&l))
                k = set(&r->nothing_to_answer, "handed over already, and the customer has not written since");
        if (k == 0 && !asked_for && handed_over(&l))
                k = set(&r->nothing_to_answer, "handed over already: a person has it");
        if (k == 0)
                k = from_words(&l, text, r, &words);
        if (k == 0)
                k = set(&r->to_person, too_late(&l, job));
        if (k == 0)
                k = set(&r->to_person, words);
        const char *over = over_budget(&l, 0);
        if (!over && r->follow_up && in_a_burst(&l))
                over = "the customer wrote on while the automatic answer was on its way";
        r->quiet = r->quiet || over;
        return k == 0 ? set(&r->to_person, over) : k;
}

const char *budget_forbid(struct desk *d, const struct freshdesk_ticket *t, const struct step *st) {
        struct budget l _cleanup_budget_ = {.d = d, .t = t};

        if (payload_says(st, "approved"))
                return NULL;
        load_steps(&l);
        return over_budget(&l, st->id);
}
