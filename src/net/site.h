// Connections by where they come from: how many one site has. An IPv6 address counts as its /64. Not for several
// threads at a time.
#pragma once

#include "net/address.h"

enum { SITES_BUCKETS = 1024 };

struct site_member { // one connection; part of what its caller has of it
        struct address peer;
        struct site_member *previous, *next; // in its bucket
};

struct sites {
        struct site_member *buckets[SITES_BUCKETS];
};

// peer is set; the rest of the member is zeroed, and the member stays where it is until it is removed.
void sites_add(struct sites *s, struct site_member *m);
void sites_remove(struct sites *s, struct site_member *m);
// Members from the same site as this address, at most max of them.
unsigned sites_count(const struct sites *s, const struct address *peer, unsigned max);
