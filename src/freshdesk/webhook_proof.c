#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/string.h"
#include "freshdesk/webhook.h"

enum {
        CREDENTIALS_MAX = 1536,  // decoded "user:password": a secret of 512 bytes and a user name longer than any
        SIGNATURE_TEXT_MAX = 96, // "sha256=" and 64 hex digits, with some white space around
        TIMESTAMP_MAX = 40,      // the longest ISO 8601 with fraction and zone
        MS_PER_S = 1000,
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

// Both secrets are always tried, so that the time tells nobody which of them was nearly right.
struct expectation {
        const char *secrets[2];
        uint8_t signatures[2][DIGEST_SIZE];
        size_t n;
        size_t matched; // of the secrets, by the last signature that was right
};

static int expect(const struct webhook_keys *keys, const void *signed_text, size_t n, struct expectation *ret) {
        const char *const secrets[] = {keys->secret, keys->old};
        struct expectation x = {.n = 0};

        for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
                if (!secrets[i] || !*secrets[i])
                        continue;
                if (digest_hmac_sha256(secrets[i], strlen(secrets[i]), signed_text, n, x.signatures[x.n]) < 0)
                        return -EIO;
                x.secrets[x.n++] = secrets[i];
        }
        *ret = x;
        return 0;
}

static bool any_signature(struct expectation *x, const char *sent) {
        bool right = false;

        for (size_t i = 0; i < x->n; i++)
                if (signature_right(sent, x->signatures[i])) {
                        right = true;
                        x->matched = i;
                }
        return right;
}

static bool any_secret(const struct expectation *x, const char *sent) {
        bool right = false;

        for (size_t i = 0; i < x->n; i++)
                right = digest_equal(x->secrets[i], strlen(x->secrets[i]), sent, strlen(sent)) || right;
        return right;
}

static bool any_password(const struct expectation *x, const char *authorization) {
        bool right = false;

        for (size_t i = 0; i < x->n; i++)
                right = basic_password_right(authorization, x->secrets[i]) || right;
        return right;
}

static bool proven(const struct webhook_proof *p, bool timed, struct expectation *x) {
        const char *const signatures[] = {p->freshdesk_signature, p->webhook_signature, p->hub_signature};
        bool any = false, right = true;

        for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
                if (!signatures[i])
                        continue;
                any = true;
                right = any_signature(x, signatures[i]) && right;
        }
        if (timed && !any)
                return false;
        if (p->secret) {
                any = true;
                right = any_secret(x, p->secret) && right;
        }
        if (any)
                return right;
        // Only when nothing else was sent: a proxy in front may have put an Authorization of its own on the request.
        return p->authorization && any_password(x, p->authorization);
}

// Seconds since 1970, or ISO 8601.
static int timestamp_ms(const char *s, size_t n, int64_t *ret) {
        char text[TIMESTAMP_MAX];
        int64_t seconds;

        if (n == 0 || n >= sizeof(text))
                return -EINVAL;
        memcpy(text, s, n);
        text[n] = '\0';
        if (strspn(text, "0123456789") < n)
                return clock_parse_iso(text, ret);
        if (str_to_int64(text, 0, INT64_MAX / MS_PER_S, &seconds) < 0)
                return -EINVAL;
        *ret = seconds * MS_PER_S;
        return 0;
}

static int check_time(const char *s, size_t n, int64_t window_s, int64_t now_ms, struct error *e) {
        int64_t at_ms;

        if (timestamp_ms(s, n, &at_ms) < 0)
                return error_set(e, -ETIME, ERROR_UNAUTHORIZED,
                                 "X-Webhook-Timestamp must be in seconds since 1970, or like 2026-01-31T12:00:00Z");
        if (at_ms < now_ms - window_s * MS_PER_S || at_ms > now_ms + window_s * MS_PER_S)
                return error_set(e, -ETIME, ERROR_UNAUTHORIZED,
                                 "X-Webhook-Timestamp is more than %" PRId64 " s from this machine's clock", window_s);
        return 0;
}

static int unproven(bool timed, struct error *e) {
        return error_set(e, -EACCES, ERROR_UNAUTHORIZED, "%s",
                         timed ? "the webhook bears no valid proof: sign \"TIMESTAMP.BODY\" with WEBHOOK_SECRET"
                               : "the webhook bears no valid proof: sign the body with WEBHOOK_SECRET, or send it in "
                                 "X-Webhook-Secret");
}

int webhook_prove(const struct webhook_keys *keys, const struct webhook_proof *p, const void *body, size_t n,
                  int64_t now_ms, struct webhook_seal *ret, struct error *e) {
        struct buffer text _cleanup_buffer_ = BUFFER_INIT(SIZE_MAX / 2);
        bool timed = p->timestamp || keys->timestamp;
        const char *at = skip_space(p->timestamp ? p->timestamp : "");
        size_t at_len = trimmed_length(at);
        struct expectation x;
        int r;

        if (str_empty(keys->secret) || (timed && (at_len == 0 || at_len >= TIMESTAMP_MAX)))
                return unproven(timed, e);
        if (timed) {
                buffer_add(&text, at, at_len);
                buffer_add_char(&text, '.');
                buffer_add(&text, body, n);
                if (buffer_result(&text) < 0)
                        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the webhook");
        }
        r = expect(keys, timed ? text.data : body, timed ? text.len : n, &x);
        if (r < 0) // no wrong proof, but none that could be looked at: the sender tries again
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "the webhook's proof cannot be checked now");
        if (!proven(p, timed, &x))
                return unproven(timed, e);
        // After the proof: strangers are not told what this clock says.
        r = timed ? check_time(at, at_len, keys->window_s, now_ms, e) : 0;
        if (r < 0)
                return r;
        if (ret) {
                *ret = (struct webhook_seal){.timed = timed};
                memcpy(ret->digest, x.signatures[x.matched], sizeof(ret->digest));
        }
        return 0;
}
