#include "net/connection.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "base/wait.h"
#include "net/arrival.h"
#include "net/first_line.h"
#include "net/refusal.h"
#include "net/shown.h"
#include "net/site.h"

enum {
        CONNECTION_LOOKS = 8, // looks per timeout: a late client is noticed after at most an eighth more
        CONNECTION_LOOK_MIN_MS = 50,
        CONNECTION_LOOK_MAX_MS = 1000,
        // An answer may take this many timeouts to leave: the largest is 1.5 MB, and a slow line is no attack.
        CONNECTION_ANSWER_TIMEOUTS = 8,
        CONNECTION_UNREAD_BYTES = 16384,
        CONNECTION_UNREAD_MAX = 64,             // times these bytes are read away behind a refusal: 1 MB
        CONNECTION_COMPLAINT_US = 60 * 1000000, // between two log lines about one flood
        CONNECTION_CROWD_EIGHTHS = 7,           // of the patience with silence that a crowd costs
};

enum connection_phase { PHASE_IDLE, PHASE_RECEIVING, PHASE_HANDLING, PHASE_ANSWERING };

// Phase and deadline in one word, so that the look and the network thread can never both win.
typedef int64_t connection_stamp;
#define STAMP_EXPIRED ((connection_stamp) -1)
#define STAMP_MAKE(phase, deadline_us) ((connection_stamp) ((deadline_us) << 2 | (phase)))
#define STAMP_PHASE(stamp) ((enum connection_phase)((stamp) &3))
#define STAMP_DEADLINE_US(stamp) ((stamp) >> 2)

struct connection {
        struct connections *all;
        struct connection *previous, *next;
        int fd;
        bool has_peer;
        struct site_member from; // if it has a peer
        _Atomic connection_stamp stamp;
        struct first_line line;    // of its first request
        atomic_bool asked;         // something arrived since the last answer
        gnutls_session_t session;  // NULL: plain
        struct shown *certificate; // of the session
};

struct connections {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        pthread_t thread;
        bool running, closing;
        struct connections_options options;
        int64_t timeout_us, look_ms, complained_us;
        unsigned n;
        struct connection *first;
        struct sites sites;
};

bool connections_may_come(struct connections *all, const struct sockaddr *peer) {
        int64_t now_us = clock_monotonic_us();
        char text[ADDRESS_TEXT_SIZE];
        bool full, complain;
        struct address a;

        if (all->options.per_address_max == 0 || !address_from_socket(peer, &a) || address_is_loopback(&a) ||
            address_list_has(all->options.exempt, &a))
                return true;
        pthread_mutex_lock(&all->lock);
        full = sites_count(&all->sites, &a, all->options.per_address_max) >= all->options.per_address_max;
        complain = full && now_us - all->complained_us > CONNECTION_COMPLAINT_US;
        if (complain)
                all->complained_us = now_us;
        pthread_mutex_unlock(&all->lock);
        if (full)
                metric_inc(METRIC_HTTP_TURNED_AWAY, NULL);
        if (complain) {
                address_text(&a, text);
                log_warning("http: %s has %u connection%s, and more are turned away (CONNECTIONS_PER_ADDRESS)", text,
                            all->options.per_address_max, str_s(all->options.per_address_max));
        }
        return !full;
}

struct connection *connection_add(struct connections *all, int fd, const struct sockaddr *peer) {
        struct connection *c = calloc(1, sizeof(*c));

        if (!c)
                return NULL;
        c->all = all;
        c->fd = fd;
        c->has_peer = address_from_socket(peer, &c->from.peer);
        atomic_init(&c->stamp, STAMP_MAKE(PHASE_IDLE, clock_monotonic_us() + all->timeout_us));
        pthread_mutex_lock(&all->lock);
        c->next = all->first;
        if (c->next)
                c->next->previous = c;
        all->first = c;
        if (c->has_peer)
                sites_add(&all->sites, &c->from);
        all->n++;
        pthread_mutex_unlock(&all->lock);
        arrival_watch(fd, c);
        return c;
}

