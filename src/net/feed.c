#include "net/feed.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/string.h"
#include "net/request.h"

enum { FEED_BLOCK = 4096 }; // bytes that leave at a time

static const char FEED_HELLO[] = "retry: 1000\n\n";
static const char FEED_RESET[] = "retry: 1000\nevent: reset\ndata: {}\n\n";

struct message {
        int64_t id;
        char *text;
        size_t n;
};

struct listener {
        struct http_feed *feed;
        struct listener *previous, *next;
        struct MHD_Connection *mhd;
        struct connection *connection;
        const char *hello; // what is left of the greeting
        uint64_t at;       // the message it reads
        size_t offset;     // bytes of that one which have left
        bool waits;        // its connection is suspended
};

struct http_feed {
        pthread_mutex_t lock;
        struct message ring[FEED_MESSAGES_MAX];
        uint64_t n;    // messages ever published; the newest is n - 1
        int64_t known; // every message with a greater id is in the ring
        int64_t last;  // the greatest id so far
        struct listener *first;
        unsigned listeners;
        bool closed;
};

struct http_feed *http_feed_new(void) {
        struct http_feed *f = calloc(1, sizeof(*f));

        if (f)
                pthread_mutex_init(&f->lock, NULL);
        return f;
}

struct http_feed *http_feed_free(struct http_feed *f) {
        if (!f)
                return NULL;
        for (size_t i = 0; i < FEED_MESSAGES_MAX; i++)
                free(f->ring[i].text);
        pthread_mutex_destroy(&f->lock);
        free(f);
        return NULL;
}

unsigned http_feed_listeners(struct http_feed *f) {
        pthread_mutex_lock(&f->lock);
        unsigned n = f->listeners;
        pthread_mutex_unlock(&f->lock);
        return n;
}

// With the lock held.
static void wake_all(struct http_feed *f) {
        for (struct listener *l = f->first; l; l = l->next) {
                if (l->waits)
                        MHD_resume_connection(l->mhd);
                l->waits = false;
        }
}

void http_feed_close(struct http_feed *f) {
        pthread_mutex_lock(&f->lock);
        f->closed = true;
        wake_all(f);
        pthread_mutex_unlock(&f->lock);
}

static char *message_text(int64_t id, const char *event, const char *data) {
        if (!event)
                return str_dup(":\n\n");
        if (id > 0)
                return str_printf("id: %" PRId64 "\nevent: %s\ndata: %s\n\n", id, event, data);
        return str_printf("event: %s\ndata: %s\n\n", event, data);
}

void http_feed_publish(struct http_feed *f, int64_t id, const char *event, const char *data) {
        char *text = !event || strlen(data) <= FEED_MESSAGE_BYTES_MAX ? message_text(id, event, data) : NULL;

        if (!text)
                return; // listeners look at everything again when they come back, and now and then
        pthread_mutex_lock(&f->lock);
        struct message *m = &f->ring[f->n % FEED_MESSAGES_MAX];
        f->known = MAX(f->known, m->id);
        f->last = MAX(f->last, id);
        free(m->text);
        *m = (struct message){.id = id, .text = text, .n = strlen(text)};
        f->n++;
        wake_all(f);
        pthread_mutex_unlock(&f->lock);
}

void http_feed_skip(struct http_feed *f, int64_t id) {
        pthread_mutex_lock(&f->lock);
        f->known = MAX(f->known, id);
        f->last = MAX(f->last, id);
        pthread_mutex_unlock(&f->lock);
}

// ---- on a network thread

// With the lock held: copies what there is. 0: nothing now; negative: the ring has moved on.
static ssize_t take(struct http_feed *f, struct listener *l, char *to, size_t max) {
        size_t n = strnlen(l->hello, max);

        memcpy(to, l->hello, n);
        l->hello += n;
        while (n < max && l->at < f->n) {
                if (f->n - l->at > FEED_MESSAGES_MAX)
                        return -ENOBUFS;
                const struct message *m = &f->ring[l->at % FEED_MESSAGES_MAX];
                size_t some = MIN(max - n, m->n - l->offset);

                memcpy(to + n, m->text + l->offset, some);
                n += some;
                l->offset += some;
                if (l->offset < m->n)
                        break;
                l->at++;
                l->offset = 0;
        }
        return (ssize_t) n;
}

static ssize_t read_more(void *listener, uint64_t position, char *to, size_t max) {
        struct listener *l = listener;
        struct http_feed *f = l->feed;
        ssize_t n;

        (void) position;
        pthread_mutex_lock(&f->lock);
        n = f->closed ? -ESHUTDOWN : take(f, l, to, max);
        if (n == 0) {
                // Our own time: no deadline runs. Suspended under the lock, so that nobody wakes it too early.
                if (connection_handling(l->connection)) {
                        MHD_suspend_connection(l->mhd);
                        l->waits = true;
                } else {
                        n = -ETIMEDOUT;
                }
        } else if (n > 0 && !connection_answering(l->connection, clock_monotonic_us())) {
                n = -ETIMEDOUT;
        }
        pthread_mutex_unlock(&f->lock);
        return n >= 0 ? n : MHD_CONTENT_READER_END_OF_STREAM;
}

static void listener_free(void *listener) {
        struct listener *l = listener;
        struct http_feed *f = l->feed;

        pthread_mutex_lock(&f->lock);
        if (l->next)
                l->next->previous = l->previous;
        if (l->previous)
                l->previous->next = l->next;
        else
                f->first = l->next;
        metric_set(METRIC_LISTENERS, NULL, --f->listeners);
        pthread_mutex_unlock(&f->lock);
        free(l);
}

// With the lock held: where a listener begins that has seen everything up to `after`.
static void place(const struct http_feed *f, struct listener *l, int64_t after) {
        l->hello = FEED_HELLO;
        l->at = f->n;
        if (after <= 0)
                return;
        if (after < f->known || after > f->last) {
                l->hello = FEED_RESET;
                return;
        }
        while (l->at > 0 && f->n - l->at < FEED_MESSAGES_MAX) {
                int64_t id = f->ring[(l->at - 1) % FEED_MESSAGES_MAX].id;
                if (id > 0 && id <= after)
                        return;
                l->at--;
        }
}

static struct listener *listener_new(struct http_feed *f, struct http_request *r, int64_t after) {
        struct listener *l = calloc(1, sizeof(*l));
        bool full;

        if (!l)
                return NULL;
        l->feed = f;
        l->mhd = r->mhd;
        l->connection = r->connection;
        pthread_mutex_lock(&f->lock);
        full = f->closed || f->listeners >= FEED_LISTENERS_MAX;
        if (!full) {
                place(f, l, after);
                l->next = f->first;
                if (l->next)
                        l->next->previous = l;
                f->first = l;
                metric_set(METRIC_LISTENERS, NULL, ++f->listeners);
        }
        pthread_mutex_unlock(&f->lock);
        if (full) {
                free(l);
                return NULL;
        }
        return l;
}

void http_reply_feed(struct http_request *r, struct http_feed *f, int64_t after) {
        struct listener *l = listener_new(f, r, after);
        struct MHD_Response *response = NULL;
        struct error e = ERROR_INIT;

        if (l &&
            !(response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, FEED_BLOCK, read_more, l, listener_free)))
                listener_free(l);
        if (response) {
                request_reply_made(r, 200, "text/event-stream", response);
                return;
        }
        (void) error_set(&e, -EBUSY, ERROR_OVERLOADED, "more than %d listeners; ask for the lists now and then",
                         FEED_LISTENERS_MAX);
        http_reply_error(r, &e);
}
