#include "net/arrival.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>

#include <gnutls/gnutls.h>

#include "net/connection.h"

// File descriptors are one row of numbers per process, and so is this. Those beyond it are read unseen.
enum { ARRIVAL_FILES = 65536 };

static struct connection *_Atomic watched[ARRIVAL_FILES];
static _Thread_local struct connection *current;

void arrival_watch(int fd, struct connection *c) {
        if (fd >= 0 && fd < ARRIVAL_FILES)
                atomic_store(&watched[fd], c);
        current = c;
}

void arrival_at(struct connection *c) {
        current = c;
}

struct connection *arrival_current(void) {
        return current;
}

static struct connection *watched_at(int fd) {
        return fd >= 0 && fd < ARRIVAL_FILES ? atomic_load_explicit(&watched[fd], memory_order_relaxed) : NULL;
}

// Everybody in this process who calls recv() calls this one. libc calls its parameters by names that are its own.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
__attribute__((visibility("default"))) ssize_t recv(int fd, void *to, size_t n, int flags) {
        ssize_t got = recvfrom(fd, to, n, flags, NULL, NULL); // what recv() is by its definition
        int error = errno;
        struct connection *c = watched_at(fd);

        if (!c)
                return got;
        current = c;
        if (got > 0 && !connection_arrived(c, to, (size_t) got)) {
                errno = ECONNRESET; // it has been answered, and the library closes it
                return -1;
        }
        errno = error;
        return got;
}

// The same for what lies within TLS. With a place for the number of the record it does what gnutls_record_recv() does
// ("the same ... except that it returns in addition to data, the sequence number", says its manual).
__attribute__((visibility("default"))) ssize_t gnutls_record_recv(gnutls_session_t session, void *data,
                                                                  size_t data_size) {
        unsigned char sequence[8];
        ssize_t got = gnutls_record_recv_seq(session, data, data_size, sequence);
        struct connection *c = got > 0 ? watched_at(gnutls_transport_get_int(session)) : NULL;

        if (!c || !connection_has_session(c, session))
                return got;
        current = c;
        // It has been answered, and the library closes it.
        return connection_unwrapped(c, data, (size_t) got) ? got : GNUTLS_E_INVALID_SESSION;
}
