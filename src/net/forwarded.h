// Who sent a request that proxies handed on: X-Forwarded-For and Forwarded (RFC 7239), believed only as far as trusted
// proxies wrote them. Each proxy adds at the right whom it heard it from, so they are read from there: the first that
// is no trusted proxy is the sender, and what stands left of it is what that sender says of itself.
#pragma once

#include "net/address.h"

enum { FORWARDED_HOPS_MAX = 32 }; // more than any chain of proxies; a longer list is refused

// x_forwarded_for, forwarded: values of all headers of the name in their order, with commas between; NULL: not sent.
// 0 with the sender, or -EINVAL when it cannot be told: a hop that is no address, or two headers that differ, of which
// a proxy writes only one.
_warn_unused_ int forwarded_sender(const struct address *peer, const struct address_list *trusted,
                                   const char *x_forwarded_for, const char *forwarded, struct address *ret);
