#include "freshdesk/quota.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/string.h"

enum {
        WINDOW_MS = 60 * 1000, // Freshdesk counts by the minute
        TOTAL_MAX = 1000000,   // calls a minute; the largest that is sold has 2,000
        USED_MAX = 1000,       // credits of one call; ours cost at most a handful
        BARE_MAX = 3,          // answers without headers in a row, after which there is no limit known any more
        FIRST_WAIT_MS = 1000,  // behind a first call; its answer wakes who waits for it sooner
        // One ticket costs about seven credits (its view with the requester, twice; its conversation; reply; update):
        // so many go out at once before the pace counts, but not more than half of what is ours.
        BURST_MAX = 20,
        BURST_MIN = 8,
        REWIND_PARTS = 10, // a rise of "remaining" by more than this part of the total is a new minute, not a counter
                           // that is a little late
};

static const struct {
        const char *name, *help;
} families[] = {
#define QUOTA_FAMILY(id, name, help) [QUOTA_##id] = {name, help},
                QUOTA_FAMILY_TABLE(QUOTA_FAMILY)
#undef QUOTA_FAMILY
};

const char *quota_family_name(enum quota_family family) {
        return families[family].name;
}

// The first row that fits counts. A prefix ends at a "/", a "?" or the end. "*" stands for any method.
static const struct {
        const char *method, *prefix;
        bool below; // something must follow the prefix, as an id
        enum quota_family family;
} rows[] = {
                {"PUT", "/tickets", true, QUOTA_UPDATE},      {"*", "/tickets", true, QUOTA_TICKETS},
                {"*", "/tickets", false, QUOTA_LIST},         {"*", "/search", false, QUOTA_LIST},
                {"*", "/contacts", false, QUOTA_CONTACTS},    {"*", "/companies", false, QUOTA_CONTACTS},
                {"*", "/agents", false, QUOTA_AGENTS},        {"*", "/groups", false, QUOTA_AGENTS},
                {"*", "/ticket_fields", false, QUOTA_AGENTS}, {"*", "/automations", false, QUOTA_ADMIN},
                {"*", "/admin", false, QUOTA_ADMIN},          {"*", "/settings", false, QUOTA_ADMIN},
};

enum quota_family quota_family_of(const char *method, const char *path) {
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                size_t n = strlen(rows[i].prefix);
                if (!str_starts(path, rows[i].prefix) || (path[n] && path[n] != '/' && path[n] != '?'))
                        continue;
                if (rows[i].below && (path[n] != '/' || !path[n + 1]))
                        continue;
                if (str_eq(rows[i].method, "*") || str_eq(rows[i].method, method))
                        return rows[i].family;
        }
        return QUOTA_OTHER;
}

unsigned quota_cost_of(const char *method, const char *path) {
        const char *include = strstr(path, "include=");
        unsigned each = quota_family_of(method, path) == QUOTA_LIST ? 2 : 1, n = 1;

        if (!include)
                return 1;
        for (const char *p = include; *p && *p != '&'; p++)
                n += *p == ',';
        return 1 + n * each;
}

struct quota_report quota_report_from(const char *total, const char *remaining, const char *used) {
        struct quota_report r = {.used = 1};
        int64_t n;

        if (!total || !remaining || str_to_int64(total, 1, TOTAL_MAX, &r.total) < 0 ||
            str_to_int64(remaining, 0, r.total, &r.remaining) < 0)
                return (struct quota_report){.known = false};
        if (used && str_to_int64(used, 0, USED_MAX, &n) == 0)
                r.used = n;
        r.known = true;
        return r;
}

void quota_init(struct quota *q, double share) {
        *q = (struct quota){.share = share > 0 && share <= 1 ? share : 1};
}

static int64_t ours(const struct quota *q, const struct quota_window *w) {
        return MAX((int64_t) floor((double) w->total * q->share), (int64_t) 1);
}

// What we may still take in this window.
static int64_t left(const struct quota *q, const struct quota_window *w) {
        int64_t of_share = ours(q, w) - w->used;
        int64_t of_rest = (int64_t) floor((double) w->remaining * q->share);

        if (w->used == 0 && w->remaining > 0)
                of_rest = MAX(of_rest, (int64_t) 1);
        return MAX(MIN(of_share, of_rest), (int64_t) 0);
}

static void begin_window(struct quota_window *w, int64_t used, int64_t now_ms) {
        w->serial++;
        w->used = used;
        w->end_ms = now_ms + WINDOW_MS;
        w->next_ms = (double) now_ms;
}

// The minute is over: the allowance is whole, until an answer says otherwise.
static void turn_window(struct quota_window *w, int64_t now_ms) {
        if (!w->known || now_ms < w->end_ms)
                return;
        w->remaining = MAX(w->total - w->in_flight, (int64_t) 0);
        w->reported = w->total;
        begin_window(w, w->in_flight, now_ms);
}

