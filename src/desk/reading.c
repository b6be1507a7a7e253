#include "desk/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/string.h"
#include "desk/author.h"
#include "desk/budget.h"
#include "desk/guard.h"
#include "desk/send.h"
#include "desk/unanswered.h"
#include "freshdesk/webhook.h"
#include "text/html.h"
#include "text/quote.h"

enum {
        STEPS_LOOKED_AT = 1000, // of the outbox; a ticket has a handful
        SUBJECT_MAX = 1000,     // bytes; Freshdesk's end at 255 characters
        FIRST_NAME_MAX = 40,    // bytes; longer is a sentence or an attack, not a name
};

void reading_clear(struct reading *r) {
        free(r->subject);
        free(r->body);
        free(r->requester);
        free(r->first_name);
        free(r->nothing_to_answer);
        free(r->to_person);
        free(r->last_document);
        free(r->last_title);
        json_decref(r->tags);
        *r = (struct reading){0};
}

// The first word of a name, when it looks like one: letters and hyphens, no address, no digits, no markup.
static char *first_name(const char *name) {
        if (str_empty(name))
                return NULL;
        name += strspn(name, " \t");

        size_t n = strcspn(name, " \t,");
        if (n == 0 || n > FIRST_NAME_MAX || !utf8_valid(name, n))
                return NULL;
        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char) name[i];
                if (c < 0x80 && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '-' && c != '\'' && c != '.')
                        return NULL;
        }
        return str_ndup(name, n);
}

static const char *or_empty(const char *s) {
        return s ? s : "";
}

// Is this HTML, or plain text that may hold a "<" or an "&" of its own? Plain text must keep its line breaks.
static bool looks_like_html(const char *s) {
        static const char *const tags[] = {"p",          "div",  "br",    "span", "html",   "body", "table", "a",
                                           "b",          "i",    "em",    "font", "strong", "ul",   "ol",    "li",
                                           "img",        "pre",  "h1",    "h2",   "h3",     "u",    "td",    "tr",
                                           "blockquote", "meta", "style", "hr",   "code"};

        for (const char *p = strchr(s, '<'); p; p = strchr(p + 1, '<')) {
                const char *name = p[1] == '/' ? p + 2 : p + 1;
                size_t n = strcspn(name, " \t\r\n/>");
                for (size_t i = 0; i < ARRAY_LEN(tags); i++)
                        if (n == strlen(tags[i]) && strncasecmp(name, tags[i], n) == 0 && strchr(name, '>'))
                                return true;
        }
        return false;
}

// HTML or plain text, as it came, to the part that was newly written.
static char *newly_written(const char *text) {
        size_t n = strlen(text);
        char *plain _cleanup_free_ = looks_like_html(text) ? html_to_text(text, n, UNANSWERED_TEXT_MAX)
                                                           : str_ndup(text, utf8_floor(text, n, UNANSWERED_TEXT_MAX));

        return plain ? quote_cut(plain) : NULL;
}

// Takes the body. Who wrote is kept as the address where there is one, else as the name.
static int fill(struct reading *r, const char *subject, char *body, const char *name, const char *email) {
        r->body = body;
        subject = or_empty(subject);
        r->subject = str_ndup(subject, utf8_floor(subject, strlen(subject), SUBJECT_MAX));
        if (!r->subject || !r->body)
                return -ENOMEM;
        if (!str_empty(email) || !str_empty(name)) {
                r->requester = str_dup(str_empty(email) ? name : email);
                if (!r->requester)
                        return -ENOMEM;
        }
        r->first_name = first_name(name);
        return 0;
}

// Somebody asked for this journey; what Freshdesk tells of happens by itself.
bool reading_asked_for(const struct job *job) {
        static const char *const kinds[] = {EVENT_KIND_API, EVENT_KIND_REPROCESS, EVENT_KIND_APPROVE,
                                            EVENT_KIND_DISCARD, EVENT_KIND_HAND_OVER};

        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_eq(job->kind, kinds[i]))
                        return true;
        return false;
}

// The words of an event, borrowed from its JSON. What came through our own API is kept in a flat shape of ours.
static int event_words(const struct job *job, const json_t *root, struct webhook_event *ret, struct error *e) {
        if (!reading_asked_for(job))
                return webhook_parse(root, ret, e);

        ret->subject = json_str_or_null(root, "subject");
        ret->description = json_str_or_null(root, "description");
        ret->requester_email = json_str_or_null(root, "requester");
        ret->priority = (int) json_int_or(root, "priority", 0);
        return 0;
}

