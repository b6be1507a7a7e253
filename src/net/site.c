#include "net/site.h"

#include <string.h>

static size_t bucket_of(const struct address *site) {
        uint64_t h = 14695981039346656037u; // FNV-1a; who fills one bucket has as many networks as that takes

        for (size_t i = 0; i < sizeof(site->bytes); i++)
                h = (h ^ site->bytes[i]) * 1099511628211u;
        return (size_t) (h % SITES_BUCKETS);
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
