#include "net/request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/string.h"
#include "net/forwarded.h"
#include "net/guard.h"
#include "net/server_private.h"

struct http_request *request_new(struct http_server *s, struct MHD_Connection *mhd, const char *raw_target) {
        size_t len = strnlen(raw_target, TARGET_MAX + 1), path_len = strcspn(raw_target, "?");
        struct http_request *r;
        char *copy;

        r = calloc(1, sizeof(*r) + 2 * (len + 1));
        if (!r)
                return NULL;
        r->server = s;
        r->mhd = mhd;
        r->raw = raw_target;
        r->raw_len = strlen(raw_target);
        r->body = BUFFER_INIT(s->options.body_max);
        r->started_us = clock_monotonic_us();
        (void) snprintf(r->id, sizeof(r->id), "%08x%08x", s->id_start, atomic_fetch_add(&s->id_next, 1));
        memcpy(r->text, raw_target, MIN(len, path_len));
        r->path = r->text + target_path_at(r->text);
        copy = r->text + len + 1;
        memcpy(copy, raw_target, len);
        if (len > TARGET_MAX)
                r->target_result = error_set(&r->refusal, -E2BIG, ERROR_TOO_LARGE,
                                             "the address is longer than %d bytes", TARGET_MAX);
        else
                r->target_result = target_parse(copy, &r->target, &r->refusal);
        return r;
}

void request_free(struct http_request *r) {
        if (!r)
                return;
        for (size_t i = 0; i < r->n_headers; i++) {
                free(r->headers[i].name);
                free(r->headers[i].value);
        }
        if (r->answer.made)
                MHD_destroy_response(r->answer.made);
        if (r->answer.owned)
                free(r->answer.data);
        buffer_free(&r->body);
        free(r);
}

const char *http_method(const struct http_request *r) {
        return r->method;
}

const char *http_path(const struct http_request *r) {
        return r->path;
}

const char *http_id(const struct http_request *r) {
        return r->id;
}

const char *http_param(const struct http_request *r, const char *name) {
        return r->route ? route_param(r->route, &r->target, name) : NULL;
}

const char *http_query(const struct http_request *r, const char *name) {
        return target_query(&r->target, name);
}

const char *http_header(const struct http_request *r, const char *name) {
        return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

const char *http_body(const struct http_request *r, size_t *len) {
        if (len)
                *len = r->body.len;
        return buffer_str(&r->body);
}

unsigned http_flags(const struct http_request *r) {
        return r->route ? r->route->flags : 0;
}

void *http_gate(const struct http_request *r) {
        return r->server->options.gate;
}

struct http_feed *http_feed(const struct http_request *r) {
        return r->server->options.feed;
}

struct header_values {
        const char *name;
        struct buffer values;
        bool any;
};

static enum MHD_Result add_value(void *arg, enum MHD_ValueKind kind, const char *name, const char *value) {
        struct header_values *v = arg;

        (void) kind;
        if (!str_ieq(name, v->name))
                return MHD_YES;
        if (v->any)
                buffer_add_char(&v->values, ',');
        buffer_add_str(&v->values, value);
        v->any = true;
        return MHD_YES;
}

// All values of a header that may be sent several times, in their order; NULL: not sent. False: no memory.
static bool all_values(const struct http_request *r, struct header_values *v, const char **ret) {
        (void) MHD_get_connection_values(r->mhd, MHD_HEADER_KIND, add_value, v);
        *ret = v->any ? buffer_str(&v->values) : NULL;
        return buffer_result(&v->values) == 0;
}

bool http_sender(const struct http_request *r, struct address *ret) {
        struct header_values x = {.name = "X-Forwarded-For", .values = BUFFER_INIT(GUARD_HEADER_BYTES_MAX)};
        struct header_values standard = {.name = "Forwarded", .values = BUFFER_INIT(GUARD_HEADER_BYTES_MAX)};
        const struct address_list *proxies = r->server->options.proxies;
        const char *x_text, *standard_text;
        struct address peer;
        bool told;

        if (!connection_peer(r->connection, &peer))
                return false;
        if (!address_list_has(proxies, &peer)) {
                *ret = peer;
                return true;
        }
        told = all_values(r, &x, &x_text) && all_values(r, &standard, &standard_text) &&
               forwarded_sender(&peer, proxies, x_text, standard_text, ret) == 0;
        buffer_free(&x.values);
        buffer_free(&standard.values);
        return told;
}

// The loopback of a proxy elsewhere is that machine's, not ours.
bool http_from_loopback(const struct http_request *r) {
        struct address peer, sender;

        return connection_peer(r->connection, &peer) && address_is_loopback(&peer) && http_sender(r, &sender) &&
               address_is_loopback(&sender);
}

const char *http_scheme(const struct http_request *r) {
        const char *said = http_header(r, "X-Forwarded-Proto");
        struct address peer;

        if (said && connection_peer(r->connection, &peer) && address_list_has(r->server->options.proxies, &peer))
                return str_ieq(said, "https") ? "https" : "http";
        return r->server->tls ? "https" : "http";
}

bool http_is_json(const struct http_request *r) {
        const char *encoding = http_header(r, "Content-Encoding");

        return guard_is_json(http_header(r, "Content-Type")) && (!encoding || str_ieq(encoding, "identity"));
}

int64_t http_started_us(const struct http_request *r) {
        return r->started_us;
}
