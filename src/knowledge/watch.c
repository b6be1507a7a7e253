#include "knowledge/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/wait.h"

struct watch {
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t told;
        bool stop;
        unsigned seconds;
        void (*fn)(void *arg);
        void *arg;
};

static bool wait_or_stop(struct watch *w) {
        int64_t until_us = clock_monotonic_us() + (int64_t) w->seconds * 1000000;

        pthread_mutex_lock(&w->lock);
        while (!w->stop && wait_until(&w->told, &w->lock, until_us))
                ;
        bool stop = w->stop;
        pthread_mutex_unlock(&w->lock);
        return stop;
}

static void *run(void *arg) {
        struct watch *w = arg;

        (void) pthread_setname_np(pthread_self(), "knowledge");
        while (!wait_or_stop(w))
                w->fn(w->arg);
        return NULL;
}

int watch_start(unsigned seconds, void (*fn)(void *arg), void *arg, struct watch **ret) {
        struct watch *w = calloc(1, sizeof(*w));

        if (!w)
                return -ENOMEM;
        w->seconds = MAX(seconds, 1U);
        w->fn = fn;
        w->arg = arg;
        (void) pthread_mutex_init(&w->lock, NULL);
        wait_init(&w->told);
        if (pthread_create(&w->thread, NULL, run, w) != 0) {
                pthread_cond_destroy(&w->told);
                pthread_mutex_destroy(&w->lock);
                free(w);
                return -EAGAIN;
        }
        *ret = w;
        return 0;
}

struct watch *watch_stop(struct watch *w) {
        if (!w)
                return NULL;
        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_cond_signal(&w->told);
        pthread_mutex_unlock(&w->lock);
        (void) pthread_join(w->thread, NULL);
        pthread_cond_destroy(&w->told);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return NULL;
}
