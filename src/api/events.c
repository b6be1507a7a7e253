// GET /events: tickets that changed and the state of the parts, told while they happen. GET /session: what one may do.
#include "api/events.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/gate.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "net/feed.h"

enum {
        LOOK_MS = 500,     // between looks when this process commits nothing: another one may have
        PAUSE_MS = 100,    // between two messages about tickets, so that a burst is a few messages and not thousands
        ROWS_MAX = 1000,   // audit rows of one look; more is a flood, and told as one
        TICKETS_MAX = 200, // named in one message; more are told as "look at all of them"
        HEALTH_MS = 2000,  // between looks at the parts
        BEAT_MS = 15000,   // between signs of life: most proxies cut a connection off that is silent for a minute
};

struct events {
        struct desk *d;
        struct http_feed *feed;
        pthread_t thread;
        atomic_bool stopping;
        uint64_t commits; // seen
        int64_t last;     // audit row; -1: not known yet
        int64_t health_ms, beat_ms;
        char *health; // as last told
};

// ---- tickets

struct changes {
        int64_t last;
        size_t rows, n;
        int64_t tickets[TICKETS_MAX];
        bool more;
};

static void add_row(void *arg, const struct audit_row *row) {
        struct changes *c = arg;

        c->last = row->id;
        c->rows++;
        for (size_t i = 0; i < c->n; i++)
                if (c->tickets[i] == row->ticket_id)
                        return;
        if (c->n < TICKETS_MAX)
                c->tickets[c->n++] = row->ticket_id;
        else
                c->more = true;
}

static void tell_tickets(struct events *v, const struct changes *c) {
        json_t *list = json_array();

        for (size_t i = 0; i < c->n && !c->more; i++)
                json_array_append_new(list, json_integer(c->tickets[i]));
        json_t *message _cleanup_json_ = json_pack("{s:o, s:b}", "tickets", list, "more", c->more);
        char *text _cleanup_free_ = message ? json_text(message) : NULL;
        if (text)
                http_feed_publish(v->feed, c->last, "tickets", text);
}

// Every change of a ticket leaves a row in the audit trail, whichever process made it.
static void look_at_tickets(struct events *v, struct store *s) {
        struct changes c = {.last = v->last};

        if (store_audit(s, 0, v->last, ROWS_MAX, add_row, &c, NULL) < 0 || c.rows == 0)
                return;
        if (c.rows == ROWS_MAX) {
                c.more = true;
                (void) !store_audit_last(s, &c.last, NULL);
        }
        v->last = c.last;
        tell_tickets(v, &c);
}

// ---- the parts

static void look_at_health(struct events *v) {
        json_t *health _cleanup_json_ = desk_health(v->d);

        if (!health)
                return;
        json_object_del(health, "uptime_s");
        char *text _cleanup_free_ = json_text(health);
        if (!text || str_eq(text, v->health))
                return;
        http_feed_publish(v->feed, 0, "health", text);
        free(v->health);
        v->health = TAKE_PTR(text);
}

// ---- the thread

static void look(struct events *v) {
        struct store *s = desk_store(v->d);
        int64_t now = clock_monotonic_ms();

        // Who comes first looks at the lists first: what was before is not told.
        if (s && (v->last < 0 || http_feed_listeners(v->feed) == 0)) {
                if (store_audit_last(s, &v->last, NULL) == 0)
                        http_feed_skip(v->feed, v->last);
                return;
        }
        if (s)
                look_at_tickets(v, s);
        if (now - v->health_ms >= HEALTH_MS) {
                look_at_health(v);
                v->health_ms = now;
        }
        if (now - v->beat_ms >= BEAT_MS) {
                http_feed_publish(v->feed, 0, NULL, NULL);
                v->beat_ms = now;
        }
}

static void *run(void *arg) {
        struct events *v = arg;

        while (!atomic_load(&v->stopping)) {
                const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
                struct store *s = desk_store(v->d);

                look(v);
                nanosleep(&pause, NULL);
                if (s)
                        store_change_wait(s, &v->commits, LOOK_MS);
                else
                        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        }
        return NULL;
}

int events_start(struct desk *d, struct http_feed *feed, struct events **ret, struct error *e) {
        struct events *v = calloc(1, sizeof(*v));
        int r;

        if (!v)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the server");
        v->d = d;
        v->feed = feed;
        v->last = -1;
        v->beat_ms = clock_monotonic_ms();
        r = -pthread_create(&v->thread, NULL, run, v);
        if (r < 0) {
                free(v);
                return error_set(e, r, ERROR_INTERNAL, "no thread can be started: %s", strerror(-r));
        }
        (void) pthread_setname_np(v->thread, "events");
        *ret = v;
        return 0;
}

struct events *events_stop(struct events *v) {
        if (!v)
                return NULL;
        atomic_store(&v->stopping, true);
        pthread_join(v->thread, NULL);
        free(v->health);
        free(v);
        return NULL;
}

// ---- the calls

void api_events(struct http_request *r, void *app) {
        const char *seen = http_header(r, "Last-Event-ID");
        int64_t after = 0;

        (void) app;
        if (seen && str_to_int64(seen, 0, INT64_MAX, &after) < 0)
                after = 0;
        http_reply_feed(r, http_feed(r), after);
}

void api_session(struct http_request *r, void *app) {
        const struct settings *s = desk_settings(app);

        json_t *categories = json_array();
        for (size_t i = 0; i < triage_categories(desk_triage(app)); i++)
                json_array_append_new(categories, json_string(triage_category(desk_triage(app), i)));
        http_reply_json(r, 200,
                        json_pack("{s:s, s:b, s:s, s:b, s:o}", "role",
                                  gate_may_write(http_gate(r), r) ? "write" : "read", "token",
                                  *settings_text(s, SETTING_ADMIN_TOKEN) != '\0', "mode",
                                  settings_text(s, SETTING_MODE), "freshdesk", desk_has_freshdesk(app), "categories",
                                  categories));
}
