// What arrives at the sockets of connections, seen before libmicrohttpd sees it.
//
// The library answers in its own words, a page of HTML or none at all, what it cannot read; and there is no callback
// that tells which connection it is about to answer. But it reads through recv(2), and a function of that name in the
// program comes before libc's: so each read tells whose bytes are being looked at, and what they are. Within TLS it
// reads through gnutls_record_recv(3), which is taken in the same way. Where the library was linked in another way
// nothing is seen, and its own words stand.
#pragma once

#include <stdbool.h>

struct connection;

// From now on what arrives at fd belongs to c; NULL: to nobody that is known here. Told by its network thread.
void arrival_watch(int fd, struct connection *c);
// This network thread now works on c, without having read: it may parse what it has read before.
void arrival_at(struct connection *c);
// The connection that this network thread works on; NULL: none that is known.
struct connection *arrival_current(void);
