#include "net/forwarded.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"

struct span {
        const char *at;
        size_t n;
};

static struct span trimmed(const char *from, const char *to) {
        while (from < to && (*from == ' ' || *from == '\t'))
                from++;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
                to--;
        return (struct span){from, (size_t) (to - from)};
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]" and "[2001:db8::1]:4711". A name, "unknown" and
// "_hidden" are no addresses.
static int node_address(struct span s, struct address *ret) {
        const char *end, *colon;

        if (s.n > 0 && *s.at == '[') {
                end = memchr(s.at, ']', s.n);
                if (!end || (end + 1 < s.at + s.n && end[1] != ':'))
                        return -EINVAL;
                return address_parse(s.at + 1, (size_t) (end - s.at - 1), ret);
        }
        colon = memchr(s.at, ':', s.n);
        if (colon && !memchr(colon + 1, ':', (size_t) (s.at + s.n - colon - 1)))
                s.n = (size_t) (colon - s.at);
        return address_parse(s.at, s.n, ret);
}

// One element of Forwarded: "for=192.0.2.60;proto=http", "For=\"[2001:db8::1]:4711\"".
static int element_address(struct span s, struct address *ret) {
        for (const char *p = s.at, *end = s.at + s.n; p < end;) {
                const char *semicolon = memchr(p, ';', (size_t) (end - p));
                struct span pair = trimmed(p, semicolon ? semicolon : end);

                if (pair.n >= 4 && strncasecmp(pair.at, "for=", 4) == 0) {
                        pair = (struct span){pair.at + 4, pair.n - 4};
                        if (pair.n >= 2 && pair.at[0] == '"' && pair.at[pair.n - 1] == '"')
                                pair = (struct span){pair.at + 1, pair.n - 2};
                        return node_address(pair, ret);
                }
                p = semicolon ? semicolon + 1 : end;
        }
        return -EINVAL;
}

// A comma inside quotes is in no address; cutting there makes a hop that is none, and the list is refused.
static int walk(const char *list, int (*read)(struct span s, struct address *ret), const struct address_list *trusted,
                struct address *ret) {
        const char *end = list + strlen(list);

        for (int hops = 0; hops < FORWARDED_HOPS_MAX; hops++) {
                const char *comma = end;
                struct address a;

                while (comma > list && comma[-1] != ',')
                        comma--;
                if (read(trimmed(comma, end), &a) < 0)
                        return -EINVAL;
                *ret = a;
                if (!address_list_has(trusted, &a) || comma == list)
                        return 0;
                end = comma - 1;
        }
        return -EINVAL;
}

int forwarded_sender(const struct address *peer, const struct address_list *trusted, const char *x_forwarded_for,
                     const char *forwarded, struct address *ret) {
        struct address by_x = *peer, by_standard = *peer;

        if (!address_list_has(trusted, peer)) {
                *ret = *peer;
                return 0;
        }
        if (x_forwarded_for && walk(x_forwarded_for, node_address, trusted, &by_x) < 0)
                return -EINVAL;
        if (forwarded && walk(forwarded, element_address, trusted, &by_standard) < 0)
                return -EINVAL;
        if (x_forwarded_for && forwarded && memcmp(&by_x, &by_standard, sizeof(by_x)) != 0)
                return -EINVAL;
        *ret = x_forwarded_for ? by_x : by_standard;
        return 0;
}
