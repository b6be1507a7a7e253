// SHA-256, HMAC, constant-time comparison, base64, hex, random bytes: thin over OpenSSL and the kernel.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX_SIZE = 65 };

int digest_sha256(const void *data, size_t n, uint8_t out[DIGEST_SIZE]); // 0 or -EIO
int digest_hmac_sha256(const void *key, size_t key_len, const void *data, size_t n, uint8_t out[DIGEST_SIZE]);
void digest_hex(const uint8_t *bytes, size_t n, char *out);    // out has 2 n + 1 bytes
void digest_base64(const uint8_t *bytes, size_t n, char *out); // n below 2^24; out has 4 ((n + 2) / 3) + 1 bytes
int digest_sha256_hex(const void *data, size_t n, char out[DIGEST_HEX_SIZE]);

// Several pieces into one digest. digest_end frees; digest_new returns NULL without memory.
struct digest;
struct digest *digest_new(void);
void digest_update(struct digest *d, const void *data, size_t n);
int digest_end(struct digest *d, uint8_t out[DIGEST_SIZE]);

// Both decode into out (cap bytes): the number of bytes, or -EINVAL / -EMSGSIZE. base64 takes both alphabets, padding
// optional.
int digest_from_hex(const char *s, size_t n, uint8_t *out, size_t cap);
int digest_from_base64(const char *s, size_t n, uint8_t *out, size_t cap);

// Takes the same time wherever the first difference stands, and whatever the length of b.
bool digest_equal(const void *a, size_t a_len, const void *b, size_t b_len);

uint64_t digest_random(void); // from the kernel; for ids and jitter
