// Who is it? Agents and contacts by their user id.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/call.h"

enum { USER_NAME_MAX = 255 }; // bytes; a longer name is cut

void freshdesk_user_clear(struct freshdesk_user *a) {
        free(a->name);
        free(a->type);
        *a = (struct freshdesk_user){NULL, NULL};
}

static char *text_of(const json_t *o, const char *key) {
        const char *s = json_str_or_null(o, key);

        return s ? str_ndup(s, utf8_floor(s, strlen(s), USER_NAME_MAX)) : NULL;
}

int freshdesk_user_agent(struct freshdesk *f, int64_t id, struct freshdesk_user *ret, struct freshdesk_result *r,
                         struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "GET", .path = path, .id = id};
        json_t *root _cleanup_json_ = NULL;

        snprintf(path, sizeof(path), "/agents/%" PRId64, id);
        int k = call_make(f, &c, &root, NULL, r, e);
        if (k < 0)
                return k;
        // The name stands with the contact that an agent has beside it.
        ret->name = text_of(json_object_get(root, "contact"), "name");
        ret->type = text_of(root, "type");
        return 0;
}

int freshdesk_user_contact(struct freshdesk *f, int64_t id, struct freshdesk_result *r, struct error *e) {
        char path[CALL_PATH_MAX];
        struct call c = {.method = "GET", .path = path, .id = id};
        json_t *root _cleanup_json_ = NULL;

        snprintf(path, sizeof(path), "/contacts/%" PRId64, id);
        return call_make(f, &c, &root, NULL, r, e);
}
