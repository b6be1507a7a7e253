// FNV-1a with 64 bits (Fowler, Noll, Vo): quick, and the same in every process and version, because databases keep
// some. It is no secret: who chooses the bytes can choose the hash, so what is found by it must be compared.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(14695981039346656037)

static inline uint64_t hash_byte(uint64_t h, uint8_t byte) {
        return (h ^ byte) * UINT64_C(1099511628211);
}

// The hash of what has the hash h, with these bytes behind it.
static inline uint64_t hash_add(uint64_t h, const void *data, size_t n) {
        const uint8_t *bytes = data;

        for (size_t i = 0; i < n; i++)
                h = hash_byte(h, bytes[i]);
        return h;
}
