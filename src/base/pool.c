#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
        POOL_NAME_MAX = 10, // the kernel shows 15 bytes, four of them for the number
};

struct pool_task {
        void (*fn)(void *arg);
        void *arg;
};

struct pool {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct pool_task *queue; // a ring
        size_t queue_max, first, waiting;
        bool closing;
        unsigned threads; // started so far
        char name[POOL_NAME_MAX + 1];
        pthread_t thread[];
};

static void *pool_run(void *arg) {
        struct pool *p = arg;

        pthread_mutex_lock(&p->lock);
        for (;;) {
                struct pool_task t;

                while (p->waiting == 0 && !p->closing)
                        pthread_cond_wait(&p->wake, &p->lock);
                if (p->waiting == 0)
                        break;
                t = p->queue[p->first];
                p->first = (p->first + 1) % p->queue_max;
                p->waiting--;
                pthread_mutex_unlock(&p->lock);
                t.fn(t.arg);
                pthread_mutex_lock(&p->lock);
        }
        pthread_mutex_unlock(&p->lock);
        return NULL;
}

static int pool_start(struct pool *p, unsigned threads) {
        sigset_t all, before;
        int r = 0;

        // Signals are the main thread's business.
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        for (; p->threads < threads && r == 0; p->threads += r == 0) {
                char name[16];

                r = pthread_create(&p->thread[p->threads], NULL, pool_run, p);
                if (r != 0)
                        break;
                (void) snprintf(name, sizeof(name), "%s-%u", p->name, p->threads % 1000);
                (void) pthread_setname_np(p->thread[p->threads], name);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return r == 0 ? 0 : -EAGAIN;
}

int pool_new(const char *name, unsigned threads, size_t queue_max, struct pool **ret) {
        struct pool *p _cleanup_(pool_free_p) = NULL;
        int r;

        if (strlen(name) > POOL_NAME_MAX || threads == 0 || threads > POOL_THREADS_MAX || queue_max == 0)
                return -EINVAL;
        p = calloc(1, sizeof(*p) + threads * sizeof(p->thread[0]));
        if (!p)
                return -ENOMEM;
        pthread_mutex_init(&p->lock, NULL);
        pthread_cond_init(&p->wake, NULL);
        p->queue = calloc(queue_max, sizeof(p->queue[0]));
        if (!p->queue)
                return -ENOMEM;
        p->queue_max = queue_max;
        memcpy(p->name, name, strlen(name) + 1);
        r = pool_start(p, threads);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(p);
        return 0;
}

int pool_submit(struct pool *p, void (*fn)(void *arg), void *arg) {
        int r = 0;

        pthread_mutex_lock(&p->lock);
        if (p->closing) {
                r = -ESHUTDOWN;
        } else if (p->waiting == p->queue_max) {
                r = -EBUSY;
        } else {
                p->queue[(p->first + p->waiting) % p->queue_max] = (struct pool_task){fn, arg};
                p->waiting++;
                pthread_cond_signal(&p->wake);
        }
        pthread_mutex_unlock(&p->lock);
        return r;
}

size_t pool_waiting(struct pool *p) {
        size_t n;

        pthread_mutex_lock(&p->lock);
        n = p->waiting;
        pthread_mutex_unlock(&p->lock);
        return n;
}

struct pool *pool_free(struct pool *p) {
        if (!p)
                return NULL;
        pthread_mutex_lock(&p->lock);
        p->closing = true;
        pthread_cond_broadcast(&p->wake);
        pthread_mutex_unlock(&p->lock);
        for (unsigned i = 0; i < p->threads; i++)
                pthread_join(p->thread[i], NULL);
        pthread_cond_destroy(&p->wake);
        pthread_mutex_destroy(&p->lock);
        free(p->queue);
        free(p);
        return NULL;
}
