#include "base/digest.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/string.h"

struct digest {
        EVP_MD_CTX *ctx;
        bool failed;
};

int digest_sha256(const void *data, size_t n, uint8_t out[DIGEST_SIZE]) {
        unsigned len = 0;

        if (EVP_Digest(data ? data : "", n, out, &len, EVP_sha256(), NULL) != 1 || len != DIGEST_SIZE)
                return -EIO;
        return 0;
}

int digest_hmac_sha256(const void *key, size_t key_len, const void *data, size_t n, uint8_t out[DIGEST_SIZE]) {
        unsigned len = 0;

        if (key_len > INT_MAX)
                return -EIO;
        if (!HMAC(EVP_sha256(), key ? key : "", (int) key_len, data ? data : (const unsigned char *) "", n, out,
                  &len) ||
            len != DIGEST_SIZE)
                return -EIO;
        return 0;
}

void digest_hex(const uint8_t *bytes, size_t n, char *out) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < n; i++) {
                out[2 * i] = digits[bytes[i] >> 4];
                out[2 * i + 1] = digits[bytes[i] & 15];
        }
        out[2 * n] = '\0';
}

void digest_base64(const uint8_t *bytes, size_t n, char *out) {
        EVP_EncodeBlock((unsigned char *) out, bytes, (int) n);
}

int digest_sha256_hex(const void *data, size_t n, char out[DIGEST_HEX_SIZE]) {
        uint8_t sum[DIGEST_SIZE];
        int r = digest_sha256(data, n, sum);

        if (r < 0)
                return r;
        digest_hex(sum, sizeof(sum), out);
        return 0;
}

struct digest *digest_new(void) {
        struct digest *d = calloc(1, sizeof(*d));

        if (!d)
                return NULL;
        d->ctx = EVP_MD_CTX_new();
        if (!d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
                EVP_MD_CTX_free(d->ctx);
                free(d);
                return NULL;
        }
        return d;
}

void digest_update(struct digest *d, const void *data, size_t n) {
        if (d && n > 0 && EVP_DigestUpdate(d->ctx, data, n) != 1)
                d->failed = true;
}

int digest_end(struct digest *d, uint8_t out[DIGEST_SIZE]) {
        uint8_t sum[DIGEST_SIZE];
        unsigned len = 0;
        bool good;

        if (!d)
                return -EIO;
        good = !d->failed && EVP_DigestFinal_ex(d->ctx, sum, &len) == 1 && len == DIGEST_SIZE;
        EVP_MD_CTX_free(d->ctx);
        free(d);
        if (!good)
                return -EIO;
        memcpy(out, sum, sizeof(sum));
        return 0;
}

int digest_from_hex(const char *s, size_t n, uint8_t *out, size_t cap) {
        if (n % 2 != 0 || n / 2 > INT_MAX)
                return -EINVAL;
        for (size_t i = 0; i < n; i++)
                if (ascii_hex(s[i]) < 0)
                        return -EINVAL;
        if (n / 2 > cap)
                return -EMSGSIZE;
        for (size_t i = 0; i < n / 2; i++)
                out[i] = (uint8_t) (ascii_hex(s[2 * i]) << 4 | ascii_hex(s[2 * i + 1]));
        return (int) (n / 2);
}

static int base64_value(char c) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        if (c == '+' || c == '-')
                return 62;
        if (c == '/' || c == '_')
                return 63;
        return -1;
}

int digest_from_base64(const char *s, size_t n, uint8_t *out, size_t cap) {
        size_t padding = 0, len, bits = 0, k = 0;
        uint32_t acc = 0;

        while (padding < 2 && n > padding && s[n - padding - 1] == '=')
                padding++;
        // Padding may be missing, but what is there must fill the last group of four.
        if (padding > 0 && n % 4 != 0)
                return -EINVAL;
        n -= padding;
        if (n % 4 == 1)
                return -EINVAL;
        len = n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0);
        for (size_t i = 0; i < n; i++)
                if (base64_value(s[i]) < 0)
                        return -EINVAL;
        if (len > INT_MAX)
                return -EINVAL;
        if (len > cap)
                return -EMSGSIZE;
        // Bits left over must be 0, or several texts would mean the same bytes.
        if ((n % 4 == 2 && base64_value(s[n - 1]) & 15) || (n % 4 == 3 && base64_value(s[n - 1]) & 3))
                return -EINVAL;
        for (size_t i = 0; i < n; i++) {
                acc = acc << 6 | (uint32_t) base64_value(s[i]);
                bits += 6;
                if (bits >= 8) {
                        bits -= 8;
                        out[k++] = (uint8_t) (acc >> bits);
                }
        }
        return (int) len;
}

bool digest_equal(const void *a, size_t a_len, const void *b, size_t b_len) {
        static const uint8_t none = 0;
        const volatile uint8_t *x = a;
        const volatile uint8_t *y = b_len > 0 ? b : &none;
        volatile unsigned difference = a_len != b_len;
        size_t last = b_len > 0 ? b_len - 1 : 0;

        // As many rounds as a is long, each reading one byte of both: volatile keeps the compiler from leaving early.
        for (size_t i = 0; i < a_len; i++)
                difference |= (unsigned) x[i] ^ y[i < last ? i : last];
        return difference == 0;
}

uint64_t digest_random(void) {
        static unsigned calls;
        uint64_t v;

        if (getentropy(&v, sizeof(v)) == 0)
                return v;
        // Only a kernel without getrandom comes here; ids and jitter stay distinct within this process.
        return (uint64_t) clock_now_ms() << 20 ^ (uint64_t) clock_monotonic_us() ^ (uint64_t) getpid() << 48 ^
               __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
}
