#include "desk/bookmark.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/string.h"

enum { NAME_SIZE = 300 }; // "poll:" and the longest host

int bookmark_since(const char *text, int64_t *ret_ms, struct error *e) {
        char whole[BOOKMARK_SINCE_MAX + 16];
        bool date_only = strlen(text) == strlen("2026-01-31");
        int64_t ms = 0;

        if (str_empty(text)) {
                *ret_ms = 0;
                return 0;
        }
        snprintf(whole, sizeof(whole), "%.*s%s", BOOKMARK_SINCE_MAX, text, date_only ? "T00:00:00Z" : "");
        if (strlen(text) >= BOOKMARK_SINCE_MAX || clock_parse_iso(whole, &ms) < 0 || ms <= 0)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_SINCE must be a date like 2026-01-31 or a time like 2026-01-31T12:00:00Z");
        *ret_ms = ms;
        return 0;
}

static void name_of(const char *account, char name[NAME_SIZE]) {
        snprintf(name, NAME_SIZE, "poll:%s", account);
}

static int64_t time_of(const json_t *o, const char *key) {
        const char *s = json_str_or_null(o, key);
        int64_t ms = 0;

        return s && clock_parse_iso(s, &ms) == 0 ? ms : 0;
}

static bool read_text(const char *text, struct bookmark *ret) {
        json_t *o _cleanup_json_ = NULL;
        const char *since;

        if (json_parse(text, strlen(text), &o, NULL) < 0)
                return false;
        *ret = (struct bookmark){.from_ms = time_of(o, "from"),
                                 .cursor_ms = time_of(o, "cursor"),
                                 .ours = json_bool_or(o, "ours", false)};
        since = json_str_or_null(o, "since");
        (void) str_copy(ret->since, sizeof(ret->since), since ? since : "");
        return ret->from_ms > 0 && ret->cursor_ms > 0;
}

int bookmark_load(struct store *s, const char *account, const char *since, int64_t now_ms, struct bookmark *ret,
                  struct error *e) {
        char *text _cleanup_free_ = NULL;
        struct bookmark b = {0};
        char name[NAME_SIZE];
        int64_t since_ms = 0;

        int r = bookmark_since(since, &since_ms, e);
        if (r < 0)
                return r;
        name_of(account, name);
        r = store_meta_get(s, name, &text, e);
        if (r < 0)
                return r;
        bool known = r > 0 && read_text(text, &b);
        if (r > 0 && !known)
                log_warning("how far tickets were polled cannot be read: the poll starts anew");
        if (known && (!since_ms || str_eq(b.since, since))) {
                *ret = b;
                return 0;
        }
        b = (struct bookmark){.from_ms = since_ms ? since_ms : now_ms, .ours = !since_ms};
        b.cursor_ms = b.from_ms;
        (void) str_copy(b.since, sizeof(b.since), since_ms ? since : "");
        *ret = b;
        return 1;
}

int bookmark_save(struct store *s, const char *account, const struct bookmark *b, struct error *e) {
        char name[NAME_SIZE], from[CLOCK_ISO_SIZE], cursor[CLOCK_ISO_SIZE];
        char *text _cleanup_free_ = NULL;

        name_of(account, name);
        clock_iso(b->from_ms, from);
        clock_iso(b->cursor_ms, cursor);
        json_t *o _cleanup_json_ = json_pack("{s:s, s:s, s:b, s:s}", "from", from, "cursor", cursor, "ours", b->ours,
                                             "since", b->since);
        text = o ? json_text(o) : NULL;
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory to note how far tickets were polled");
        return store_meta_put(s, name, text, e);
}
