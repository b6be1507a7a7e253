#include "freshdesk/ticket.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"
#include "text/html.h"

void message_clear(struct freshdesk_message *m) {
        free(m->text);
        *m = (struct freshdesk_message){.text = NULL};
}

void freshdesk_ticket_clear(struct freshdesk_ticket *t) {
        for (size_t i = 0; i < t->n_tags; i++)
                free(t->tags[i]);
        for (size_t i = 0; i < t->n_messages; i++)
                message_clear(&t->messages[i]);
        free(t->tags);
        free(t->messages);
        free(t->subject);
        free(t->description);
        free(t->requester_name);
        free(t->requester_email);
        free(t->type);
        *t = (struct freshdesk_ticket){.id = 0};
}

static int64_t id_of(const json_t *o, const char *key) {
        return MAX(json_int_or(o, key, 0), (int64_t) 0);
}

static int number_of(const json_t *o, const char *key) {
        int64_t v = json_int_or(o, key, 0);

        return v > 0 && v <= INT_MAX ? (int) v : 0;
}

static int64_t time_of(const json_t *o, const char *key) {
        const char *s = json_str_or_null(o, key);
        int64_t ms = 0;

        return s && clock_parse_iso(s, &ms) == 0 ? ms : 0;
}

// *ret stays NULL when the field is no text.
static int name_of(const json_t *o, const char *key, char **ret) {
        const char *s = json_str_or_null(o, key);

        if (!s)
                return 0;
        *ret = str_ndup(s, utf8_floor(s, strlen(s), TICKET_NAME_MAX));
        return *ret ? 0 : -ENOMEM;
}

// From the HTML where there is any: the plain field that Freshdesk makes of it often has lost its line breaks, and
// where a quoted mail begins is told by lines. The plain field when only that has text, or only that has lines.
static int text_of(const json_t *o, const char *html_key, const char *text_key, char **ret) {
        const char *html = json_str_or_null(o, html_key);
        const char *plain = json_str_or_null(o, text_key);
        char *text _cleanup_free_ = NULL;

        if (!str_empty(html)) {
                text = html_to_text(html, strlen(html), TICKET_TEXT_MAX);
                if (!text)
                        return -ENOMEM;
        }
        if (!str_empty(plain) && (str_empty(text) || (!strchr(text, '\n') && strchr(plain, '\n')))) {
                free(text);
                text = str_ndup(plain, utf8_floor(plain, strlen(plain), TICKET_TEXT_MAX));
                if (!text)
                        return -ENOMEM;
        }
        *ret = text ? TAKE_PTR(text) : str_dup("");
        return *ret ? 0 : -ENOMEM;
}

static int read_tags(const json_t *root, struct freshdesk_ticket *t) {
        const json_t *tags = json_object_get(root, "tags");
        size_t n = MIN(json_array_size(tags), (size_t) TICKET_TAGS_MAX);

        if (n == 0)
                return 0;
        t->tags = calloc(n, sizeof(*t->tags));
        if (!t->tags)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                const char *s = json_string_value(json_array_get(tags, i));

                if (str_empty(s))
                        continue;
                t->tags[t->n_tags] = str_ndup(s, utf8_floor(s, strlen(s), TICKET_NAME_MAX));
                if (!t->tags[t->n_tags])
                        return -ENOMEM;
                t->n_tags++;
        }
        return 0;
}

static int read_texts(const json_t *root, struct freshdesk_ticket *t) {
        const json_t *requester = json_object_get(root, "requester");
        int r;

        r = name_of(root, "subject", &t->subject);
        if (r == 0 && !t->subject) {
                t->subject = str_dup("");
                r = t->subject ? 0 : -ENOMEM;
        }
        if (r == 0)
                r = text_of(root, "description", "description_text", &t->description);
        if (r == 0)
                r = name_of(root, "type", &t->type);
        if (r == 0)
                r = name_of(requester, "name", &t->requester_name);
        if (r == 0)
                r = name_of(requester, "email", &t->requester_email);
        return r == 0 ? read_tags(root, t) : r;
}

