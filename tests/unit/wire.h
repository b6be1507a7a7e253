// Bytes on a socket, for tests of what no well-behaved library would send. Every wait has a limit; a test that meets it
// fails.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "unit.h"

enum {
        WIRE_WAIT_MS = 20000,        // far beyond what anything here takes, even under a sanitizer on a busy machine
        WIRE_ANSWER_MAX = 64 * 1024, // bytes that a test looks at
};

// Waits until another thread has made the condition true; looks each millisecond, and gives up as every wait here does.
#define WIRE_UNTIL(condition)                                                                                          \
        do {                                                                                                           \
                int looks_ = 0;                                                                                        \
                while (!(condition)) {                                                                                 \
                        assert_true(looks_++ < WIRE_WAIT_MS);                                                          \
                        (void) poll(NULL, 0, 1);                                                                       \
                }                                                                                                      \
        } while (0)

static inline _unused_ int wire_connect(unsigned port) {
        struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t) port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (struct sockaddr *) &at, sizeof(at)) < 0)
                abort();
        return fd;
}

// False when the other side no longer takes it.
static inline _unused_ bool wire_send(int fd, const char *bytes, size_t n) {
        while (n > 0) {
                ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL);

                if (k <= 0)
                        return false;
                bytes += k;
                n -= (size_t) k;
        }
        return true;
}

static inline _unused_ bool wire_say(int fd, const char *text) {
        return wire_send(fd, text, strlen(text));
}

// Reads what comes next: bytes, 0 at the end (or a reset), -1 when nothing came for WIRE_WAIT_MS.
static inline _unused_ ssize_t wire_some(int fd, char *out, size_t cap) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t k;

        if (poll(&p, 1, WIRE_WAIT_MS) <= 0)
                return -1;
        k = recv(fd, out, cap, 0);
        return k < 0 ? 0 : k;
}

// Reads until the other side closes. False when it does not.
static inline _unused_ bool wire_all(int fd, struct buffer *out) {
        char some[4096];
        ssize_t k;

        while ((k = wire_some(fd, some, sizeof(some))) > 0)
                buffer_add(out, some, (size_t) k);
        return k == 0;
}

// Reads one answer with a Content-Length, and no byte more. False when none came, or not a whole one.
static inline _unused_ bool wire_answer(int fd, struct buffer *out) {
        const char *head_end, *length;
        char one;

        buffer_reset(out);
        while (!(head_end = strstr(buffer_str(out), "\r\n\r\n"))) {
                if (wire_some(fd, &one, 1) <= 0)
                        return false;
                buffer_add(out, &one, 1);
        }
        length = strcasestr(buffer_str(out), "\r\nContent-Length:");
        for (unsigned long n = length ? strtoul(length + strlen("\r\nContent-Length:"), NULL, 10) : 0; n > 0; n--) {
                if (wire_some(fd, &one, 1) <= 0)
                        return false;
                buffer_add(out, &one, 1);
        }
        return true;
}

static inline _unused_ int wire_status(const struct buffer *answer) {
        const char *text = buffer_str(answer);

        return strncmp(text, "HTTP/1.", 7) == 0 ? (int) strtol(text + 9, NULL, 10) : -1;
}

// A server of a few lines: a thread accepts connections and gives each to `serve` on a thread of its own. When that
// returns, the connection is shut down.
enum { WIRE_CONNECTIONS_MAX = 64 };

struct wire_server;
struct wire_connection {
        struct wire_server *server;
        pthread_t thread;
        int fd;
};
struct wire_server {
        pthread_t thread;
        int listen_fd;
        unsigned port;
        void (*serve)(struct wire_server *s, int fd);
        struct wire_connection connections[WIRE_CONNECTIONS_MAX];
        _Atomic unsigned accepted, requests;
        pthread_mutex_t lock;
        struct buffer asked; // all requests, one behind the other
};

static inline void *wire_connection_run(void *arg) {
        struct wire_connection *c = arg;

        c->server->serve(c->server, c->fd);
        (void) shutdown(c->fd, SHUT_RDWR); // closed at the end, so that its number stays its own
        return NULL;
}

static inline void *wire_server_run(void *arg) {
        struct wire_server *s = arg;
        int fd;

        while ((fd = accept(s->listen_fd, NULL, NULL)) >= 0) {
                struct wire_connection *c = &s->connections[s->accepted];

                if (s->accepted == WIRE_CONNECTIONS_MAX)
                        abort();
                *c = (struct wire_connection){.server = s, .fd = fd};
                if (pthread_create(&c->thread, NULL, wire_connection_run, c) != 0)
                        abort();
                s->accepted++;
        }
        return NULL;
}

static inline _unused_ void wire_server_start(struct wire_server *s, void (*serve)(struct wire_server *s, int fd)) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof(at);

        *s = (struct wire_server){.serve = serve, .asked = BUFFER_INIT(WIRE_ANSWER_MAX)};
        pthread_mutex_init(&s->lock, NULL);
        s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (s->listen_fd < 0 || bind(s->listen_fd, (struct sockaddr *) &at, sizeof(at)) < 0 ||
            listen(s->listen_fd, 16) < 0 || getsockname(s->listen_fd, (struct sockaddr *) &at, &n) < 0 ||
            pthread_create(&s->thread, NULL, wire_server_run, s) != 0)
                abort();
        s->port = ntohs(at.sin_port);
}

// Cuts what is still open. `asked` and the counts stay until wire_server_clear.
static inline _unused_ void wire_server_stop(struct wire_server *s) {
        (void) shutdown(s->listen_fd, SHUT_RDWR); // ends the accept
        pthread_join(s->thread, NULL);
        for (unsigned i = 0; i < s->accepted; i++)
                (void) shutdown(s->connections[i].fd, SHUT_RDWR);
        for (unsigned i = 0; i < s->accepted; i++) {
                pthread_join(s->connections[i].thread, NULL);
                (void) close(s->connections[i].fd);
        }
        (void) close(s->listen_fd);
        pthread_mutex_destroy(&s->lock);
}

static inline _unused_ void wire_server_clear(struct wire_server *s) {
        buffer_free(&s->asked);
}

// Reads a request's head and the body that its Content-Length announces. False when the connection ended before that.
static inline _unused_ bool wire_read_request(struct wire_server *s, int fd) {
        struct buffer request _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX);

        if (!wire_answer(fd, &request))
                return false;
        pthread_mutex_lock(&s->lock);
        buffer_add(&s->asked, request.data, request.len);
        pthread_mutex_unlock(&s->lock);
        s->requests++;
        return true;
}
