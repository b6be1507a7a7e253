#include "api/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/string.h"

bool access_is_loopback(const char *host) {
        struct in6_addr v6;
        struct in_addr v4;

        if (inet_pton(AF_INET, host, &v4) == 1)
                return (ntohl(v4.s_addr) >> IN_CLASSA_NSHIFT) == IN_LOOPBACKNET;
        if (inet_pton(AF_INET6, host, &v6) == 1)
                return IN6_IS_ADDR_LOOPBACK(&v6);
        return str_ieq(host, "localhost");
}

int access_check(const struct settings *s, struct error *e) {
        const char *host = settings_text(s, SETTING_HOST), *token = settings_text(s, SETTING_ADMIN_TOKEN);

        if (*token && strlen(token) < ADMIN_TOKEN_MIN)
                return error_set(
                                e, -EINVAL, ERROR_SETTING_INVALID,
                                "ADMIN_TOKEN must have at least %d characters; `openssl rand -hex 16` makes a good one",
                                ADMIN_TOKEN_MIN);
        if (!*token && !access_is_loopback(host))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "HOST %s can be reached by others, and ADMIN_TOKEN is not set: set it, or listen on "
                                 "127.0.0.1",
                                 host);
        return 0;
}

char *access_url(const char *host, uint16_t port) {
        bool v6 = strchr(host, ':');

        return str_printf("http://%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
}
