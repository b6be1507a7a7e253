// What anybody can post to /webhook: the proof headers, then the body. The input is two header lines and the body
// behind them.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

// The next line as a header value, NULL when it is "-". *data and *n move on behind it.
static char *next_line(const uint8_t **data, size_t *n) {
        const uint8_t *end = memchr(*data, '\n', *n);
        size_t len = end ? (size_t) (end - *data) : 0;
        char *line;

        if (!end)
                return NULL;
        line = str_ndup((const char *) *data, len);
        *data += len + 1;
        *n -= len + 1;
        if (line && strcmp(line, "-") == 0) {
                free(line);
                return NULL;
        }
        return line;
}

static void check(const struct webhook_event *ev, const struct webhook_event *again) {
        if (ev->ignored ? !*ev->reason
                        : (ev->ticket_id < 1 || ev->ticket_id >= 1000000000000LL || strlen(ev->key) != 64))
                abort();
        if (ev->priority < 0 || ev->priority > 4 || !str_eq(ev->key, again->key))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *signature _cleanup_free_ = next_line(&data, &n);
        char *authorization _cleanup_free_ = next_line(&data, &n);
        struct webhook_proof proof = {.webhook_signature = signature, .authorization = authorization};
        struct webhook_event ev = {.ticket_id = 0}, again = {.ticket_id = 0};
        json_t *root _cleanup_json_ = NULL, *copy _cleanup_json_ = NULL;
        struct error e = ERROR_INIT;

        // Nobody guesses a random secret, so any proof that is taken was forged.
        for (int timed = 0; timed <= 1; timed++) {
                struct webhook_keys keys = {.secret = "kept-by-nobody-3b1f0c9a5d7e",
                                            .old = "nor-by-anybody-0d1b77c2ae94",
                                            .window_s = 300};

                if (webhook_prove(&keys, &proof, data, n, 0, NULL, NULL) == 0)
                        abort();
                proof.timestamp = authorization;
        }
        if (json_parse((const char *) data, n, &root, &e) < 0)
                return 0;
        if (webhook_parse(root, &ev, &e) < 0) {
                if (e.code == ERROR_NONE || !*e.message)
                        abort();
                return 0;
        }
        copy = json_deep_copy(root);
        if (copy && webhook_parse(copy, &again, &e) == 0)
                check(&ev, &again);
        return 0;
}
