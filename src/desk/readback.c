#include "desk/readback.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/author.h"
#include "desk/automatic.h"
#include "desk/followup.h"
#include "desk/guard.h"
#include "desk/held.h"
#include "desk/outbox.h"
#include "store/answers.h"
#include "text/quote.h"

enum {
        STEPS_MAX = 1000,    // of the outbox that are looked at; a ticket has a handful
        SECOND_MS = 1000,    // Freshdesk's times have no fractions
        SOURCE_FEEDBACK = 6, // a survey's mark
};

#define BY "freshdesk"

// What we did to the ticket, by its outbox.
struct ours {
        json_t *tags;    // every tag that we set, or that was there when we read it
        int64_t last_ms; // of the newest step
        bool tagged;
        int64_t reply_id, reply_ms; // of the answer's reply; of the newest step of its job
        bool resolved;              // the answer's job set the status
};

static void ours_clear(struct ours *o) {
        json_decref(o->tags);
}

static bool is_tag(const json_t *tags, const char *tag) {
        const json_t *one;
        size_t i;

        json_array_foreach(tags, i, one) {
                if (str_ieq(json_string_value(one), tag))
                        return true;
        }
        return false;
}

static void take_update(struct ours *o, const struct step *st, bool answers) {
        json_t *payload _cleanup_json_ = NULL;

        if (json_parse(st->payload, strlen(st->payload), &payload, NULL) < 0 || !json_object_get(payload, "tags"))
                return; // its words were erased
        (void) json_array_extend(o->tags, json_object_get(payload, "tags"));
        (void) json_array_extend(o->tags, json_object_get(payload, "had"));
        o->tagged = true;
        o->resolved = o->resolved || (answers && json_int_or(payload, "status", 0) > 0);
}

static int read_ours(struct store *s, int64_t ticket_id, const struct given_answer *a, struct ours *o,
                     struct error *e) {
        struct step *steps = NULL;
        size_t n = 0;
        int64_t job = 0;
        int r = store_steps(s, ticket_id, STEPS_MAX, &steps, &n, e);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (a && steps[i].id == a->id) {
                        job = steps[i].job_id;
                        o->reply_id = steps[i].freshdesk_id;
                }
        for (size_t i = 0; r == 0 && i < n; i++) {
                if (steps[i].state != STEP_DONE)
                        continue;
                o->last_ms = MAX(o->last_ms, steps[i].last_ms);
                if (steps[i].job_id == job)
                        o->reply_ms = MAX(o->reply_ms, steps[i].last_ms);
                if (str_eq(steps[i].kind, STEP_KIND_UPDATE))
                        take_update(o, &steps[i], steps[i].job_id == job);
        }
        for (size_t i = 0; i < n; i++)
                step_clear(&steps[i]);
        free(steps);
        return r;
}

// ---- tags

// A tag that is somebody's word on the tier or the category. Two of a kind tell nothing.
static void read_labels(const struct desk *d, const struct freshdesk_listed *row, const struct ours *o,
                        struct feedback *f) {
        size_t tiers = 0, categories = 0;

        for (size_t i = 0; i < row->n_tags; i++) {
                const char *tag = row->tags[i];
                if (is_tag(o->tags, tag))
                        continue;
                for (enum tier t = TIER_1; t < TIER_COUNT_; t++)
                        if (str_ieq(tag, tier_name(t))) {
                                f->tier = tier_name(t);
                                tiers++;
                        }
                for (size_t c = 0; c < triage_categories(d->triage); c++)
                        if (str_ieq(tag, triage_category(d->triage, c))) {
                                f->category = triage_category(d->triage, c);
                                categories++;
                        }
        }
        f->tier = tiers == 1 ? f->tier : NULL;
        f->category = categories == 1 ? f->category : NULL;
}

// ---- the conversation

struct verdict_on_answer {
        enum answer_fate fate; // ANSWER_WAITING: nothing is known against it
        int64_t at_ms;         // by Freshdesk's clock
};

static size_t first_after(const struct freshdesk_ticket *t, int64_t reply_id, int64_t at_ms) {
        size_t i = 0;

        for (size_t k = 0; k < t->n_messages; k++)
                if (reply_id && t->messages[k].id == reply_id)
                        return k + 1;
        while (i < t->n_messages && t->messages[i].created_ms <= at_ms)
                i++;
        return i;
}

static int customer_wrote(struct desk *d, const struct freshdesk_message *m, enum followup *ret, bool *ret_machine) {
        char *text _cleanup_free_ = quote_cut(m->text);
        struct automatic_mail mail = {.text = m->text, .after_answer = true};
        enum automatic_verdict v = AUTOMATIC_NO;
        char why[AUTOMATIC_WHY_SIZE];

        *ret_machine = m->auto_response || m->source == SOURCE_FEEDBACK;
        if (!text)
                return -ENOMEM;
        int r = *ret_machine ? 0 : automatic_judge(d->automatic, &mail, &v, why);
        *ret_machine = *ret_machine || v != AUTOMATIC_NO;
        return r < 0 ? r : followup_of(d->followups, text, ret);
}