int64_t quota_wait_ms(struct quota *q, enum quota_family family, unsigned cost, unsigned then, int64_t now_ms) {
        struct quota_window *w = &q->windows[family];

        if (now_ms < w->pause_until_ms)
                return w->pause_until_ms - now_ms;
        turn_window(w, now_ms);
        // Nobody knows yet how much there is: as many calls as there are workers may be more than a small allowance.
        if (!w->known)
                return w->in_flight > 0 && w->bare < BARE_MAX ? FIRST_WAIT_MS : 0;
        int64_t may = left(q, w), part = ours(q, w), need = MIN((int64_t) cost + then, part);
        if (may < need || may == 0)
                return w->end_ms - now_ms;
        double pace = (double) (w->end_ms - now_ms) / (double) may; // milliseconds for one credit
        double burst = (double) MIN(MAX(MIN(part / 2, (int64_t) BURST_MAX), (int64_t) BURST_MIN), part);
        double ahead = MAX(w->next_ms - (double) now_ms, 0.0) / pace; // credits that went out early
        double over = ahead + (double) need - burst;
        if (ahead <= 0 || over <= 0)
                return 0;
        return MIN((int64_t) ceil(over * pace), w->end_ms - now_ms);
}

void quota_begin(struct quota *q, struct quota_call *c, int64_t now_ms) {
        struct quota_window *w = &q->windows[c->family];
        int64_t may = left(q, w);

        if (w->known && may > 0)
                w->next_ms = MAX(w->next_ms, (double) now_ms) +
                             c->cost * (double) MAX(w->end_ms - now_ms, (int64_t) 0) / (double) may;
        c->serial = w->serial;
        c->most = w->reported;
        w->used += c->cost;
        w->in_flight += c->cost;
        w->remaining = MAX(w->remaining - (int64_t) c->cost, (int64_t) 0);
}

// Within a minute "remaining" only falls: more than there was when the call went out is a new minute. What another
// answer has shown meanwhile says nothing, for that one may have been counted later.
static bool new_minute(const struct quota_window *w, const struct quota_call *c, const struct quota_report *r) {
        return c->serial == w->serial && r->remaining + r->used > c->most + w->total / REWIND_PARTS;
}

static void take_report(struct quota_window *w, const struct quota_call *c, const struct quota_report *r,
                        int64_t now_ms) {
        if (!w->known || new_minute(w, c, r)) {
                begin_window(w, r->used + w->in_flight, now_ms); // it began before this answer
                w->reported = r->remaining;
        } else {
                w->used += r->used - (int64_t) c->cost;
                // Of a window that is over, it may tell of a minute that is over.
                if (c->serial == w->serial)
                        w->reported = MIN(w->reported, r->remaining);
        }
        w->known = true;
        w->total = r->total;
        w->remaining = MAX(MIN(w->reported, r->total) - w->in_flight, (int64_t) 0);
}

void quota_end(struct quota *q, const struct quota_call *c, bool sent, const struct quota_report *report,
               int64_t now_ms) {
        struct quota_window *w = &q->windows[c->family];

        turn_window(w, now_ms);
        w->in_flight = MAX(w->in_flight - (int64_t) c->cost, (int64_t) 0);
        if (report->known) {
                w->bare = 0;
                take_report(w, c, report, now_ms);
        } else if (!sent) {
                w->used = MAX(w->used - (int64_t) c->cost, (int64_t) 0);
                w->remaining += w->known ? c->cost : 0;
        } else if (w->bare < BARE_MAX && ++w->bare == BARE_MAX) {
                w->known = false; // another server, or a proxy that keeps the headers to itself
                w->used = w->in_flight;
        }
}

void quota_pause(struct quota *q, enum quota_family family, int64_t until_ms) {
        struct quota_window *w = &q->windows[family];

        w->pause_until_ms = MAX(w->pause_until_ms, until_ms);
        if (w->known) {
                w->remaining = w->reported = 0;
                w->end_ms = w->pause_until_ms; // then, it says, there is room again
        }
}

void quota_view(struct quota *q, enum quota_family family, int64_t now_ms, struct quota_view *ret) {
        struct quota_window *w = &q->windows[family];

        turn_window(w, now_ms);
        *ret = (struct quota_view){.name = quota_family_name(family),
                                   .known = w->known,
                                   .total = w->known ? w->total : 0,
                                   .remaining = w->known ? w->remaining : 0,
                                   .ours = w->known ? ours(q, w) : 0,
                                   .used = w->known ? MIN(w->used, w->total) : 0,
                                   .waiting = w->waiting,
                                   .pause_ms = MAX(w->pause_until_ms - now_ms, (int64_t) 0)};
}