void connection_remove(struct connection *c) {
        if (!c)
                return;
        arrival_watch(c->fd, NULL);
        pthread_mutex_lock(&c->all->lock);
        if (c->next)
                c->next->previous = c->previous;
        if (c->previous)
                c->previous->next = c->next;
        else
                c->all->first = c->next;
        if (c->has_peer)
                sites_remove(&c->all->sites, &c->from);
        c->all->n--;
        pthread_mutex_unlock(&c->all->lock);
        shown_unref(c->certificate);
        free(c);
}

void connection_secured(struct connection *c, gnutls_session_t session, struct shown *certificate) {
        c->session = session;
        c->certificate = certificate;
        shown_in(certificate, session);
}

bool connection_peer(const struct connection *c, struct address *ret) {
        if (c->has_peer)
                *ret = c->from.peer;
        return c->has_peer;
}

static bool connection_move(struct connection *c, enum connection_phase phase, int64_t deadline_us) {
        connection_stamp before = atomic_load_explicit(&c->stamp, memory_order_relaxed);

        do {
                if (before == STAMP_EXPIRED)
                        return false;
        } while (!atomic_compare_exchange_weak(&c->stamp, &before, STAMP_MAKE(phase, deadline_us)));
        return true;
}

bool connection_receiving(struct connection *c, int64_t now_us) {
        return connection_move(c, PHASE_RECEIVING, now_us + c->all->timeout_us);
}

bool connection_handling(struct connection *c) {
        return connection_move(c, PHASE_HANDLING, 0);
}

bool connection_answering(struct connection *c, int64_t now_us) {
        return connection_move(c, PHASE_ANSWERING, now_us + c->all->timeout_us * CONNECTION_ANSWER_TIMEOUTS);
}

bool connection_idle(struct connection *c, int64_t now_us) {
        atomic_store_explicit(&c->asked, false, memory_order_relaxed);
        return connection_move(c, PHASE_IDLE, now_us + c->all->timeout_us);
}

