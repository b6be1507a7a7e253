// Waiting under a lock, not longer than so long. It goes by the monotonic clock: the wall clock may jump.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

// Makes a condition for wait_until. It never fails: what may fail on other systems are attributes that they do not
// know.
void wait_init(pthread_cond_t *c);

// pthread_cond_timedwait, for a condition of wait_init, until a moment of clock_monotonic_us. The lock is held. False:
// that moment has come; true: it was woken before, perhaps for nothing.
bool wait_until(pthread_cond_t *c, pthread_mutex_t *lock, int64_t until_us);
