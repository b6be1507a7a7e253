// The open connections and their deadlines. libmicrohttpd's own limit is on silence only: a client that sends a byte
// now and then would hold its connection for ever. One thread looks at all of them a few times a second and closes
// those that are late.
#pragma once

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"
#include "net/address.h"

struct connections;
struct connection;
struct shown;

struct connections_options {
        unsigned timeout_s;       // for a request to arrive, and for silence between requests
        unsigned max;             // when three quarters of them are there, silence may last only an eighth as long
        unsigned per_address_max; // 0: no limit
        bool tls;                 // only its network thread can write past libmicrohttpd
        const struct address_list *exempt; // from the limit per address, as loopback is; borrowed
};

_warn_unused_ int connections_new(const struct connections_options *o, struct connections **ret, struct error *e);
struct connections *connections_free(struct connections *all); // after the last connection was removed

// NULL: no memory. The socket stays its owner's; connection_remove must come before it is closed.
struct connection *connection_add(struct connections *all, int fd, const struct sockaddr *peer);
void connection_remove(struct connection *c);
// It speaks TLS in this session, whose certificate it keeps until it is removed; takes the reference.
void connection_secured(struct connection *c, gnutls_session_t session, struct shown *certificate);
// May one more come from there? An IPv6 address counts as its /64. Says so in the log when not, once a minute.
bool connections_may_come(struct connections *all, const struct sockaddr *peer);
// False: not over a network that has addresses.
bool connection_peer(const struct connection *c, struct address *ret);

// What the connection does now, told by its network thread. False: its deadline has passed and it has been closed; what
// was about to happen must not. now_us is monotonic.
bool connection_receiving(struct connection *c,
                          int64_t now_us);      // a request line is there, the rest must follow in time
bool connection_handling(struct connection *c); // the request is whole; our own time is not the client's fault
bool connection_answering(struct connection *c, int64_t now_us); // the client must take the answer in time
bool connection_idle(struct connection *c, int64_t now_us);      // between requests

// Bytes that have come from the network, and those that libmicrohttpd is about to read: the same, but for TLS. False:
// they begin no request, which has been said; it must be closed.
bool connection_arrived(struct connection *c, const char *bytes, size_t n);
bool connection_unwrapped(struct connection *c, const char *bytes, size_t n);
bool connection_has_session(const struct connection *c, gnutls_session_t session); // its own

// Writes a whole refusal past libmicrohttpd, which takes no answer while a body arrives. On its network thread. The
// connection must be closed next.
void connection_refuse(struct connection *c, int status, enum error_code code, const char *message);
// libmicrohttpd is about to answer in its own words, with this status and this page, what it cannot read: ours go out
// instead.
void connection_refuse_instead(struct connection *c, unsigned status, const char *page);
