#include "api/api.h"

#include <errno.h>

#include "api/access.h"
#include "api/events.h"
#include "api/gate.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/pool.h"
#include "net/feed.h"

enum {
        NETWORK_THREADS = 2,  // epoll loops; a handler on them takes tens of microseconds
        POOL_THREADS_MIN = 4, // so that a caller waiting for Freshdesk leaves others room
        POOL_QUEUE_MAX = 256, // requests that wait for a pool thread; more are told to come back
};

struct api {
        struct gate *gate;
        struct http_feed *feed;
        struct events *events;
        struct http_server *server;
};

static int read_tls(const struct settings *s, struct tls_files *ret, struct error *e) {
        int r = access_tls(s, ret, e);
        char expires[CLOCK_ISO_SIZE];

        if (r <= 0)
                return r;
        if (ret->key_readable)
                log_warning("others than its owner may read TLS_KEY: chmod 600 %s", settings_text(s, SETTING_TLS_KEY));
        clock_iso(ret->expires_ms, expires);
        if (ret->expires_ms - clock_now_ms() < ACCESS_TLS_SOON_MS)
                log_warning("the certificate expires on %s; renew it, and send SIGHUP", expires);
        return 0;
}

int api_start(struct desk *d, struct api **ret, struct error *e) {
        const struct settings *s = desk_settings(d);
        struct api *a _cleanup_(api_stop_p) = calloc(1, sizeof(*a));

        if (!a)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the server");
        struct tls_files tls _cleanup_tls_ = {0};
        int r = gate_open(s, &a->gate, e);
        if (r == 0)
                r = read_tls(s, &tls, e);
        if (r < 0)
                return r;
        a->feed = http_feed_new();
        if (!a->feed)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the server");
        struct http_server_options o = {.host = settings_text(s, SETTING_HOST),
                                        .port = (uint16_t) settings_int(s, SETTING_PORT),
                                        .threads = NETWORK_THREADS,
                                        .pool_threads = MIN(MAX(parallel_processors() * 2, (unsigned) POOL_THREADS_MIN),
                                                            (unsigned) POOL_THREADS_MAX),
                                        .pool_queue_max = POOL_QUEUE_MAX,
                                        .body_max = (size_t) settings_int(s, SETTING_BODY_MAX),
                                        .connections_max = (unsigned) settings_int(s, SETTING_CONNECTIONS_MAX),
                                        .connections_per_address =
                                                        (unsigned) settings_int(s, SETTING_CONNECTIONS_PER_ADDRESS),
                                        .timeout_s = (unsigned) settings_int(s, SETTING_REQUEST_TIMEOUT),
                                        .tls_certificate = tls.certificate,
                                        .tls_key = tls.key,
                                        .routes = api_routes,
                                        .n_routes = api_n_routes,
                                        .admit = gate_admit,
                                        .gate = a->gate,
                                        .proxies = gate_proxies(a->gate),
                                        .feed = a->feed,
                                        .app = d};
        r = http_server_start(&o, &a->server, e);
        if (r == 0)
                r = events_start(d, a->feed, &a->events, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

int api_certify(struct api *a, const struct settings *s, struct error *e) {
        struct tls_files tls _cleanup_tls_ = {0};
        int r = read_tls(s, &tls, e);

        if (r < 0 || !tls.certificate)
                return r;
        r = http_server_certify(a->server, tls.certificate, tls.key, e);
        return r < 0 ? error_prefix(e, r, "TLS_CERTIFICATE and TLS_KEY") : 1;
}

uint16_t api_port(const struct api *a) {
        return http_server_port(a->server);
}

struct api *api_stop(struct api *a) {
        if (!a)
                return NULL;
        events_stop(a->events);
        if (a->server)
                http_server_stop(a->server);
        http_feed_free(a->feed);
        gate_free(a->gate);
        free(a);
        return NULL;
}
