#include "base/memory.h"

#include <errno.h>
#include <string.h>

enum { MEMORY_FIRST = 8 }; // elements of a first allocation: most arrays here stay this small

int memory_grow(void **array, size_t *cap, size_t need, size_t size) {
        void *old, *grown;
        size_t n, bytes;

        if (need <= *cap)
                return 0;
        // Half again each time, so that n additions cost O(n) copies.
        if (__builtin_add_overflow(*cap, *cap / 2, &n) || n < need)
                n = need;
        n = MAX(n, (size_t) MEMORY_FIRST);
        if (__builtin_mul_overflow(n, size, &bytes))
                return -EOVERFLOW;

        // The caller's pointer has a type of its own; copying its bytes keeps aliasing rules out of it.
        memcpy(&old, array, sizeof(old));
        grown = realloc(old, MAX(bytes, (size_t) 1));
        if (!grown)
                return -ENOMEM;
        memcpy(array, &grown, sizeof(grown));
        *cap = n;
        return 0;
}
