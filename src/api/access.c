#include "api/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/string.h"
#include "net/address.h"

bool access_is_loopback(const char *host) {
        struct in6_addr v6;
        struct in_addr v4;

        if (inet_pton(AF_INET, host, &v4) == 1)
                return (ntohl(v4.s_addr) >> IN_CLASSA_NSHIFT) == IN_LOOPBACKNET;
        if (inet_pton(AF_INET6, host, &v6) == 1)
                return IN6_IS_ADDR_LOOPBACK(&v6);
        return str_ieq(host, "localhost");
}

static int too_short(const char *name, struct error *e) {
        return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                         "%s must have at least %d characters; `openssl rand -hex 16` makes a good one", name,
                         ADMIN_TOKEN_MIN);
}

static int check_tokens(const struct settings *s, struct error *e) {
        const char *token = settings_text(s, SETTING_ADMIN_TOKEN), *reader = settings_text(s, SETTING_ADMIN_TOKEN_READ);

        if (*token && strlen(token) < ADMIN_TOKEN_MIN)
                return too_short("ADMIN_TOKEN", e);
        if (*reader && strlen(reader) < ADMIN_TOKEN_MIN)
                return too_short("ADMIN_TOKEN_READ", e);
        if (*reader && !*token)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "ADMIN_TOKEN_READ is set and ADMIN_TOKEN is not: without it anybody here may write");
        if (*reader && str_eq(reader, token))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "ADMIN_TOKEN_READ is the same as ADMIN_TOKEN, and would be allowed to write");
        return 0;
}

static int check_secrets(const struct settings *s, struct error *e) {
        if (*settings_text(s, SETTING_WEBHOOK_SECRET))
                return 0;
        if (*settings_text(s, SETTING_WEBHOOK_SECRET_OLD))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "WEBHOOK_SECRET_OLD is set and WEBHOOK_SECRET is not: put the secret there");
        if (settings_bool(s, SETTING_WEBHOOK_TIMESTAMP))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "WEBHOOK_TIMESTAMP demands a signature, and WEBHOOK_SECRET is not set");
        return 0;
}

static int check_lists(const struct settings *s, struct error *e) {
        static const enum setting_id ids[] = {SETTING_TRUSTED_PROXIES, SETTING_WEBHOOK_ALLOW};

        for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
                struct address_list *l _cleanup_(address_list_free_p) = NULL;
                int r = address_list_parse(settings_table[ids[i]].name, settings_text(s, ids[i]), &l, e);

                if (r < 0)
                        return r;
        }
        return 0;
}

int access_check(const struct settings *s, struct error *e) {
        const char *host = settings_text(s, SETTING_HOST);
        int r;

        if ((r = check_tokens(s, e)) < 0 || (r = check_secrets(s, e)) < 0 || (r = check_lists(s, e)) < 0)
                return r;
        if (!*settings_text(s, SETTING_ADMIN_TOKEN) && !access_is_loopback(host))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "HOST %s can be reached by others, and ADMIN_TOKEN is not set: set it, or listen on "
                                 "127.0.0.1",
                                 host);
        return 0;
}

int access_tls(const struct settings *s, struct tls_files *ret, struct error *e) {
        const char *certificate = settings_text(s, SETTING_TLS_CERTIFICATE), *key = settings_text(s, SETTING_TLS_KEY);
        int r;

        if (!*certificate && !*key)
                return 0;
        if (!*certificate || !*key)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s is set and %s is not; TLS needs both",
                                 *key ? "TLS_KEY" : "TLS_CERTIFICATE", *key ? "TLS_CERTIFICATE" : "TLS_KEY");
        r = tls_read(certificate, key, ret, e);
        return r < 0 ? error_prefix(e, r, "TLS_CERTIFICATE and TLS_KEY") : 1;
}

char *access_url(const struct settings *s, uint16_t port) {
        const char *host = settings_text(s, SETTING_HOST);
        bool v6 = strchr(host, ':');

        return str_printf("%s://%s%s%s:%u", *settings_text(s, SETTING_TLS_CERTIFICATE) ? "https" : "http",
                          v6 ? "[" : "", host, v6 ? "]" : "", port);
}
