#include "freshdesk/agent.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"
#include "freshdesk/retry_after.h"

static void copy_text(const json_t *o, const char *key, char ret[AGENT_TEXT_SIZE]) {
        const char *s = json_str_or_null(o, key);

        (void) str_copy(ret, AGENT_TEXT_SIZE, s ? s : "");
}

int freshdesk_agent(struct freshdesk *f, struct freshdesk_agent *ret, struct freshdesk_result *r, struct error *e) {
        struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
        struct call c = {.method = "GET", .path = "/agents/me"};
        json_t *root _cleanup_json_ = NULL;
        struct freshdesk_agent a = {.id = 0};
        int k = call_make(f, &c, &root, &answer, r, e);

        if (k < 0)
                return k;
        const json_t *contact = json_object_get(root, "contact");
        const char *date = http_answer_header(&answer, "date");
        a.id = json_int_or(root, "id", 0);
        a.scope = (int) MIN(MAX(json_int_or(root, "ticket_scope", 0), (int64_t) 0), (int64_t) 9);
        copy_text(contact, "name", a.name);
        copy_text(contact, "email", a.email);
        copy_text(root, "type", a.type);
        if (!date || http_date_parse(date, &a.now_ms) < 0)
                a.now_ms = 0;
        *ret = a;
        return 0;
}

int freshdesk_agent_tickets(struct freshdesk *f, int64_t agent_id, int64_t *ret, struct freshdesk_result *r,
                            struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "GET", .path = path, .any = true};
        json_t *root _cleanup_json_ = NULL;

        snprintf(path, sizeof(path), "/search/tickets?query=%%22agent_id:%" PRId64 "%%22", agent_id);
        int k = call_make(f, &c, &root, NULL, r, e);
        if (k == 0)
                *ret = MAX(json_int_or(root, "total", 0), (int64_t) 0);
        return k;
}
