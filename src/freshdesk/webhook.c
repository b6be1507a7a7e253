#include "freshdesk/webhook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/string.h"
#include "freshdesk/trigger.h"

static const int64_t ticket_id_max = 999999999999; // ids from 10^12 on are the store's own

enum { NAMES_MAX = 3 };

// Freshdesk's simple layout and people's own templates spell the same fields differently; the first one that is there
// counts.
static const char *const id_names[NAMES_MAX] = {"ticket_id", "id", NULL};
static const char *const subject_names[NAMES_MAX] = {"ticket_subject", "subject", NULL};
static const char *const description_names[NAMES_MAX] = {"ticket_description", "description", "description_text"};
static const char *const priority_names[NAMES_MAX] = {"ticket_priority", "priority", NULL};
static const char *const requester_name_names[NAMES_MAX] = {"requester_name", NULL, NULL};
static const char *const requester_email_names[NAMES_MAX] = {"requester_email", NULL, NULL};
static const char *const event_names[NAMES_MAX] = {"triggered_event", "event", "event_type"};

static const json_t *find(const json_t *o, const char *const names[NAMES_MAX], const char **ret_name) {
        for (size_t i = 0; i < NAMES_MAX && names[i]; i++) {
                const json_t *v = json_object_get(o, names[i]);

                if (v && !json_is_null(v)) {
                        *ret_name = names[i];
                        return v;
                }
        }
        *ret_name = names[0];
        return NULL;
}

static int get_text(const json_t *o, const char *const names[NAMES_MAX], const char **ret, struct error *e) {
        const char *name;
        const json_t *v = find(o, names, &name);

        if (!v)
                return 0;
        if (!json_is_string(v))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "%s must be text", name);
        *ret = json_string_value(v);
        return 0;
}

// Placeholders arrive as text, "12"; other senders write a number.
static int get_id(const json_t *o, const char *where, int64_t *ret, struct error *e) {
        const char *name;
        const json_t *v = find(o, id_names, &name);
        int64_t id = 0;
        bool number;

        if (!v || (json_is_string(v) && str_empty(json_string_value(v))))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "%s%s is missing: the number of the ticket is needed",
                                 where, str_eq(where, "freshdesk_webhook.") ? "ticket_id" : "id");
        if (json_is_string(v)) {
                // Digits only: a sign or white space inside would be somebody's template gone wrong.
                number = strspn(json_string_value(v), "0123456789") == json_string_length(v) &&
                         str_to_int64(json_string_value(v), 1, ticket_id_max, &id) == 0;
        } else {
                number = json_is_integer(v);
                id = number ? (int64_t) json_integer_value(v) : 0;
        }
        if (!number || id < 1 || id > ticket_id_max)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "%s%s must be a whole number from 1 to %" PRId64,
                                 where, name, ticket_id_max);
        *ret = id;
        return 0;
}

static int read_priority(const json_t *o) {
        static const char *const labels[] = {"low", "medium", "high", "urgent"};
        const char *name, *text;
        const json_t *v = find(o, priority_names, &name);

        if (json_is_integer(v))
                return json_integer_value(v) >= 1 && json_integer_value(v) <= 4 ? (int) json_integer_value(v) : 0;
        text = json_string_value(v);
        for (int i = 0; text && i < (int) ARRAY_LEN(labels); i++)
                if (str_ieq(text, labels[i]) || (text[0] == '1' + i && text[1] == '\0'))
                        return i + 1;
        return 0;
}

static int read_requester(const json_t *o, struct webhook_event *ev, struct error *e) {
        const json_t *requester = json_object_get(o, "requester");
        int r;

        r = get_text(o, requester_name_names, &ev->requester_name, e);
        if (r == 0)
                r = get_text(o, requester_email_names, &ev->requester_email, e);
        if (r < 0)
                return r;
        if (json_is_object(requester)) {
                if (!ev->requester_name)
                        ev->requester_name = json_str_or_null(requester, "name");
                if (!ev->requester_email)
                        ev->requester_email = json_str_or_null(requester, "email");
        } else if (json_is_string(requester)) {
                if (!ev->requester_email && strchr(json_string_value(requester), '@'))
                        ev->requester_email = json_string_value(requester);
                else if (!ev->requester_name)
                        ev->requester_name = json_string_value(requester);
        }
        return 0;
}

