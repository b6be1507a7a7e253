#include "api/gate.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "api/access.h"
#include "api/routes.h"
#include "base/digest.h"
#include "base/metrics.h"
#include "base/string.h"

enum { HOST_NAME_MAX_ = 64 }; // no name of loopback is half as long

struct gate {
        const struct settings *settings;
        struct address_list *proxies; // TRUSTED_PROXIES
        struct address_list *senders; // WEBHOOK_ALLOW; NULL: everybody
        struct replay *replay;
};

struct gate *gate_free(struct gate *g) {
        if (!g)
                return NULL;
        address_list_free(g->proxies);
        address_list_free(g->senders);
        replay_free(g->replay);
        free(g);
        return NULL;
}

int gate_open(const struct settings *s, struct gate **ret, struct error *e) {
        struct gate *g _cleanup_(gate_free_p) = calloc(1, sizeof(*g));
        int r;

        if (!g || !(g->replay = replay_new()))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the server");
        g->settings = s;
        if ((r = access_check(s, e)) < 0 ||
            (r = address_list_parse("TRUSTED_PROXIES", settings_text(s, SETTING_TRUSTED_PROXIES), &g->proxies, e)) <
                            0 ||
            (r = address_list_parse("WEBHOOK_ALLOW", settings_text(s, SETTING_WEBHOOK_ALLOW), &g->senders, e)) < 0)
                return r;
        *ret = TAKE_PTR(g);
        return 0;
}

const struct address_list *gate_proxies(const struct gate *g) {
        return g->proxies;
}

struct replay *gate_replay(struct gate *g) {
        return g->replay;
}

// ---- this machine

// The Host header without its port and brackets, when it names this machine.
static bool host_header_is_loopback(const char *header) {
        char host[HOST_NAME_MAX_];

        if (!header || !str_copy(host, sizeof(host), header))
                return false;
        char *end = *host == '[' ? strchr(host, ']') : strchr(host, ':');
        if (end)
                *end = '\0';
        return access_is_loopback(*host == '[' ? host + 1 : host);
}

// A page of another site can make a browser on this machine post here; the browser names the site.
static bool origin_is_ours(const struct http_request *r) {
        const char *origin = http_header(r, "Origin"), *host = http_header(r, "Host"), *scheme = http_scheme(r);
        size_t n = strlen(scheme);

        return !origin || (host && str_starts(origin, scheme) && str_starts(origin + n, "://") &&
                           str_ieq(origin + n + strlen("://"), host));
}

bool gate_from_here(const struct gate *g, const struct http_request *r) {
        bool handed_on = http_header(r, "Forwarded") || http_header(r, "X-Forwarded-For");

        // Without TRUSTED_PROXIES nobody should hand anything on, and who does it is not known.
        return http_from_loopback(r) && (g->proxies || !handed_on) && host_header_is_loopback(http_header(r, "Host")) &&
               origin_is_ours(r);
}

// ---- tokens

static const char *bearer(const struct http_request *r) {
        static const char scheme[] = "Bearer ";
        const char *sent = http_header(r, "Authorization");

        return sent && strncasecmp(sent, scheme, sizeof(scheme) - 1) == 0 ? sent + sizeof(scheme) - 1 : NULL;
}

static bool token_right(const char *token, const char *sent) {
        return *token && digest_equal(token, strlen(token), sent, strlen(sent));
}

bool gate_may_write(const struct gate *g, const struct http_request *r) {
        const char *token = settings_text(g->settings, SETTING_ADMIN_TOKEN), *sent = bearer(r);

        return !*token || (sent && token_right(token, sent));
}

static int check_token(struct gate *g, struct http_request *r, struct error *e) {
        const char *sent = bearer(r);
        // Both are always compared: the time tells nobody which of them was nearly right.
        bool writer = sent && token_right(settings_text(g->settings, SETTING_ADMIN_TOKEN), sent);
        bool reader = sent && token_right(settings_text(g->settings, SETTING_ADMIN_TOKEN_READ), sent);

        if (writer || (reader && (http_flags(r) & HTTP_READ)))
                return 0;
        if (reader)
                return error_set(e, -EACCES, ERROR_FORBIDDEN,
                                 "ADMIN_TOKEN_READ may only look; this changes something and needs ADMIN_TOKEN");
        http_set_header(r, "WWW-Authenticate", "Bearer");
        return error_set(e, -EACCES, ERROR_UNAUTHORIZED, "send the ADMIN_TOKEN as \"Authorization: Bearer ...\"");
}

static int check_sender(const struct gate *g, struct http_request *r, struct error *e) {
        struct address sender;

        if (!g->senders || (http_sender(r, &sender) && address_list_has(g->senders, &sender)))
                return 0;
        metric_inc(METRIC_EVENTS, "refused");
        return error_set(e, -EACCES, ERROR_FORBIDDEN,
                         "this address may not post webhooks; WEBHOOK_ALLOW has those that may");
}

int gate_admit(struct http_request *r, void *gate) {
        struct gate *g = gate;
        struct error e = ERROR_INIT;
        unsigned flags = http_flags(r);
        int k = 0;

        if (flags & HTTP_LISTED)
                k = check_sender(g, r, &e);
        else if (flags & HTTP_PUBLIC)
                k = 0;
        else if (*settings_text(g->settings, SETTING_ADMIN_TOKEN))
                k = check_token(g, r, &e);
        else if (!gate_from_here(g, r))
                k = error_set(&e, -EACCES, ERROR_FORBIDDEN,
                              "without ADMIN_TOKEN only this machine, by its loopback name, is answered");
        if (k < 0)
                http_reply_error(r, &e);
        return k;
}
