#include "freshdesk/freshdesk.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/string.h"
#include "freshdesk/call.h"
#include "freshdesk/turn.h"

enum { API_KEY_MAX = 255 };

// Printable ASCII without a colon, which would end the user name in Basic authentication.
static bool api_key_valid(const char *key) {
        size_t n = strlen(key);

        if (n == 0 || n > API_KEY_MAX)
                return false;
        for (size_t i = 0; i < n; i++)
                if (key[i] <= 0x20 || key[i] >= 0x7f || key[i] == ':')
                        return false;
        return true;
}

static bool is_loopback(const char *host) {
        return str_starts(host, "127.") || str_starts(host, "localhost") || str_starts(host, "[::1]");
}

int freshdesk_open(const struct freshdesk_options *o, struct freshdesk **ret, struct error *e) {
        struct freshdesk *f _cleanup_(freshdesk_free_p) = NULL;
        struct address address;
        int r;

        r = address_read(o->domain, o->url, &address, e);
        if (r < 0)
                return r;
        // The key itself is never repeated.
        if (str_empty(o->api_key))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "FRESHDESK_API_KEY is not set");
        if (!api_key_valid(o->api_key))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "FRESHDESK_API_KEY must be printable characters without spaces and colons");
        f = calloc(1, sizeof(*f));
        if (!f)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the Freshdesk client");
        r = pthread_mutex_init(&f->lock, NULL);
        if (r != 0) {
                free(TAKE_PTR(f));
                return error_set(e, -r, ERROR_OUT_OF_MEMORY, "no lock for the Freshdesk client");
        }
        turns_init(f, o->share);
        f->address = address;
        f->timeout_ms = o->timeout_ms;
        f->client = o->client;
        f->api_key = str_dup(o->api_key);
        if (!f->api_key)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the Freshdesk client");
        if (str_starts(address.base, "http:") && !is_loopback(address.host))
                log_warning("Freshdesk is spoken to without encryption: the API key can be read on the way to %s",
                            address.host);
        *ret = TAKE_PTR(f);
        return 0;
}

struct freshdesk *freshdesk_free(struct freshdesk *f) {
        if (!f)
                return NULL;
        if (f->api_key)
                explicit_bzero(f->api_key, strlen(f->api_key));
        free(f->api_key);
        turns_clear(f);
        pthread_mutex_destroy(&f->lock);
        free(f);
        return NULL;
}

int freshdesk_health(struct freshdesk *f, struct error *e) {
        int health;

        pthread_mutex_lock(&f->lock);
        health = f->health;
        if (health < 0 && e)
                *e = f->health_error;
        // An answer that was under way when the key was refused does not make it good.
        if (health == 0 && f->key.state != BREAKER_CLOSED)
                health = error_set(e, -EACCES, ERROR_FRESHDESK_REFUSED,
                                   "Freshdesk does not accept FRESHDESK_API_KEY: everything waits");
        pthread_mutex_unlock(&f->lock);
        return health;
}

uint64_t freshdesk_recoveries(struct freshdesk *f) {
        uint64_t n;

        pthread_mutex_lock(&f->lock);
        n = f->recoveries;
        pthread_mutex_unlock(&f->lock);
        return n;
}

const char *freshdesk_host(const struct freshdesk *f) {
        return f->address.host;
}
