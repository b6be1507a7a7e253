#include "model/turns.h"

#include <pthread.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { PARALLEL_MAX = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of the count of runs
static pthread_cond_t free_to_run = PTHREAD_COND_INITIALIZER;
static unsigned running;

unsigned turns_default(void) {
        return MIN(parallel_processors(), (unsigned) PARALLEL_MAX);
}

void turns_begin(unsigned max) {
        pthread_mutex_lock(&lock);
        while (running >= max)
                pthread_cond_wait(&free_to_run, &lock);
        running++;
        pthread_mutex_unlock(&lock);
}

// All that wait are woken: each may have a maximum of its own.
void turns_end(void) {
        pthread_mutex_lock(&lock);
        running--;
        pthread_cond_broadcast(&free_to_run);
        pthread_mutex_unlock(&lock);
}