static int hash_json(struct digest *d, const json_t *v) {
        char *text _cleanup_free_ = NULL;

        if (!v)
                return 0;
        text = json_canonical(v);
        if (!text)
                return -ENOMEM;
        digest_update(d, text, strlen(text));
        return 0;
}

// Canonical, so that the same event with its keys in another order is the same event.
static int make_key(int64_t id, const json_t *ticket, const json_t *event, char out[65]) {
        uint8_t bytes[DIGEST_SIZE];
        char prefix[32];
        struct digest *d = digest_new();
        int r, k;

        if (!d)
                return -ENOMEM;
        snprintf(prefix, sizeof(prefix), "%" PRId64 "\n", id);
        digest_update(d, prefix, strlen(prefix));
        r = hash_json(d, ticket);
        if (r == 0) {
                digest_update(d, "\n", 1);
                r = hash_json(d, event);
        }
        k = digest_end(d, bytes);
        if (r < 0 || k < 0)
                return r < 0 ? r : k;
        digest_hex(bytes, sizeof(bytes), out);
        return 0;
}

static int ignored(struct webhook_event *ev, const char *why, struct webhook_event *ret) {
        ev->ignored = true;
        str_copy(ev->reason, sizeof(ev->reason), why);
        *ret = *ev;
        return 0;
}

static int parse_ticket(const json_t *root, const json_t *ticket, const char *where, struct webhook_event *ret,
                        struct error *e) {
        struct webhook_event ev = {.kind = WEBHOOK_CREATED};
        const json_t *event;
        const char *name;
        int r;

        r = get_id(ticket, where, &ev.ticket_id, e);
        if (r == 0)
                r = get_text(ticket, subject_names, &ev.subject, e);
        if (r == 0)
                r = get_text(ticket, description_names, &ev.description, e);
        if (r == 0)
                r = read_requester(ticket, &ev, e);
        if (r < 0)
                return r;
        ev.priority = read_priority(ticket);

        event = find(ticket, event_names, &name);
        if (!event && ticket != root)
                event = find(root, event_names, &name);
        if (event && !json_is_string(event))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "%s must be text", name);
        trigger_read(json_string_value(event), &ev);
        if (!ev.ignored && (json_bool_or(ticket, "spam", false) || json_bool_or(ticket, "deleted", false)))
                return ignored(&ev, "the ticket is spam or deleted", ret);

        r = make_key(ev.ticket_id, ticket, event, ev.key);
        if (r < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "no memory for the event's key");
        *ret = ev;
        return 0;
}

static bool looks_like_ticket(const json_t *o) {
        static const char *const names[] = {"id",          "ticket_id",         "subject", "ticket_subject",
                                            "description", "ticket_description"};

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (json_object_get(o, names[i]))
                        return true;
        return false;
}

int webhook_parse(const json_t *root, struct webhook_event *ret, struct error *e) {
        static const char *const wrappers[] = {"freshdesk_webhook", "ticket"};
        struct webhook_event none = {.kind = WEBHOOK_UPDATED};

        if (!json_is_object(root))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the body must be a JSON object");
        for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
                const json_t *inner = json_object_get(root, wrappers[i]);
                char where[32];

                if (!inner)
                        continue;
                if (!json_is_object(inner))
                        return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "%s must be an object", wrappers[i]);
                snprintf(where, sizeof(where), "%s.", wrappers[i]);
                return parse_ticket(root, inner, where, ret, e);
        }
        if (!looks_like_ticket(root))
                return ignored(&none, "no ticket in it: neither freshdesk_webhook, nor ticket, nor id", ret);
        return parse_ticket(root, root, "", ret, e);
}
