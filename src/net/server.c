#include "net/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/string.h"
#include "base/wait.h"
#include "net/arrival.h"
#include "net/feed.h"
#include "net/journey.h"
#include "net/listen.h"
#include "net/server_private.h"

enum {
        // Holds 16 kB of headers, what libmicrohttpd notes about each, and the head of the answer.
        SERVER_CONNECTION_MEMORY = 32 * 1024,
        SERVER_BACKLOG_MAX = 4096, // the kernel's own limit
        SERVER_FILES_SPARE = 256,  // open files besides connections: database, documents, calls to Freshdesk
        SERVER_ACCEPT_PAUSE_NS =
                        50000000, // 50 ms: others of this network thread wait as long, and it costs no processor
        SERVER_STOP_LOOK_MS = 10, // between looks while the server stops
        SERVER_THREADS_MAX = 64,
};

// Each connection is an open file, and the usual limit of 1,024 is below the usual CONNECTIONS_MAX.
static void raise_files(unsigned connections) {
        struct rlimit limit;
        rlim_t wanted = (rlim_t) connections + SERVER_FILES_SPARE;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
                return;
        limit.rlim_cur = MIN(wanted, limit.rlim_max);
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < wanted)
                log_warning("http: only %llu open files are allowed, too few for CONNECTIONS_MAX=%u; raise ulimit -n",
                            (unsigned long long) limit.rlim_cur, connections);
}

// It says so before it answers, on the connection's network thread: what it will answer, and with which page.
static void refuse_instead(va_list ap) {
        struct connection *c = arrival_current();
        va_list copy;

        va_copy(copy, ap);
        unsigned status = va_arg(copy, unsigned);
        const char *page = va_arg(copy, const char *);
        va_end(copy);
        if (c)
                connection_refuse_instead(c, status, page);
}

static void daemon_log(void *arg, const char *fmt, va_list ap) _printf_(2, 0);
static void daemon_log(void *arg, const char *fmt, va_list ap) {
        char line[256];

        (void) arg;
        // Without a file left for it a connection stays in line, and libmicrohttpd asks for it again at once, for ever.
        if (str_starts(fmt, "Error accepting connection")) {
                const struct timespec pause = {.tv_nsec = SERVER_ACCEPT_PAUSE_NS};
                nanosleep(&pause, NULL);
        }
        if (str_starts(fmt, "Error processing request (HTTP response code is %u"))
                refuse_instead(ap);
        if (!log_enabled(LOG_DEBUG))
                return;
        (void) vsnprintf(line, sizeof(line), fmt, ap);
        line[strcspn(line, "\n")] = '\0';
        log_debug("http: %s", line);
}

// In GnuTLS's words: at least 128 bits, and nothing older than TLS 1.2 (RFC 8996).
static const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

// The library only reads it; its parameter is not const.
static void *text(const char *s) {
        return (void *) (uintptr_t) s;
}

static struct MHD_Daemon *daemon_start(struct http_server *s) {
        unsigned flags = MHD_USE_ERROR_LOG | MHD_USE_SUSPEND_RESUME | MHD_USE_INTERNAL_POLLING_THREAD;
        struct MHD_OptionItem more[8];
        size_t n = 0;

        flags |= MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES ? MHD_USE_EPOLL : MHD_USE_AUTO;
        if (s->options.threads > 1)
                more[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t) s->options.threads, NULL};
        if (s->tls) {
                flags |= MHD_USE_TLS;
                more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK2, 0,
                                                    (void *) (uintptr_t) shown_retrieve};
                more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, text(tls_priorities)};
        }
#if MHD_VERSION >= 0x00097701
        more[n++] = (struct MHD_OptionItem){MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL};
