#include "api/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/access.h"
#include "api/routes.h"
#include "base/digest.h"
#include "base/string.h"

enum {
        NETWORK_THREADS = 2,  // epoll loops; a handler on them takes tens of microseconds
        POOL_THREADS_MIN = 4, // so that a caller waiting for Freshdesk leaves others room
        POOL_QUEUE_MAX = 256, // requests that wait for a pool thread; more are told to come back
};

struct api {
        struct http_server *server;
};

// The Host header without its port and brackets, when it names this machine.
static bool host_header_is_loopback(const char *header) {
        char host[64];

        if (!header || !str_copy(host, sizeof(host), header))
                return false;
        char *end = *host == '[' ? strchr(host, ']') : strchr(host, ':');
        if (end)
                *end = '\0';
        return access_is_loopback(*host == '[' ? host + 1 : host);
}

// A page of another site can make a browser on this machine post here; the browser names the site.
static bool origin_is_ours(const struct http_request *r) {
        static const char scheme[] = "http://";
        const char *origin = http_header(r, "Origin"), *host = http_header(r, "Host");

        return !origin || (host && str_starts(origin, scheme) && str_ieq(origin + sizeof(scheme) - 1, host));
}

bool api_from_here(const struct http_request *r) {
        return http_from_loopback(r) && host_header_is_loopback(http_header(r, "Host")) && origin_is_ours(r) &&
               !http_header(r, "Forwarded") && !http_header(r, "X-Forwarded-For");
}

static bool bearer_right(struct http_request *r, const char *token) {
        static const char scheme[] = "Bearer ";
        const char *sent = http_header(r, "Authorization");

        if (!sent || strncasecmp(sent, scheme, sizeof(scheme) - 1) != 0)
                return false;
        sent += sizeof(scheme) - 1;
        return digest_equal(token, strlen(token), sent, strlen(sent));
}

static int admit(struct http_request *r, void *app) {
        const char *token = settings_text(desk_settings(app), SETTING_ADMIN_TOKEN);
        struct error e = ERROR_INIT;

        if (*token) {
                if (bearer_right(r, token))
                        return 0;
                http_set_header(r, "WWW-Authenticate", "Bearer");
                error_set(&e, -EACCES, ERROR_UNAUTHORIZED, "send the ADMIN_TOKEN as \"Authorization: Bearer ...\"");
        } else {
                if (api_from_here(r))
                        return 0;
                error_set(&e, -EACCES, ERROR_FORBIDDEN,
                          "without ADMIN_TOKEN only this machine, by its loopback name, is answered");
        }
        http_reply_error(r, &e);
        return -EACCES;
}

int api_start(struct desk *d, struct api **ret, struct error *e) {
        const struct settings *s = desk_settings(d);
        struct api *a _cleanup_(api_stop_p) = calloc(1, sizeof(*a));
        long processors = sysconf(_SC_NPROCESSORS_ONLN);

        if (!a)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the server");
        int r = access_check(s, e);
        if (r < 0)
                return r;
        struct http_server_options o = {.host = settings_text(s, SETTING_HOST),
                                        .port = (uint16_t) settings_int(s, SETTING_PORT),
                                        .threads = NETWORK_THREADS,
                                        .pool_threads = (unsigned) MAX(processors * 2, POOL_THREADS_MIN),
                                        .pool_queue_max = POOL_QUEUE_MAX,
                                        .body_max = (size_t) settings_int(s, SETTING_BODY_MAX),
                                        .connections_max = (unsigned) settings_int(s, SETTING_CONNECTIONS_MAX),
                                        .timeout_s = (unsigned) settings_int(s, SETTING_REQUEST_TIMEOUT),
                                        .routes = api_routes,
                                        .n_routes = api_n_routes,
                                        .admit = admit,
                                        .app = d};
        r = http_server_start(&o, &a->server, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

uint16_t api_port(const struct api *a) {
        return http_server_port(a->server);
}

struct api *api_stop(struct api *a) {
        if (!a)
                return NULL;
        if (a->server)
                http_server_stop(a->server);
        free(a);
        return NULL;
}
