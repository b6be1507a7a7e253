// A listening TCP socket from a host name and a port.
#pragma once

#include <stdint.h>

#include "base/error.h"

// host: an IPv4 or IPv6 address or a name. *ret_port: the port taken, which differs from `port` when that is 0. The
// caller closes *ret_fd. -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -EINVAL (no such host): e names host and port and says
// what to do.
_warn_unused_ int listen_open(const char *host, uint16_t port, unsigned backlog, int *ret_fd, uint16_t *ret_port,
                              struct error *e);
