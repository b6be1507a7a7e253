#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/string.h"
#include "freshdesk/webhook.h"

enum {
        CREDENTIALS_MAX = 1536,  // decoded "user:password": a secret of 512 bytes and a user name longer than any
        SIGNATURE_TEXT_MAX = 96, // "sha256=" and 64 hex digits, with some white space around
};

static const char *skip_space(const char *s) {
        while (*s == ' ' || *s == '\t')
                s++;
        return s;
}

static size_t trimmed_length(const char *s) {
        size_t n = strlen(s);

        while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
                n--;
        return n;
}

// Hex first: 64 hex digits are base64 of something else as well, but no base64 of 32 bytes has 64 characters.
static bool signature_right(const char *sent, const uint8_t expected[DIGEST_SIZE]) {
        uint8_t bytes[DIGEST_SIZE + 16];
        const char *s = skip_space(sent);
        size_t n = trimmed_length(s);
        int k;

        if (n > SIGNATURE_TEXT_MAX)
                return false;
        if (n >= 7 && strncasecmp(s, "sha256=", 7) == 0) {
                s += 7;
                n -= 7;
        }
        k = n == 2 * DIGEST_SIZE ? digest_from_hex(s, n, bytes, sizeof(bytes))
                                 : digest_from_base64(s, n, bytes, sizeof(bytes));
        return k == DIGEST_SIZE && digest_equal(expected, DIGEST_SIZE, bytes, DIGEST_SIZE);
}

static bool basic_password_right(const char *authorization, const char *secret) {
        uint8_t credentials[CREDENTIALS_MAX];
        const uint8_t *colon;
        const char *s = skip_space(authorization);
        int n;

        if (strncasecmp(s, "Basic ", 6) != 0)
                return false;
        s = skip_space(s + 6);
        n = digest_from_base64(s, trimmed_length(s), credentials, sizeof(credentials));
        if (n <= 0)
                return false;
        colon = memchr(credentials, ':', (size_t) n);
        if (!colon)
                return false;
        return digest_equal(secret, strlen(secret), colon + 1, (size_t) (credentials + n - (colon + 1)));
}

bool webhook_authentic(const char *secret, const struct webhook_proof *p, const void *body, size_t n) {
        const char *const signatures[] = {p->freshdesk_signature, p->webhook_signature, p->hub_signature};
        uint8_t expected[DIGEST_SIZE];
        bool any = false, right = true;

        if (!secret || !*secret)
                return false;
        if (digest_hmac_sha256(secret, strlen(secret), body, n, expected) < 0)
                return false;
        for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
                if (!signatures[i])
                        continue;
                any = true;
                right = signature_right(signatures[i], expected) && right;
        }
        if (p->secret) {
                any = true;
                right = digest_equal(secret, strlen(secret), p->secret, strlen(p->secret)) && right;
        }
        if (any)
                return right;
        // Only when nothing else was sent: a proxy in front may have put an Authorization of its own on the request.
        return p->authorization && basic_password_right(p->authorization, secret);
}
