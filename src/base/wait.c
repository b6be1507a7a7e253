#include "base/wait.h"

#include <time.h>

void wait_init(pthread_cond_t *c) {
        pthread_condattr_t attr;

        (void) pthread_condattr_init(&attr);
        (void) pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        (void) pthread_cond_init(c, &attr);
        (void) pthread_condattr_destroy(&attr);
}

bool wait_until(pthread_cond_t *c, pthread_mutex_t *lock, int64_t until_us) {
        const struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};

        return pthread_cond_timedwait(c, lock, &until) == 0;
}
