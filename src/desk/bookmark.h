// How far the poll has read an account's tickets: what it starts from after a restart. Kept in the database, per
// account.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

enum { BOOKMARK_SINCE_MAX = 40 };

struct bookmark {
        // Wall clock, by Freshdesk's own clock once `ours` is false.
        int64_t from_ms;   // tickets made before are old: only what their customers write from then on counts
        int64_t cursor_ms; // everything that was updated before has been taken in
        bool ours;         // both were set by this machine's clock, before Freshdesk's was known
        char since[BOOKMARK_SINCE_MAX]; // FRESHDESK_SINCE as it was when they were set by it; "" else
};

// "2026-01-31" (midnight UTC), "2026-01-31T12:00:00Z", with fraction or offset: 0, or -EINVAL with
// ERROR_SETTING_INVALID. An empty text gives 0 ms.
_warn_unused_ int bookmark_since(const char *text, int64_t *ret_ms, struct error *e);

// Where there is none for this account: from `since` where it is given, else from now_ms on. A `since` that is not the
// one it was made with moves it there: somebody asks for older tickets. What cannot be read counts as none. 1 when it
// was changed so and wants to be saved, 0, or negative when the database fails.
_warn_unused_ int bookmark_load(struct store *s, const char *account, const char *since, int64_t now_ms,
                                struct bookmark *ret, struct error *e);
_warn_unused_ int bookmark_save(struct store *s, const char *account, const struct bookmark *b, struct error *e);
