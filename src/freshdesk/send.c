#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"

enum { HTML_MAX = 256 * 1024 }; // of one reply or note; longer than any answer that a customer reads

// Refused here, without a call: Freshdesk would count it against the allowance and refuse it as well.
static int not_sent(struct freshdesk_result *r, struct error *e, int errno_value, const char *why) {
        *r = (struct freshdesk_result){.outcome = errno_value == -ENOMEM ? FRESHDESK_RETRY : FRESHDESK_REFUSED};
        return error_set(e, errno_value, errno_value == -ENOMEM ? ERROR_OUT_OF_MEMORY : ERROR_FRESHDESK_REFUSED,
                         "Freshdesk: %s", why);
}

static int post_html(struct freshdesk *f, int64_t ticket_id, const char *what, const char *html, bool private,
                     int64_t *ret_id, struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "POST", .path = path};
        json_t *body _cleanup_json_ = NULL, *root _cleanup_json_ = NULL;
        int k;

        if (str_empty(html))
                return not_sent(r, e, -EINVAL, "an empty message is not sent");
        if (strlen(html) > HTML_MAX)
                return not_sent(r, e, -EMSGSIZE, "the message is too long to be sent");
        if (!utf8_valid(html, strlen(html)))
                return not_sent(r, e, -EINVAL, "the message is not UTF-8");
        body = private ? json_pack("{s:s, s:b}", "body", html, "private", 1) : json_pack("{s:s}", "body", html);
        if (!body)
                return not_sent(r, e, -ENOMEM, "no memory for the message");
        snprintf(path, sizeof(path), "/tickets/%" PRId64 "/%s", ticket_id, what);
        c.body = body;
        k = call_make(f, &c, &root, NULL, r, e);
        if (k < 0)
                return k;
        if (ret_id)
                *ret_id = json_int_or(root, "id", 0);
        return 0;
}

int freshdesk_reply(struct freshdesk *f, int64_t ticket_id, const char *html, int64_t *ret_id,
                    struct freshdesk_result *r, struct error *e) {
        return post_html(f, ticket_id, "reply", html, false, ret_id, r, e);
}

int freshdesk_note(struct freshdesk *f, int64_t ticket_id, const char *html, int64_t *ret_id,
                   struct freshdesk_result *r, struct error *e) {
        return post_html(f, ticket_id, "notes", html, true, ret_id, r, e);
}

static json_t *update_json(const struct freshdesk_update *u) {
        json_t *body _cleanup_json_ = json_object();
        json_t *tags = NULL;

        if (!body || (u->status && json_object_set_new(body, "status", json_integer(u->status)) < 0) ||
            (u->priority && json_object_set_new(body, "priority", json_integer(u->priority)) < 0))
                return NULL;
        if (u->tags) {
                tags = json_array();
                if (json_object_set_new(body, "tags", tags) < 0)
                        return NULL;
        }
        for (size_t i = 0; u->tags && i < u->n_tags; i++)
                if (json_array_append_new(tags, json_string(u->tags[i])) < 0)
                        return NULL;
        return TAKE_PTR(body);
}

// Nothing is called resolved that Freshdesk did not confirm: a 200 that shows another status is no confirmation.
static int confirm(const json_t *root, const char *key, int wanted, struct freshdesk_result *r, struct error *e) {
        const json_t *v = json_object_get(root, key);

        if (!wanted || !json_is_integer(v) || json_integer_value(v) == wanted)
                return 0;
        r->outcome = FRESHDESK_REFUSED;
        return error_set(e, -EINVAL, ERROR_FRESHDESK_REFUSED, "Freshdesk: %d, but %s is %" PRId64 " and not %d",
                         r->status, key, (int64_t) json_integer_value(v), wanted);
}

int freshdesk_update(struct freshdesk *f, int64_t ticket_id, const struct freshdesk_update *u,
                     struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "PUT", .path = path, .id = ticket_id};
        json_t *body _cleanup_json_ = NULL, *root _cleanup_json_ = NULL;
        int k;

        *r = (struct freshdesk_result){.outcome = FRESHDESK_OK};
        if (!u->status && !u->priority && !u->tags)
                return 0;
        for (size_t i = 0; u->tags && i < u->n_tags; i++)
                if (!utf8_valid(u->tags[i], strlen(u->tags[i])))
                        return not_sent(r, e, -EINVAL, "a tag is not UTF-8");
        body = update_json(u);
        if (!body)
                return not_sent(r, e, -ENOMEM, "no memory for the update");
        snprintf(path, sizeof(path), "/tickets/%" PRId64, ticket_id);
        c.body = body;
        k = call_make(f, &c, &root, NULL, r, e);
        if (k == 0)
                k = confirm(root, "status", u->status, r, e);
        if (k == 0)
                k = confirm(root, "priority", u->priority, r, e);
        return k;
}

int freshdesk_me(struct freshdesk *f, int64_t *ret_user_id, struct freshdesk_result *r, struct error *e) {
        struct call c = {.method = "GET", .path = "/agents/me"};
        json_t *root _cleanup_json_ = NULL;
        int k = call_make(f, &c, &root, NULL, r, e);

        if (k < 0)
                return k;
        *ret_user_id = json_int_or(root, "id", 0);
        return 0;
}
