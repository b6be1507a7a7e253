#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

enum {
        THREADS_DEFAULT_MAX = 16, // what is shared out without a number is bound by memory long before
        THREADS_MAX = 64,
};

struct loop {
        size_t n;
        void (*fn)(void *arg, size_t i);
        void *arg;
        atomic_size_t next;
};

unsigned parallel_processors(void) {
        cpu_set_t allowed;

        if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
                return (unsigned) MAX(CPU_COUNT(&allowed), 1);
        return (unsigned) MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L); // more processors than the set has room for
}

static void *work(void *arg) {
        struct loop *l = arg;

        for (size_t i; (i = atomic_fetch_add(&l->next, 1)) < l->n;)
                l->fn(l->arg, i);
        return NULL;
}

void parallel_for(size_t n, unsigned threads, void (*fn)(void *arg, size_t i), void *arg) {
        struct loop l = {.n = n, .fn = fn, .arg = arg};
        pthread_t others[THREADS_MAX];
        sigset_t all, before;
        size_t started = 0;

        if (threads == 0)
                threads = MIN(parallel_processors(), (unsigned) THREADS_DEFAULT_MAX);
        // Signals are the main thread's business.
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        while (started + 1 < MIN(MIN((size_t) threads, (size_t) THREADS_MAX), n) &&
               pthread_create(&others[started], NULL, work, &l) == 0)
                started++;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        (void) work(&l);
        for (size_t i = 0; i < started; i++)
                pthread_join(others[i], NULL);
}