// Somebody who asks what we would do with a machine's mail is told why nothing would be sent.
static int judge_event(const struct automatic *a, const struct webhook_event *ev, struct reading *r) {
        struct automatic_mail m = {.address = ev->requester_email,
                                   .name = ev->requester_name,
                                   .subject = r->subject,
                                   .text = r->body};
        enum automatic_verdict v = AUTOMATIC_NO;
        char why[AUTOMATIC_WHY_SIZE];
        int k = a ? automatic_judge(a, &m, &v, why) : 0;

        if (k < 0 || v == AUTOMATIC_NO)
                return k;
        if (v == AUTOMATIC_YES)
                r->nothing_to_answer = str_printf("a machine wrote it, %s", why);
        else
                r->to_person = str_printf("it may be a machine's mail, %s", why);
        r->quiet = true;
        return r->nothing_to_answer || r->to_person ? 0 : -ENOMEM;
}

int reading_from_event(const struct automatic *a, const struct job *job, struct reading *ret, struct error *e) {
        struct reading r _cleanup_reading_ = {0};
        json_t *root _cleanup_json_ = NULL;
        struct webhook_event ev = {0};

        if (!job->body)
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "the event has no text of its own");
        int k = json_parse(job->body, strlen(job->body), &root, e);
        if (k < 0)
                return k;
        k = event_words(job, root, &ev, e);
        if (k < 0)
                return k;

        if (fill(&r, ev.subject, newly_written(or_empty(ev.description)), ev.requester_name, ev.requester_email) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read the ticket");
        if (str_empty(r.subject) && str_empty(r.body))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "subject and description are both empty");
        r.priority = ev.priority;
        if (judge_event(a, &ev, &r) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read the ticket");

        *ret = r;
        r = (struct reading){0};
        return 0;
}

static int copy_tags(const struct freshdesk_ticket *t, struct reading *r) {
        r->tags = json_array();
        for (size_t i = 0; r->tags && i < t->n_tags; i++)
                if (json_array_append_new(r->tags, json_string(t->tags[i])) < 0)
                        return -ENOMEM;
        return r->tags ? 0 : -ENOMEM;
}

// Freshdesk's words, and what follows from them.
static int understand(struct desk *d, const struct job *job, struct freshdesk_ticket *t, struct reading *r) {
        struct unanswered u _cleanup_unanswered_ = {0};
        struct guard_team team = send_team(d, t);

        team.approved = str_eq(job->kind, EVENT_KIND_APPROVE);

        author_mark(d, t);
        int k = unanswered_read(d->automatic, t, &u);
        if (k < 0)
                return k;
        const char *forbids = guard_forbids(t, &team);
        if (forbids && !(r->nothing_to_answer = str_dup(forbids)))
                return -ENOMEM;
        if (!forbids && u.machine && !(r->nothing_to_answer = str_printf("a machine wrote it, %s", u.why)))
                return -ENOMEM;
        if (u.doubtful && !(r->to_person = str_printf("it may be a machine's mail, %s", u.why)))
                return -ENOMEM;
        r->quiet = u.doubtful;
        r->priority = t->priority;
        r->from_freshdesk = true;
        r->messages = t->n_messages;
        r->seen = (struct guard_seen){.messages = u.messages, .responder_id = t->responder_id};
        k = copy_tags(t, r);
        if (k == 0)
                k = budget_apply(d, job, t, u.text, r);
        return k < 0 ? k : fill(r, t->subject, TAKE_PTR(u.text), t->requester_name, t->requester_email);
}

int reading_from_freshdesk(struct desk *d, const struct job *job, struct reading *ret, struct freshdesk_result *result,
                           struct error *e) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {0};
        struct reading r _cleanup_reading_ = {0};

        int k = freshdesk_ticket(d->freshdesk, job->ticket_id, &t, result, e);
        if (k < 0)
                return k;
        k = freshdesk_conversations(d->freshdesk, &t, result, e);
        if (k < 0)
                return k;

        if (understand(d, job, &t, &r) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read the ticket");
        if (!r.nothing_to_answer && str_empty(r.subject) && str_empty(r.body) &&
            !(r.nothing_to_answer = str_dup("the ticket has no text")))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to read the ticket");

        *ret = r;
        r = (struct reading){0};
        return 0;
}
