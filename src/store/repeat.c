#include "store/repeat.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"

enum {
        TICKET_BITS = 40,     // of the ticket's id in a key's prefix: room for local tickets too
        CLOCK_STEP_MS = 5000, // of a clock that is being set right
};

// Keys are digests, and an index on digests is written at as many places as there are events: more than half of the
// cost of an accept. New tickets have neighbouring ids, so the index goes by ticket first, then by a hash of the key.
int64_t repeat_key_prefix(int64_t ticket_id, const char *key) {
        uint64_t h = hash_add(HASH_START, key, strlen(key));

        return (int64_t) ((uint64_t) ticket_id << (64 - TICKET_BITS) | h >> TICKET_BITS);
}

// 1 with *ret filled when an event stands under that key, 0 or negative.
static int find_first(struct transaction *t, const struct event *ev, const char *key, struct accepted *ret,
                      struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_EVENT_BY_KEY);

        if (!key)
                return 0;
        query_int(&q, 1, repeat_key_prefix(ev->ticket_id, key));
        query_text(&q, 2, key);
        query_int(&q, 3, ev->window_ms ? t->now_ms - ev->window_ms : INT64_MIN);
        query_int(&q, 4, ev->while_queued);
        // From the future: the clock was set back since, and how long ago that was is not known.
        query_int(&q, 5, ev->window_ms ? t->now_ms + MIN(ev->window_ms, (int64_t) CLOCK_STEP_MS) : INT64_MAX);
        int r = query_step(&q, e);
        if (r <= 0)
                return r;
        int64_t id = query_column_int(&q, 0);
        *ret = (struct accepted){.event_id = id, .job_id = id, .ticket_id = query_column_int(&q, 1), .duplicate = true};
        return 1;
}

// 1 with *ret filled when the newest event of a known ticket came at the time that ev names, or later.
static int find_since(struct transaction *t, const struct event *ev, int64_t newest, struct accepted *ret,
                      struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_EVENT_RECEIVED);

        if (!ev->unless_since_ms || !newest)
                return 0;
        query_int(&q, 1, newest);
        int r = query_step(&q, e);
        if (r <= 0 || query_column_int(&q, 0) < ev->unless_since_ms)
                return MIN(r, 0);
        *ret = (struct accepted){.event_id = newest, .job_id = newest, .ticket_id = ev->ticket_id, .duplicate = true};
        return 1;
}

int repeat_find(struct transaction *t, const struct event *ev, int64_t newest, struct accepted *ret, struct error *e) {
        int r = find_first(t, ev, ev->key, ret, e);

        if (r == 0)
                r = find_first(t, ev, ev->also_key, ret, e);
        return r == 0 ? find_since(t, ev, newest, ret, e) : r;
}