// Best effort: a client that does not read has no claim to an explanation.
static void refuse_plain(struct connection *c, const struct refusal *r) {
        char answer[REFUSAL_ANSWER_MAX];
        size_t n = refusal_write(r, answer);

        if (n > 0)
                (void) !send(c->fd, answer, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void connection_refuse(struct connection *c, int status, enum error_code code, const char *message) {
        const struct refusal r = {.status = status, .code = code, .message = message};
        char answer[REFUSAL_ANSWER_MAX];
        size_t n;

        if (!c->session) {
                refuse_plain(c, &r);
                return;
        }
        n = refusal_write(&r, answer);
        if (n > 0 && gnutls_record_send(c->session, answer, n) == (ssize_t) n)
                (void) gnutls_bye(c->session, GNUTLS_SHUT_WR);
}

// What is said must be the last word; and a connection that is closed with something unread is reset, which takes the
// answer away from who has not read it yet.
static void connection_end(struct connection *c) {
        char unread[CONNECTION_UNREAD_BYTES];

        (void) shutdown(c->fd, SHUT_WR);
        for (int i = 0; i < CONNECTION_UNREAD_MAX; i++)
                if (recvfrom(c->fd, unread, sizeof(unread), MSG_DONTWAIT, NULL, NULL) <= 0)
                        break;
}

bool connection_arrived(struct connection *c, const char *bytes, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (bytes[i] != '\r' && bytes[i] != '\n') {
                        atomic_store_explicit(&c->asked, true, memory_order_relaxed);
                        break;
                }
        return c->all->options.tls || connection_unwrapped(c, bytes, n); // what is wrapped comes again
}

bool connection_has_session(const struct connection *c, gnutls_session_t session) {
        return c->session == session;
}

bool connection_unwrapped(struct connection *c, const char *bytes, size_t n) {
        struct error e = ERROR_INIT;
        int r = first_line_read(&c->line, bytes, n, &e);
        if (r >= 0)
                return true;
        if (connection_handling(c)) {
                connection_refuse(c, r == -EPROTONOSUPPORT ? 505 : error_status(e.code), e.code, e.message);
                connection_end(c);
        }
        return false;
}

void connection_refuse_instead(struct connection *c, unsigned status, const char *page) {
        connection_stamp stamp = atomic_load_explicit(&c->stamp, memory_order_relaxed);

        // While an answer of ours is due or leaves, there is no place for another.
        if (stamp == STAMP_EXPIRED || (STAMP_PHASE(stamp) != PHASE_IDLE && STAMP_PHASE(stamp) != PHASE_RECEIVING) ||
            !connection_handling(c))
                return;
        struct refusal r = refusal_instead(status, page);
        connection_refuse(c, r.status, r.code, r.message);
        connection_end(c);
}

// Under the lock, so that the socket cannot be closed, and its number given to another, meanwhile.
static void connection_look(struct connection *c, int64_t now_us, bool crowded) {
        connection_stamp stamp = atomic_load_explicit(&c->stamp, memory_order_relaxed);
        int64_t sooner_us = 0;

        // Where places are short, one that is not used goes to somebody who waits for it.
        if (crowded && stamp != STAMP_EXPIRED && STAMP_PHASE(stamp) == PHASE_IDLE)
                sooner_us = c->all->timeout_us / 8 * CONNECTION_CROWD_EIGHTHS;
        if (stamp == STAMP_EXPIRED || STAMP_PHASE(stamp) == PHASE_HANDLING ||
            STAMP_DEADLINE_US(stamp) - sooner_us > now_us)
                return;
        if (!atomic_compare_exchange_strong(&c->stamp, &stamp, STAMP_EXPIRED))
                return;
        if (STAMP_PHASE(stamp) == PHASE_RECEIVING ||
            (STAMP_PHASE(stamp) == PHASE_IDLE && atomic_load_explicit(&c->asked, memory_order_relaxed))) {
                if (!c->all->options.tls)
                        refuse_plain(c, &(struct refusal){408, ERROR_TIMEOUT, "the request did not arrive in time"});
                log_debug("http: a client took longer than %lld s to send a request",
                          (long long) (c->all->timeout_us / 1000000));
        }
        // Its network thread sees the end of the stream and closes it.
        (void) shutdown(c->fd, SHUT_RDWR);
}

static void *connections_run(void *arg) {
        struct connections *all = arg;

        pthread_mutex_lock(&all->lock);
        while (!all->closing) {
                int64_t now_us = clock_monotonic_us();

                for (struct connection *c = all->first; c; c = c->next)
                        connection_look(c, now_us, all->n > all->options.max / 4 * 3);
                (void) wait_until(&all->wake, &all->lock, now_us + all->look_ms * 1000);
        }
        pthread_mutex_unlock(&all->lock);
        return NULL;
}

struct connections *connections_free(struct connections *all) {
        if (!all)
                return NULL;
        if (all->running) {
                pthread_mutex_lock(&all->lock);
                all->closing = true;
                pthread_cond_signal(&all->wake);
                pthread_mutex_unlock(&all->lock);
                pthread_join(all->thread, NULL);
        }
        pthread_cond_destroy(&all->wake);
        pthread_mutex_destroy(&all->lock);
        free(all);
        return NULL;
}

int connections_new(const struct connections_options *o, struct connections **ret, struct error *e) {
        struct connections *all = calloc(1, sizeof(*all));
        int r;

        if (!all)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the server");
        all->options = *o;
        all->timeout_us = (int64_t) o->timeout_s * 1000000;
        all->complained_us = -CONNECTION_COMPLAINT_US;
        all->look_ms = MIN(MAX((int64_t) o->timeout_s * 1000 / CONNECTION_LOOKS, CONNECTION_LOOK_MIN_MS),
                           CONNECTION_LOOK_MAX_MS);
        pthread_mutex_init(&all->lock, NULL);
        wait_init(&all->wake);
        r = pthread_create(&all->thread, NULL, connections_run, all);
        if (r != 0) {
                connections_free(all);
                return error_set(e, -EAGAIN, ERROR_INTERNAL, "cannot start a thread for the server: %s", strerror(r));
        }
        all->running = true;
        (void) pthread_setname_np(all->thread, "http-deadline");
        *ret = all;
        return 0;
}
