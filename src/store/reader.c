#include "store/reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"

enum {
        READERS = 4,       // reads take a millisecond; each connection may hold 4 MB of pages
        READER_WAIT_S = 5, // all lent for so long: something is wrong, and the caller's client is gone
};

struct readers {
        pthread_mutex_t lock;
        pthread_cond_t back;
        struct database *idle[READERS];
        size_t n;
};

// All are opened at the start, so that a shortage of file descriptors later does not stop reading.
int readers_new(const char *path, struct readers **ret, struct error *e) {
        struct readers *rs _cleanup_(readers_free_p) = calloc(1, sizeof(*rs));

        if (!rs)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "%s: not enough memory", path);
        pthread_mutex_init(&rs->lock, NULL);
        wait_init(&rs->back);
        for (; rs->n < READERS; rs->n++) {
                int r = database_open(path, false, &rs->idle[rs->n], e);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(rs);
        return 0;
}

struct readers *readers_free(struct readers *rs) {
        if (!rs)
                return NULL;
        for (size_t i = 0; i < rs->n; i++)
                database_close(rs->idle[i]);
        pthread_cond_destroy(&rs->back);
        pthread_mutex_destroy(&rs->lock);
        free(rs);
        return NULL;
}

int reader_take(struct readers *rs, struct reader *ret, struct error *e) {
        int64_t until_us = clock_monotonic_us() + READER_WAIT_S * 1000000;

        pthread_mutex_lock(&rs->lock);
        while (rs->n == 0 && wait_until(&rs->back, &rs->lock, until_us))
                ;
        if (rs->n > 0)
                *ret = (struct reader){rs, rs->idle[--rs->n]};
        pthread_mutex_unlock(&rs->lock);
        if (!ret->d)
                return error_set(e, -EAGAIN, ERROR_STORAGE_UNAVAILABLE, "all connections to the database are busy");
        return 0;
}

void reader_return(struct reader *r) {
        if (!r->d)
                return;
        pthread_mutex_lock(&r->from->lock);
        r->from->idle[r->from->n++] = r->d;
        pthread_cond_signal(&r->from->back);
        pthread_mutex_unlock(&r->from->lock);
        r->d = NULL;
}
