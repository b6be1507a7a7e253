// A loop that is shared out to threads.
#pragma once

#include <stddef.h>

// Calls fn(arg, i) once for each i from 0 to n - 1, on up to `threads` threads (0: one per processor) of which the
// calling one is one, and returns when all is done. In which order, and by whom, is not said. Where no further thread
// is to be had the calling one does it all.
void parallel_for(size_t n, unsigned threads, void (*fn)(void *arg, size_t i), void *arg);
