#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

enum { THREADS_MAX = 16 }; // what is shared out here is bound by memory long before

struct loop {
        size_t n;
        void (*fn)(void *arg, size_t i);
        void *arg;
        atomic_size_t next;
};

static void *work(void *arg) {
        struct loop *l = arg;

        for (size_t i; (i = atomic_fetch_add(&l->next, 1)) < l->n;)
                l->fn(l->arg, i);
        return NULL;
}

void parallel_for(size_t n, unsigned threads, void (*fn)(void *arg, size_t i), void *arg) {
        struct loop l = {.n = n, .fn = fn, .arg = arg};
        pthread_t others[THREADS_MAX];
        size_t started = 0;

        if (threads == 0)
                threads = (unsigned) MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L);
        while (started + 1 < MIN(MIN((size_t) threads, (size_t) THREADS_MAX), n) &&
               pthread_create(&others[started], NULL, work, &l) == 0)
                started++;
        (void) work(&l);
        for (size_t i = 0; i < started; i++)
                pthread_join(others[i], NULL);
}
