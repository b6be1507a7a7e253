#include "freshdesk/automation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"

enum { PAGE_SIZE = 100, PAGES_MAX = 10 };

void automation_rules_clear(struct automation_rules *a) {
        json_decref(a->rules);
        *a = (struct automation_rules){.rules = NULL};
}

// {"rules": [...], "meta": {...}} as the reference says, or the list alone. NULL: neither.
static const json_t *rules_of(const json_t *root) {
        const json_t *rules = json_is_array(root) ? root : json_object_get(root, "rules");

        return json_is_array(rules) ? rules : NULL;
}

static bool known(const json_t *rules, int64_t id) {
        for (size_t i = 0; i < json_array_size(rules); i++)
                if (json_int_or(json_array_get(rules, i), "id", 0) == id)
                        return true;
        return false;
}

// How many were new; or -ENOMEM.
static int add_rules(json_t *all, const json_t *page) {
        int fresh = 0;

        for (size_t i = 0; i < json_array_size(page); i++) {
                json_t *rule = json_array_get(page, i);
                int64_t id = json_int_or(rule, "id", 0);

                if (id <= 0 || known(all, id))
                        continue;
                if (json_array_append(all, rule) < 0)
                        return -ENOMEM;
                fresh++;
        }
        return fresh;
}

static bool link_has_next(const struct http_answer *a) {
        const char *link = http_answer_header(a, "link");

        return link && (strcasestr(link, "rel=\"next\"") || strcasestr(link, "rel=next"));
}

static int no_memory(struct freshdesk_result *r, struct error *e) {
        r->outcome = FRESHDESK_RETRY;
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the automation rules");
}

int automation_list(struct freshdesk *f, enum automation_type type, struct automation_rules *ret,
                    struct freshdesk_result *r, struct error *e) {
        struct automation_rules all _cleanup_automation_rules_ = {.rules = json_array()};
        bool more = true;

        if (!all.rules)
                return no_memory(r, e);
        // Whether this list has pages is not documented: one that ignores them brings nothing new, and ends it.
        for (int page = 1; more && page <= PAGES_MAX; page++) {
                struct http_answer answer _cleanup_answer_ = {.outcome = HTTP_NOT_SENT};
                char path[CALL_PATH_MAX];
                struct call c = {.method = "GET", .path = path, .any = true};
                json_t *root _cleanup_json_ = NULL;

                if (page == 1)
                        snprintf(path, sizeof(path), "/automations/%d/rules", type);
                else
                        snprintf(path, sizeof(path), "/automations/%d/rules?page=%d&per_page=%d", type, page,
                                 PAGE_SIZE);
                int k = call_make(f, &c, &root, &answer, r, e);
                if (k < 0)
                        return k;
                const json_t *rules = rules_of(root);
                if (!rules) {
                        r->outcome = FRESHDESK_RETRY;
                        return error_set(e, -EAGAIN, ERROR_FRESHDESK_UNAVAILABLE,
                                         "Freshdesk: %d, but its body has no rules", r->status);
                }
                int fresh = add_rules(all.rules, rules);
                if (fresh < 0)
                        return no_memory(r, e);
                const json_t *meta = json_object_get(root, "meta");
                all.cascading = all.cascading || json_bool_or(meta, "cascading_rules", false);
                more = fresh > 0 &&
                       (link_has_next(&answer) || json_int_or(meta, "count", 0) > (int64_t) json_array_size(all.rules));
        }
        *ret = all;
        all = (struct automation_rules){.rules = NULL};
        return 0;
}

int automation_save(struct freshdesk *f, enum automation_type type, int64_t id, const json_t *rule, int64_t *ret_id,
                    struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = id ? "PUT" : "POST", .path = path, .body = rule, .id = id};
        json_t *root _cleanup_json_ = NULL;

        if (id)
                snprintf(path, sizeof(path), "/automations/%d/rules/%" PRId64, type, id);
        else
                snprintf(path, sizeof(path), "/automations/%d/rules", type);
        int k = call_make(f, &c, &root, NULL, r, e);
        if (k == 0)
                *ret_id = json_int_or(root, "id", 0);
        return k;
}
