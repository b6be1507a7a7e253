#include "freshdesk/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define API "/api/v2"
#define HOME ".freshdesk.com"

enum { LABEL_MAX = 63 }; // of a host name, RFC 1035

// Labels of letters, digits and inner hyphens, with single dots between them.
static bool host_name_valid(const char *s, size_t n) {
        size_t label = 0;

        for (size_t i = 0; i < n; i++) {
                if (s[i] == '.') {
                        if (label == 0 || s[i - 1] == '-')
                                return false;
                        label = 0;
                        continue;
                }
                if (!strchr(LETTERS DIGITS "-", s[i]) || (label == 0 && s[i] == '-') || ++label > LABEL_MAX)
                        return false;
        }
        return label > 0 && s[n - 1] != '-';
}

static int from_domain(const char *domain, struct address *ret, struct error *e) {
        size_t n = strlen(domain), home = strlen(HOME);
        bool whole = n > home && strcasecmp(domain + n - home, HOME) == 0;

        if (!host_name_valid(domain, n) || n + home >= sizeof(ret->host) || (!whole && strchr(domain, '.')))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_DOMAIN must be the account's name (acme) or acme.freshdesk.com, not \"%s\"",
                                 domain);
        snprintf(ret->host, sizeof(ret->host), "%s%s", domain, whole ? "" : HOME);
        snprintf(ret->base, sizeof(ret->base), "https://%s" API, ret->host);
        return 0;
}

// host, host:port, [v6], [v6]:port
static bool authority_valid(const char *s, size_t n) {
        size_t host = 0, digits;
        int64_t port;
        char text[8];

        if (n > 0 && s[0] == '[') {
                host = strspn(s + 1, DIGITS "abcdefABCDEF:.") + 2;
                if (host < 4 || host > n || s[host - 1] != ']')
                        return false;
        } else {
                while (host < n && s[host] != ':')
                        host++;
                if (host == 0 || !host_name_valid(s, host))
                        return false;
        }
        if (host == n)
                return true;
        digits = n - host - 1;
        if (s[host] != ':' || digits == 0 || digits >= sizeof(text))
                return false;
        memcpy(text, s + host + 1, digits);
        text[digits] = '\0';
        return strspn(text, DIGITS) == digits && str_to_int64(text, 1, 65535, &port) == 0;
}

static int from_url(const char *url, struct address *ret, struct error *e) {
        const char *rest;
        size_t n, authority;

        if (strncasecmp(url, "https://", 8) == 0)
                rest = url + 8;
        else if (strncasecmp(url, "http://", 7) == 0)
                rest = url + 7;
        else
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_URL must begin with https:// or http://");
        authority = strcspn(rest, "/?#");
        // Not repeated in the message: what stands before an @ is a password.
        if (memchr(rest, '@', authority))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_URL must not hold credentials; the key belongs in FRESHDESK_API_KEY");
        if (!authority_valid(rest, authority) || authority >= sizeof(ret->host))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "FRESHDESK_URL has no valid host");
        n = strlen(rest + authority);
        if (strspn(rest + authority, LETTERS DIGITS "/-._~%+,:") != n)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_URL must be a plain address without ? or #");
        while (n > 0 && rest[authority + n - 1] == '/')
                n--;
        if (n >= strlen(API) && strncmp(rest + authority + n - strlen(API), API, strlen(API)) == 0)
                n -= strlen(API);
        n += (size_t) (rest - url) + authority;
        if (n + sizeof(API) > sizeof(ret->base))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "FRESHDESK_URL is too long");
        snprintf(ret->base, sizeof(ret->base), "%.*s" API, (int) n, url);
        snprintf(ret->host, sizeof(ret->host), "%.*s", (int) authority, rest);
        return 0;
}

int address_read(const char *domain, const char *url, struct address *ret, struct error *e) {
        struct address a = {{0}, {0}};
        int r;

        if (!str_empty(url))
                r = from_url(url, &a, e);
        else if (!str_empty(domain))
                r = from_domain(domain, &a, e);
        else
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "neither FRESHDESK_DOMAIN nor FRESHDESK_URL is set");
        if (r == 0)
                *ret = a;
        return r;
}
