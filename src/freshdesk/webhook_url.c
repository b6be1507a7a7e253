#include "freshdesk/webhook_url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"
#include "net/address.h"

#define SCHEME "https://"
#define PATH "/webhook"

enum { HOST_MAX = 253 }; // of a name, RFC 1035

// Names that no public name server knows: RFC 6761, RFC 6762, RFC 8375, and the habits of home routers.
static const char *const private_names[] = {".local",     ".localhost", ".internal", ".lan",
                                            ".home.arpa", ".home",      ".test",     ".invalid"};

// Networks that are nowhere in particular: RFC 6890.
static const struct {
        const char *first;
        unsigned bits; // of the 128, an IPv4 address standing in the last 32
} private_networks[] = {
                {"0.0.0.0", 96 + 8},
                {"10.0.0.0", 96 + 8},
                {"100.64.0.0", 96 + 10},
                {"127.0.0.0", 96 + 8},
                {"169.254.0.0", 96 + 16},
                {"172.16.0.0", 96 + 12},
                {"192.168.0.0", 96 + 16},
                {"::", 127},
                {"fc00::", 7},
                {"fe80::", 10},
};

static bool starts_alike(const struct address *a, const struct address *b, unsigned bits) {
        for (unsigned i = 0; i < bits; i++)
                if (((a->bytes[i / 8] ^ b->bytes[i / 8]) >> (7 - i % 8)) & 1)
                        return false;
        return true;
}

static bool is_private_address(const struct address *a) {
        struct address first;

        for (size_t i = 0; i < ARRAY_LEN(private_networks); i++) {
                const char *text = private_networks[i].first;
                if (address_parse(text, strlen(text), &first) == 0 && starts_alike(a, &first, private_networks[i].bits))
                        return true;
        }
        return false;
}

static bool is_private_name(const char *host) {
        size_t n = strlen(host);

        if (str_ieq(host, "localhost") || !strchr(host, '.'))
                return true;
        for (size_t i = 0; i < ARRAY_LEN(private_names); i++) {
                size_t k = strlen(private_names[i]);
                if (n > k && strcasecmp(host + n - k, private_names[i]) == 0)
                        return true;
        }
        return false;
}

// Host and what stands behind it; without the brackets of an IPv6 address.
static const char *read_host(const char *authority, char host[HOST_MAX + 1]) {
        bool v6 = *authority == '[';
        size_t n = strcspn(authority + v6, v6 ? "]/" : ":/?#");

        if (n == 0 || n > HOST_MAX || (v6 && authority[n + 1] != ']'))
                return NULL;
        memcpy(host, authority + v6, n);
        host[n] = '\0';
        return authority + n + 2 * v6;
}

const char *webhook_url_problem(const char *url) {
        char host[HOST_MAX + 1];
        const char *rest;
        struct address a;

        if (str_empty(url))
                return "is not set: Freshdesk must be told where to post";
        if (strncasecmp(url, SCHEME, strlen(SCHEME)) != 0)
                return "must begin with https://, because Freshdesk sends the secret along";
        rest = url + strlen(SCHEME);
        for (const char *p = rest; *p; p++)
                if ((unsigned char) *p <= ' ' || (unsigned char) *p >= 0x7f || strchr("\"<>\\^`{}|", *p))
                        return "has characters that an address cannot have";
        if (memchr(rest, '@', strcspn(rest, "/?#")))
                return "must not hold a password";
        rest = read_host(rest, host);
        if (!rest)
                return "has no valid host";
        if (address_parse(host, strlen(host), &a) == 0 ? is_private_address(&a) : is_private_name(host))
                return "names a host that only this network knows: Freshdesk posts from outside";
        rest += strcspn(rest, "/?#");
        if (!str_ends(rest, PATH))
                return "must end with /webhook, where Firstline takes events";
        return NULL;
}
