#include "desk/review.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/string.h"
#include "text/html.h"

enum {
        RESPONSE_BYTES_MAX = 64 * 1024, // of an edited reply; the longest mail that anybody reads
        BY_BYTES_MAX = 100,
        HTML_BYTES_MAX = 8 * RESPONSE_BYTES_MAX, // a reply of nothing but characters that must be escaped
};

static const struct {
        const char *kind;
        bool of_draft; // only while a draft waits
} reviews[] = {
                [REVIEW_APPROVE] = {EVENT_KIND_APPROVE, true},
                [REVIEW_DISCARD] = {EVENT_KIND_DISCARD, true},
                [REVIEW_HAND_OVER] = {EVENT_KIND_HAND_OVER, false},
};

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the review");
}

// ---- asking for it

static bool draft_waits(const struct ticket *t) {
        return t->state == JOB_DELIVERED && str_eq(t->mode, "draft") &&
               !str_eq(t->action, action_name(ACTION_ESCALATE));
}

static int check(struct desk *d, enum review what, const struct ticket *t, const char *response, const char *by,
                 struct error *e) {
        if (response && (str_empty(response) || strlen(response) > RESPONSE_BYTES_MAX))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"response\" must have words, and at most %d bytes", RESPONSE_BYTES_MAX);
        if (by && strlen(by) > BY_BYTES_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"by\" is longer than %d bytes", BY_BYTES_MAX);
        if (reviews[what].of_draft && !draft_waits(t))
                return error_set(e, -EALREADY, ERROR_CONFLICT,
                                 "no draft of ticket %lld waits: it has been approved, discarded or overtaken",
                                 (long long) t->id);
        if (t->id >= STORE_LOCAL_TICKET || !desk_has_freshdesk(d))
                return error_set(e, -EALREADY, ERROR_CONFLICT,
                                 "ticket %lld is not one of Freshdesk's, or Freshdesk is not set up",
                                 (long long) t->id);
        if (!reviews[what].of_draft && !job_state_final(t->state))
                return error_set(e, -EALREADY, ERROR_CONFLICT, "ticket %lld is being worked on", (long long) t->id);
        return 0;
}

// Decisions about the same draft are the same event, whatever they say: the first one counts.
static int key_of(struct store *s, int64_t ticket_id, char key[DIGEST_HEX_SIZE], struct error *e) {
        struct newest_event newest;
        char text[64];
        int r = store_newest_event(s, ticket_id, &newest, e);

        if (r <= 0)
                return r < 0 ? r
                             : error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %lld", (long long) ticket_id);
        int n = snprintf(text, sizeof(text), "review of event %lld", (long long) newest.id);
        return digest_sha256_hex(text, (size_t) n, key) < 0 ? no_memory(e) : 0;
}

static char *body_of(const struct ticket *t, const char *response, const char *by) {
        json_t *body _cleanup_json_ =
                        json_pack("{s:s, s:s, s:s?, s:i, s:s?, s:s?}", "subject", t->subject ? t->subject : "",
                                  "description", t->description ? t->description : "", "requester", t->requester,
                                  "priority", t->priority, "response", response, "by", by);

        return body ? json_text(body) : NULL;
}

int desk_review(struct desk *d, int64_t ticket_id, enum review what, const char *response, const char *by,
                struct accepted *ret, struct error *e) {
        struct ticket t _cleanup_ticket_ = {0};
        struct store *s = desk_store(d);
        char key[DIGEST_HEX_SIZE];
        int r;

        if (!s)
                return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "the database is not open");
        if ((r = key_of(s, ticket_id, key, e)) < 0 || (r = store_ticket(s, ticket_id, &t, e)) < 0 ||
            (r = check(d, what, &t, response, by, e)) < 0)
                return r;
        char *body _cleanup_free_ = body_of(&t, response, by);
        if (!body)
                return no_memory(e);
        struct event event = {.ticket_id = ticket_id, .key = key, .kind = reviews[what].kind, .body = body};
        r = store_accept_wait(s, &event, ret, e);
        if (r == 0 && ret->duplicate)
                return error_set(e, -EALREADY, ERROR_CONFLICT, "somebody else has just decided about ticket %lld",
                                 (long long) ticket_id);
        return r;
}