int ticket_from_json(const json_t *root, struct freshdesk_ticket *ret) {
        struct freshdesk_ticket t _cleanup_freshdesk_ticket_ = {
                        .id = id_of(root, "id"),
                        .requester_id = id_of(root, "requester_id"),
                        .responder_id = id_of(root, "responder_id"),
                        .group_id = id_of(root, "group_id"),
                        .status = number_of(root, "status"),
                        .priority = number_of(root, "priority"),
                        .source = number_of(root, "source"),
                        .spam = json_bool_or(root, "spam", false),
                        .deleted = json_bool_or(root, "deleted", false),
                        .created_ms = time_of(root, "created_at"),
                        .updated_ms = time_of(root, "updated_at"),
        };
        int r = read_texts(root, &t);

        if (r < 0)
                return r;
        *ret = t;
        t = (struct freshdesk_ticket){.id = 0};
        return 0;
}

int message_from_json(const json_t *root, struct freshdesk_message *ret) {
        struct freshdesk_message m = {
                        .id = id_of(root, "id"),
                        .user_id = id_of(root, "user_id"),
                        .created_ms = time_of(root, "created_at"),
                        // What is not said to be public is taken as private: it must never reach a customer.
                        .private_note = json_bool_or(root, "private", true),
                        .incoming = json_bool_or(root, "incoming", false),
                        .auto_response = json_bool_or(root, "auto_response", false),
                        .source = (int) MIN(MAX(json_int_or(root, "source", -1), (int64_t) -1), (int64_t) INT_MAX),
        };
        int r = text_of(root, "body", "body_text", &m.text);

        if (r < 0)
                return r;
        *ret = m;
        return 0;
}

static bool include_allowed(struct freshdesk *f) {
        bool allowed;

        pthread_mutex_lock(&f->lock);
        allowed = !f->include_refused;
        pthread_mutex_unlock(&f->lock);
        return allowed;
}

static void forbid_include(struct freshdesk *f) {
        pthread_mutex_lock(&f->lock);
        f->include_refused = true;
        pthread_mutex_unlock(&f->lock);
}

static int read_ticket(struct freshdesk *f, int64_t id, bool last_look, struct freshdesk_ticket *ret,
                       struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "GET",
                         .path = path,
                         .id = id,
                         .then = last_look ? CALL_THEN_CONVERSATION : CALL_THEN_LAST_LOOK};
        json_t *root _cleanup_json_ = NULL;
        bool with = include_allowed(f);
        int k;

        snprintf(path, sizeof(path), "/tickets/%" PRId64 "%s", id, with ? "?include=requester" : "");
        k = call_make(f, &c, &root, NULL, r, e);
        // An agent who may not see contacts, or a proxy that knows no includes: the ticket alone will do.
        if (with && (r->status == 400 || r->status == 403)) {
                snprintf(path, sizeof(path), "/tickets/%" PRId64, id);
                k = call_make(f, &c, &root, NULL, r, e);
                if (k == 0)
                        forbid_include(f);
        }
        if (k < 0)
                return k;
        k = ticket_from_json(root, ret);
        if (k < 0) {
                r->outcome = FRESHDESK_RETRY;
                return error_set(e, k, ERROR_OUT_OF_MEMORY, "no memory for ticket %" PRId64, id);
        }
        ret->last_look = last_look;
        return 0;
}

int freshdesk_ticket(struct freshdesk *f, int64_t id, struct freshdesk_ticket *ret, struct freshdesk_result *r,
                     struct error *e) {
        return read_ticket(f, id, false, ret, r, e);
}

int freshdesk_ticket_last_look(struct freshdesk *f, int64_t id, struct freshdesk_ticket *ret,
                               struct freshdesk_result *r, struct error *e) {
        return read_ticket(f, id, true, ret, r, e);
}