#endif
        // Older ones: what their strict mode refuses, guard.c refuses too, with a reason in JSON.
        more[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
        return MHD_start_daemon(flags, s->port, journey_accept, s, journey_request, s, MHD_OPTION_EXTERNAL_LOGGER,
                                daemon_log,
                                NULL, // first, so that it hears of the others
                                MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
                                s->options.connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                (size_t) SERVER_CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, journey_request_line, s,
                                MHD_OPTION_NOTIFY_COMPLETED, journey_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
                                journey_connection, s, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static int pools_start(struct http_server *s, struct error *e) {
        const struct http_server_options *o = &s->options;
        unsigned flags = 0;
        int r = 0;

        for (size_t i = 0; i < o->n_routes; i++)
                flags |= o->routes[i].flags;
        if (flags & HTTP_POOLED)
                r = pool_new("http", o->pool_threads, o->pool_queue_max, &s->pool);
        if (r >= 0 && (flags & HTTP_SLOW))
                r = pool_new("http-slow", o->pool_threads, o->pool_queue_max, &s->slow);
        if (r < 0)
                return error_set(e, r, ERROR_INTERNAL, "cannot start %u threads for requests: %s", o->pool_threads,
                                 strerror(-r));
        return 0;
}

static int server_start(struct http_server *s, struct error *e) {
        const struct http_server_options *o = &s->options;
        struct connections_options connections = {.timeout_s = o->timeout_s,
                                                  .max = o->connections_max,
                                                  .tls = s->tls,
                                                  .per_address_max = o->connections_per_address,
                                                  .exempt = o->proxies};
        int r;

        r = route_table_new(o->routes, o->n_routes, &s->routes, e);
        if (r < 0)
                return r;
        r = pools_start(s, e);
        if (r < 0)
                return r;
        r = connections_new(&connections, &s->connections, e);
        if (r < 0)
                return r;
        if (s->tls && (r = shown_new(o->tls_certificate, o->tls_key, &s->shown, e)) < 0)
                return r;
        raise_files(o->connections_max);
        r = listen_open(o->host, o->port, MIN(o->connections_max, (unsigned) SERVER_BACKLOG_MAX), &s->listen_fd,
                        &s->port, e);
        if (r < 0)
                return r;
        s->daemon = daemon_start(s);
        s->options.tls_certificate = s->options.tls_key = NULL; // the caller's, for the start only
        if (!s->daemon)
                return error_set(e, -EIO, ERROR_INTERNAL,
                                 "the HTTP server does not start; with LOG_LEVEL=DEBUG it says why");
        s->listen_fd = -1; // the daemon's now
        return 0;
}

static struct http_server *server_free(struct http_server *s) {
        if (!s)
                return NULL;
        if (s->daemon)
                MHD_stop_daemon(s->daemon);
        connections_free(s->connections);
        pool_free(s->pool);
        pool_free(s->slow);
        route_table_free(s->routes);
        if (s->listen_fd >= 0)
                (void) close(s->listen_fd);
        shown_unref(s->shown);
        pthread_mutex_destroy(&s->shown_lock);
        pthread_cond_destroy(&s->calm);
        pthread_mutex_destroy(&s->lock);
        free(s);
        return NULL;
}
DEFINE_CLEANUP(struct http_server, server_free);

int http_server_start(const struct http_server_options *o, struct http_server **ret, struct error *e) {
        struct http_server *s _cleanup_(server_free_p) = NULL;
        sigset_t all, before;
        int r;

        if (o->threads == 0 || o->threads > SERVER_THREADS_MAX || o->connections_max < o->threads || o->timeout_s == 0)
                return error_set(e, -EINVAL, ERROR_INTERNAL,
                                 "the HTTP server needs threads, connections and a timeout");
        if (o->tls_certificate && (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES ||
                                   MHD_is_feature_supported(MHD_FEATURE_HTTPS_CERT_CALLBACK2) != MHD_YES))
                return error_set(e, -ENOTSUP, ERROR_SETTING_INVALID,
                                 "TLS_CERTIFICATE: the HTTP library of this system has no TLS; put a proxy in front");
        s = calloc(1, sizeof(*s));
        if (!s)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the server");
        s->options = *o;
        s->tls = o->tls_certificate != NULL;
        s->listen_fd = -1;
        s->id_start = (uint32_t) digest_random();
        pthread_mutex_init(&s->lock, NULL);
        pthread_mutex_init(&s->shown_lock, NULL);
        wait_init(&s->calm);

        // Signals are the main thread's business, and threads inherit what is blocked here.
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        r = server_start(s, e);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

uint16_t http_server_port(const struct http_server *s) {
        return s->port;
}

int http_server_certify(struct http_server *s, const char *certificate, const char *key, struct error *e) {
        struct shown *shown = NULL, *before;
        int r = s->tls ? shown_new(certificate, key, &shown, e)
                       : error_set(e, -EINVAL, ERROR_CONFLICT, "the server speaks no TLS");

        if (r < 0)
                return r;
        pthread_mutex_lock(&s->shown_lock);
        before = s->shown;
        s->shown = shown;
        pthread_mutex_unlock(&s->shown_lock);
        shown_unref(before);
        return 0;
}

static void wait_calm(struct http_server *s, int64_t until_us) {
        pthread_mutex_lock(&s->lock);
        while (atomic_load(&s->in_flight) > 0) {
                int64_t now_us = clock_monotonic_us();

                if (now_us >= until_us)
                        break;
                (void) wait_until(&s->calm, &s->lock, now_us + SERVER_STOP_LOOK_MS * 1000);
        }
        pthread_mutex_unlock(&s->lock);
}

struct http_server *http_server_stop(struct http_server *s) {
        if (!s)
                return NULL;
        // New requests are answered 503 from here on; the socket itself closes with the daemon.
        atomic_store(&s->stopping, true);
        if (s->options.feed)
                http_feed_close(s->options.feed);
        wait_calm(s, clock_monotonic_us() + (int64_t) s->options.timeout_s * 1000000);
        s->pool = pool_free(s->pool);
        s->slow = pool_free(s->slow);
        // The daemon must not be stopped while a connection is suspended. Handlers that still owe an answer lose their
        // client.
        while (atomic_load(&s->in_flight) > 0) {
                journey_abandon(s);
                wait_calm(s, clock_monotonic_us() + SERVER_STOP_LOOK_MS * 1000);
        }
        return server_free(s);
}
