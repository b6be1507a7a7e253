// Ownership in C: cleanup attributes, so that an early return frees what it holds.
//
// A function here and in the folders above returns 0 or a negative errno; what it makes goes out through a
// `ret` parameter that is untouched on failure. Destructors accept NULL and half-built objects and return NULL.
#pragma once

#include <stdlib.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _unused_ __attribute__((unused))
#define _warn_unused_ __attribute__((warn_unused_result))

// Defines the cleanup function `name_p` for a type whose destructor is `type *name(type *)`.
#define DEFINE_CLEANUP(type, name)                                                                                     \
        static inline void name##_p(type **p) {                                                                        \
                if (*p)                                                                                                \
                        *p = name(*p);                                                                                 \
        }                                                                                                              \
        struct memory_semicolon_

static inline void memory_free_p(void *p) {
        free(*(void **) p);
}

// char *s _cleanup_free_ = ...; frees s at the end of the scope.
#define _cleanup_free_ _cleanup_(memory_free_p)

// Hands the pointer on and forgets it here, so that the cleanup attribute leaves it alone.
#define TAKE_PTR(p)                                                                                                    \
        ({                                                                                                             \
                __typeof__(p) taken_ = (p);                                                                            \
                (p) = NULL;                                                                                            \
                taken_;                                                                                                \
        })

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

// Grows *array (elements of `size` bytes, *cap of them) so that it holds at least `need`. Returns 0 or -ENOMEM, and
// -EOVERFLOW when the byte count would not fit; *array and *cap are untouched on failure.
_warn_unused_ int memory_grow(void **array, size_t *cap, size_t need, size_t size);
