// A loop that is shared out to threads.
#pragma once

#include <stddef.h>

// How many processors this process may run on, at least 1: those that taskset or a container's cpuset leave it, not all
// that the machine has.
unsigned parallel_processors(void);

// Calls fn(arg, i) once for each i from 0 to n - 1, on up to `threads` threads, 64 at most (0: one per processor, 16 at
// most, for what is bound by memory), of which the calling one is one, and returns when all is done. In which order,
// and by whom, is not said. Where no further thread is to be had the calling one does it all.
void parallel_for(size_t n, unsigned threads, void (*fn)(void *arg, size_t i), void *arg);
