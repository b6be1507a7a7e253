#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/string.h"

enum {
        ADDRESS_BITS = 128,
        V4_BITS = 32,
        SITE_BITS = 64,                          // what a provider gives to one customer at least (RFC 6177)
        V4_PREFIX_BITS = ADDRESS_BITS - V4_BITS, // of ::ffff:0:0/96
        NETWORK_TEXT_MAX = ADDRESS_TEXT_SIZE + 4 // and a slash with its three digits
};

static const uint8_t v4_prefix[V4_PREFIX_BITS / 8] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct address *a) {
        return memcmp(a->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool address_from_socket(const struct sockaddr *from, struct address *ret) {
        struct address a = {0};

        if (from && from->sa_family == AF_INET) {
                struct sockaddr_in in;

                memcpy(&in, from, sizeof(in));
                memcpy(a.bytes, v4_prefix, sizeof(v4_prefix));
                memcpy(a.bytes + sizeof(v4_prefix), &in.sin_addr, V4_BITS / 8);
        } else if (from && from->sa_family == AF_INET6) {
                struct sockaddr_in6 in;

                memcpy(&in, from, sizeof(in));
                memcpy(a.bytes, &in.sin6_addr, sizeof(a.bytes));
        } else {
                return false;
        }
        *ret = a;
        return true;
}

int address_parse(const char *text, size_t n, struct address *ret) {
        char copy[ADDRESS_TEXT_SIZE];
        struct address a = {0};

        if (n == 0 || n >= sizeof(copy))
                return -EINVAL;
        memcpy(copy, text, n);
        copy[n] = '\0';
        if (inet_pton(AF_INET, copy, a.bytes + sizeof(v4_prefix)) == 1)
                memcpy(a.bytes, v4_prefix, sizeof(v4_prefix));
        else if (inet_pton(AF_INET6, copy, a.bytes) != 1)
                return -EINVAL;
        *ret = a;
        return 0;
}

bool address_is_loopback(const struct address *a) {
        static const uint8_t v6[sizeof(a->bytes)] = {[15] = 1};

        return is_v4(a) ? a->bytes[sizeof(v4_prefix)] == IN_LOOPBACKNET : memcmp(a->bytes, v6, sizeof(v6)) == 0;
}

struct address address_site(const struct address *a) {
        struct address site = *a;

        if (!is_v4(a))
                memset(site.bytes + SITE_BITS / 8, 0, sizeof(site.bytes) - SITE_BITS / 8);
        return site;
}

void address_text(const struct address *a, char out[ADDRESS_TEXT_SIZE]) {
        const char *text = is_v4(a) ? inet_ntop(AF_INET, a->bytes + sizeof(v4_prefix), out, ADDRESS_TEXT_SIZE)
                                    : inet_ntop(AF_INET6, a->bytes, out, ADDRESS_TEXT_SIZE);

        if (!text)
                out[0] = '\0';
}

// ---- lists

struct network {
        struct address address;
        unsigned bits; // of its 128 that count
};

struct address_list {
        size_t n;
        struct network networks[];
};

static bool network_has(const struct network *net, const struct address *a) {
        unsigned whole = net->bits / 8, rest = net->bits % 8;

        if (memcmp(net->address.bytes, a->bytes, whole) != 0)
                return false;
        return rest == 0 || ((net->address.bytes[whole] ^ a->bytes[whole]) >> (8 - rest)) == 0;
}

// What is behind the prefix must be 0: 10.0.0.1/8 is a slip, and which of its two readings was meant cannot be told.
static bool prefix_exact(const struct network *net) {
        struct address rest = net->address;

        for (unsigned bit = 0; bit < net->bits; bit++)
                rest.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
        return memcmp(rest.bytes, (struct address){0}.bytes, sizeof(rest.bytes)) == 0;
}

static int network_parse(const char *text, size_t n, struct network *ret) {
        const char *slash = memchr(text, '/', n);
        size_t len = slash ? (size_t) (slash - text) : n;
        struct network net = {.bits = ADDRESS_BITS};
        int r = address_parse(text, len, &net.address);

        if (r == 0 && slash) {
                bool v4 = !memchr(text, ':', len);
                char digits[4];
                int64_t bits;

                if (n - len - 1 >= sizeof(digits) || n - len - 1 == 0 || slash[1] == '+' || slash[1] == '-')
                        return -EINVAL;
                memcpy(digits, slash + 1, n - len - 1);
                digits[n - len - 1] = '\0';
                r = str_to_int64(digits, 0, v4 ? V4_BITS : ADDRESS_BITS, &bits);
                if (r < 0)
                        return -EINVAL;
                net.bits = (unsigned) bits + (v4 ? V4_PREFIX_BITS : 0);
                r = prefix_exact(&net) ? 0 : -EINVAL;
        }
        if (r == 0)
                *ret = net;
        return r;
}

struct address_list *address_list_free(struct address_list *l) {
        free(l);
        return NULL;
}

int address_list_parse(const char *setting, const char *text, struct address_list **ret, struct error *e) {
        static const char between[] = ", \t\n";
        struct address_list *l _cleanup_(address_list_free_p) = NULL;
        size_t n = 0;

        for (const char *p = text + strspn(text, between); *p; p += strcspn(p, between), p += strspn(p, between))
                n++;
        if (n > ADDRESS_LIST_MAX)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s has more than %d addresses", setting,
                                 ADDRESS_LIST_MAX);
        if (n == 0) {
                *ret = NULL;
                return 0;
        }
        l = calloc(1, sizeof(*l) + n * sizeof(l->networks[0]));
        if (!l)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", setting);
        for (const char *p = text + strspn(text, between); *p; p += strcspn(p, between), p += strspn(p, between)) {
                size_t len = strcspn(p, between);

                if (network_parse(p, len, &l->networks[l->n++]) < 0)
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                         "%s: %.*s is neither an address nor a network like 192.0.2.0/24", setting,
                                         (int) MIN(len, (size_t) NETWORK_TEXT_MAX), p);
        }
        *ret = TAKE_PTR(l);
        return 0;
}

bool address_list_has(const struct address_list *l, const struct address *a) {
        for (size_t i = 0; l && i < l->n; i++)
                if (network_has(&l->networks[i], a))
                        return true;
        return false;
}