// ---- doing it

bool review_asks(const struct job *job, const char *kind) {
        return str_eq(job->kind, kind);
}

void approval_clear(struct approval *a) {
        ticket_clear(&a->ticket);
        outbox_clear(&a->outbox);
        free(a->by);
        *a = (struct approval){0};
}

static json_t *event_json(const struct job *job) {
        json_t *root = NULL;

        return job->body && json_parse(job->body, strlen(job->body), &root, NULL) == 0 ? root : NULL;
}

static int replace(char **text, const char *with) {
        char *copy = str_dup(with);

        if (!copy)
                return -ENOMEM;
        free(*text);
        *text = copy;
        return 0;
}

// What stands is what the person has read, so the HTML is made from those words.
static int fill_outbox(struct desk *d, const struct reading *r, struct approval *a, struct error *e) {
        struct buffer html _cleanup_buffer_ = BUFFER_INIT(HTML_BYTES_MAX);
        struct verdict v = {0};
        struct reply_facts facts = {.reading = r, .verdict = &v, .action = ACTION_ANSWER, .approved = true};

        if (!a->ticket.response || tier_parse(a->ticket.tier, &v.tier) < 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the draft is not there any more");
        str_copy(v.category, sizeof(v.category), a->ticket.category ? a->ticket.category : "");
        if (str_eq(a->ticket.action, action_name(ACTION_AUTO_RESOLVE)))
                facts.action = ACTION_AUTO_RESOLVE;
        html_from_text(&html, a->ticket.response, strlen(a->ticket.response));
        if (buffer_result(&html) < 0)
                return no_memory(e);
        return outbox_fill_answer(d->settings, &facts, buffer_str(&html), &a->outbox, e);
}

int review_approved(struct desk *d, struct store *s, const struct job *job, const struct reading *r,
                    struct trail *trail, struct approval *ret, struct error *e) {
        struct approval a _cleanup_approval_ = {0};
        json_t *event _cleanup_json_ = event_json(job);
        const char *edited = event ? json_str_or_null(event, "response") : NULL;
        const char *by = event ? json_str_or_null(event, "by") : NULL;
        int k = store_ticket(s, job->ticket_id, &a.ticket, e);

        if (k <= 0)
                return k < 0 ? k : error_set(e, -ENOENT, ERROR_NOT_FOUND, "the ticket is not there any more");
        if (!str_eq(a.ticket.description, r->body)) {
                k = trail_add(trail, "withheld",
                              json_pack("{s:s, s:s?}", "reason", "the customer has written since the draft was made",
                                        "by", by));
                return k < 0 ? no_memory(e) : 0;
        }
        if ((edited && replace(&a.ticket.response, edited) < 0) || replace(&a.ticket.mode, "approved") < 0)
                return no_memory(e);
        a.ticket.delivered = false;
        k = fill_outbox(d, r, &a, e);
        if (k < 0)
                return k;
        if (trail_add(trail, "approved", json_pack("{s:s?, s:b}", "by", by, "edited", edited != NULL)) < 0)
                return no_memory(e);
        *ret = a;
        a = (struct approval){0};
        return 1;
}

int review_discarded(const struct job *job, struct trail *trail, struct error *e) {
        json_t *event _cleanup_json_ = event_json(job);
        const char *by = event ? json_str_or_null(event, "by") : NULL;

        return trail_add(trail, "discarded", json_pack("{s:s?}", "by", by)) < 0 ? no_memory(e) : 0;
}

int review_handed_over(const struct job *job, struct reading *r, struct trail *trail, struct error *e) {
        json_t *event _cleanup_json_ = event_json(job);
        const char *by = event ? json_str_or_null(event, "by") : NULL;
        char *why = by ? str_printf("%s handed it to a person", by) : str_dup("it was handed to a person");

        if (!why || trail_add(trail, "handed_over", json_pack("{s:s?}", "by", by)) < 0) {
                free(why);
                return no_memory(e);
        }
        free(r->to_person);
        r->to_person = why;
        r->quiet = true; // whoever handed it over tells the customer, if anybody does
        free(r->nothing_to_answer);
        r->nothing_to_answer = NULL;
        return 0;
}
