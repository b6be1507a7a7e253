#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int r, const char *host, uint16_t port, struct error *e) {
        const char *open = strchr(host, ':') ? "[" : "", *close = *open ? "]" : "";

        if (r == -EADDRINUSE)
                return error_set(e, r, ERROR_SETTING_INVALID,
                                 "%s%s%s:%u is in use by another program; stop that one or choose another PORT", open,
                                 host, close, port);
        if (r == -EACCES)
                return error_set(e, r, ERROR_SETTING_INVALID,
                                 "%s%s%s:%u: not allowed to listen there; ports under 1024 belong to root, choose "
                                 "another PORT",
                                 open, host, close, port);
        if (r == -EADDRNOTAVAIL)
                return error_set(e, r, ERROR_SETTING_INVALID,
                                 "%s is not an address of this machine; choose another HOST", host);
        return error_set(e, r, ERROR_SETTING_INVALID, "cannot listen on %s%s%s:%u: %s", open, host, close, port,
                         strerror(-r));
}

static int listen_at(const struct addrinfo *at, unsigned backlog) {
        int one = 1, r;
        int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);

        if (fd < 0)
                return -errno;
        // A restart must not wait for the kernel to forget the connections of the process before.
        (void) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        if (bind(fd, at->ai_addr, at->ai_addrlen) < 0 || listen(fd, (int) backlog) < 0) {
                r = -errno;
                (void) close(fd);
                return r;
        }
        return fd;
}

static int port_of(int fd, uint16_t *ret) {
        struct sockaddr_storage at = {0};
        socklen_t n = sizeof(at);
        char port[8];

        if (getsockname(fd, (struct sockaddr *) &at, &n) < 0)
                return -errno;
        if (getnameinfo((struct sockaddr *) &at, n, NULL, 0, port, sizeof(port), NI_NUMERICSERV) != 0)
                return -EINVAL;
        *ret = (uint16_t) strtoul(port, NULL, 10);
        return 0;
}

int listen_open(const char *host, uint16_t port, unsigned backlog, int *ret_fd, uint16_t *ret_port, struct error *e) {
        struct addrinfo hints = {
                        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
        struct addrinfo *found = NULL;
        char service[8];
        int r, fd = -EADDRNOTAVAIL;

        (void) snprintf(service, sizeof(service), "%u", port);
        r = getaddrinfo(host, service, &hints, &found);
        if (r != 0)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "HOST %s is neither an address nor a known name: %s", host, gai_strerror(r));
        // "localhost" is both: IPv4 first, because every client tries that one too. An address that is taken is an
        // answer; the other family would only hide it.
        for (int v6 = 0; v6 <= 1; v6++)
                for (const struct addrinfo *at = found; at; at = at->ai_next)
                        if ((at->ai_family == AF_INET6) == v6 && (fd == -EADDRNOTAVAIL || fd == -EAFNOSUPPORT))
                                fd = listen_at(at, backlog);
        freeaddrinfo(found);
        if (fd < 0)
                return fail(fd, host, port, e);
        r = port_of(fd, ret_port);
        if (r < 0) {
                (void) close(fd);
                return fail(r, host, port, e);
        }
        *ret_fd = fd;
        return 0;
}