// In the order in which things were written: the first that tells something counts.
static int judge(struct desk *d, const struct freshdesk_ticket *t, size_t from, bool reopened,
                 struct verdict_on_answer *ret) {
        int64_t me = author_me(d), asked_ms = 0;
        bool thanked = false;

        for (size_t i = from; i < t->n_messages; i++) {
                const struct freshdesk_message *m = &t->messages[i];
                enum followup meaning = FOLLOWUP_QUESTION;
                bool machine = false;
                if (m->private_note || m->participant || str_empty(m->text) || (me && m->user_id == me))
                        continue;
                if (!guard_by_requester(t, m)) {
                        *ret = (struct verdict_on_answer){ANSWER_AGAIN, m->created_ms};
                        return 0;
                }
                if (customer_wrote(d, m, &meaning, &machine) < 0)
                        return -ENOMEM;
                if (machine)
                        continue;
                if (meaning == FOLLOWUP_PERSON || meaning == FOLLOWUP_UNHELPFUL) {
                        *ret = (struct verdict_on_answer){ANSWER_REOPENED, m->created_ms};
                        return 0;
                }
                thanked = thanked || meaning == FOLLOWUP_THANKS;
                if (meaning == FOLLOWUP_QUESTION && !asked_ms)
                        asked_ms = m->created_ms;
        }
        // A mail that only thanks opens a ticket again as well, by a rule that most desks have.
        if (reopened && (asked_ms || !thanked))
                *ret = (struct verdict_on_answer){ANSWER_REOPENED, asked_ms ? asked_ms : t->updated_ms};
        return 0;
}

static int read_conversation(struct desk *d, struct readback *b, struct freshdesk_result *r, struct error *e) {
        if (b->read)
                return 0;
        b->conversation->id = b->row->id;
        b->conversation->requester_id = b->row->requester_id;
        int k = freshdesk_conversations(d->freshdesk, b->conversation, r, e);
        b->read = k == 0;
        return k;
}

// 1: what became of the answer is known, in ret; 0: nothing is; or negative.
static int look_at_answer(struct desk *d, struct readback *b, const struct given_answer *a, const struct ours *o,
                          struct verdict_on_answer *ret, struct freshdesk_result *r, struct error *e) {
        struct freshdesk_ticket now = {.status = b->row->status};
        int resolved = (int) settings_int(d->settings, SETTING_FRESHDESK_RESOLVED);
        bool reopened = o->resolved && str_eq(a->tier, tier_name(TIER_1)) && !guard_resolved(&now, resolved);
        int k = read_conversation(d, b, r, e);

        if (k < 0 && (r->outcome == FRESHDESK_NOT_FOUND || r->outcome == FRESHDESK_REFUSED))
                return 0; // this agent may not see it: no look will tell more
        if (k < 0)
                return k;
        b->conversation->responder_id = b->row->responder_id;
        b->conversation->updated_ms = b->row->updated_ms;
        author_mark(d, b->conversation);
        *ret = (struct verdict_on_answer){.fate = ANSWER_WAITING};
        if (judge(d, b->conversation, first_after(b->conversation, o->reply_id, a->at_ms + b->skew_ms), reopened, ret) <
            0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the conversation of ticket %" PRId64,
                                 b->row->id);
        return ret->fate != ANSWER_WAITING;
}

// Is there an answer that is still watched, and has anybody but us touched the ticket since?
static bool wants_look(const struct desk *d, const struct readback *b, const struct given_answer *a,
                       const struct ours *o) {
        int64_t updated = b->row->updated_ms, at = updated - b->skew_ms;

        return !a->failed && at <= a->at_ms + held_watch_ms(d) && updated > a->looked_ms &&
               at > o->reply_ms / SECOND_MS * SECOND_MS + SECOND_MS;
}

static int say(struct desk *d, struct readback *b, struct feedback *f, struct error *e) {
        int64_t id = 0;
        int r = desk_feedback(d, f, &id, e);

        if (r == 0 && id > 0) {
                b->said = true;
                log_info("ticket %" PRId64 ", by Freshdesk: %s%s%s%s%s", b->row->id, f->fate ? f->fate : "corrected",
                         f->tier ? ", tier " : "", f->tier ? f->tier : "", f->category ? ", category " : "",
                         f->category ? f->category : "");
        }
        return r;
}

int readback_look(struct desk *d, struct store *s, struct readback *b, struct freshdesk_result *r, struct error *e) {
        struct ours o _cleanup_(ours_clear) = {.tags = json_array()};
        struct feedback f = {.ticket_id = b->row->id, .by = BY};
        struct verdict_on_answer v = {.fate = ANSWER_WAITING};
        struct given_answer a = {0};
        int has = store_answer(s, b->row->id, &a, e);

        if (!o.tags)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for ticket %" PRId64, b->row->id);
        if (has < 0)
                return has;
        int k = read_ours(s, b->row->id, has ? &a : NULL, &o, e);
        if (k < 0 || !o.last_ms || b->row->updated_ms - b->skew_ms > o.last_ms + held_watch_ms(d))
                return k;
        if (o.tagged)
                read_labels(d, b->row, &o, &f);
        bool look = has > 0 && wants_look(d, b, &a, &o);
        if (look && (k = look_at_answer(d, b, &a, &o, &v, r, e)) < 0)
                return k;
        if (v.fate != ANSWER_WAITING) {
                f.fate = answer_fate_name(v.fate);
                f.answer = v.fate == ANSWER_AGAIN ? "incomplete" : "wrong";
                f.at_ms = v.at_ms - b->skew_ms;
        } else if (f.tier || f.category) {
                f.at_ms = b->row->updated_ms - b->skew_ms;
        }
        // Since the answer that it is about, or, where there is none, ever.
        f.once_since_ms = MAX(has > 0 ? a.at_ms : 1, (int64_t) 1);
        if (f.tier || f.category || f.answer)
                k = say(d, b, &f, e);
        return k == 0 && look ? store_answer_looked(s, b->row->id, b->row->updated_ms, e) : MIN(k, 0);
}
