#include "net/site.h"

#include <string.h>

#include "base/hash.h"

static size_t bucket_of(const struct address *site) {
        // Who fills one bucket has as many networks as that takes.
        return (size_t) (hash_add(HASH_START, site->bytes, sizeof(site->bytes)) % SITES_BUCKETS);
}

void sites_add(struct sites *s, struct site_member *m) {
        struct address site = address_site(&m->peer);
        struct site_member **bucket = &s->buckets[bucket_of(&site)];

        m->next = *bucket;
        if (m->next)
                m->next->previous = m;
        *bucket = m;
}

void sites_remove(struct sites *s, struct site_member *m) {
        struct address site = address_site(&m->peer);

        if (m->next)
                m->next->previous = m->previous;
        if (m->previous)
                m->previous->next = m->next;
        else
                s->buckets[bucket_of(&site)] = m->next;
}

unsigned sites_count(const struct sites *s, const struct address *peer, unsigned max) {
        struct address site = address_site(peer), other;
        unsigned n = 0;

        for (const struct site_member *m = s->buckets[bucket_of(&site)]; m && n < max; m = m->next) {
                other = address_site(&m->peer);
                n += memcmp(&other, &site, sizeof(site)) == 0;
        }
        return n;
}
