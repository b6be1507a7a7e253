// A server for tests, with a route for each way of answering.
#pragma once

#include <semaphore.h>

#include "base/error.h"
#include "net/server.h"
#include "unit.h"
#include "wire.h"

enum { SERVING_BODY_MAX = 2000, SERVING_TIMEOUT_S = 1, SERVING_LATER_MAX = 64 };

struct serving {
        struct http_server *server;
        unsigned port;
        struct http_request *later[SERVING_LATER_MAX]; // unanswered requests of /later
        _Atomic unsigned n_later;
        sem_t gate; // holds /pooled
        _Atomic unsigned handled;
};

static inline void serving_echo(struct http_request *r, void *app) {
        struct serving *s = app;
        size_t n;
        const char *body = http_body(r, &n), *given = http_header(r, "x-given");

        s->handled++;
        http_reply_json(r, 200,
                        json_pack("{s:s, s:s, s:s%, s:s?, s:s?, s:s?, s:s?, s:b}", "method", http_method(r), "path",
                                  http_path(r), "body", body, n, "id", http_param(r, "id"), "part",
                                  http_param(r, "part"), "q", http_query(r, "q"), "given", given, "loopback",
                                  http_from_loopback(r)));
}

static inline void serving_later(struct http_request *r, void *app) {
        struct serving *s = app;

        s->later[s->n_later] = r;
        s->n_later++;
}

static inline void *serving_answer(void *request) {
        http_reply_json(request, 200, json_pack("{s:b}", "late", 1));
        return NULL;
}

// Answers from another thread that runs while this one returns.
static inline void serving_race(struct http_request *r, void *app _unused_) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, serving_answer, r) != 0)
                abort();
        pthread_detach(thread);
}

static inline void serving_pooled(struct http_request *r, void *app) {
        struct serving *s = app;

        while (sem_wait(&s->gate) < 0)
                ;
        http_reply_json(r, 200, json_pack("{s:b}", "pooled", 1));
}

static inline void serving_bytes(struct http_request *r, void *app _unused_) {
        http_set_header(r, "Cache-Control", "max-age=60");
        http_set_header(r, "X-Split", "a\r\nX-Injected: 1");
        http_set_header(r, "X-Plain", "first");
        http_set_header(r, "x-plain", "second");
        http_reply_static(r, 200, "text/plain", "plain text", strlen("plain text"));
}

static inline void serving_fails(struct http_request *r, void *app _unused_) {
        struct error e = ERROR_INIT;

        (void) error_set(&e, 0, ERROR_STORAGE_UNAVAILABLE, "bytes \xff\xfe \"quoted\"");
        http_reply_error(r, &e);
}

static inline void serving_twice(struct http_request *r, void *app _unused_) {
        http_reply_json(r, 200, json_pack("{s:i}", "answer", 1));
        http_reply_json(r, 500, json_pack("{s:i}", "answer", 2));
        http_reply_bytes(r, 500, "text/plain", "3", 1);
}

static inline int serving_admit(struct http_request *r, void *gate _unused_) {
        struct error e = ERROR_INIT;
        const char *given = http_header(r, "Authorization");

        if ((http_flags(r) & HTTP_PUBLIC) || !given || strcmp(given, "Bearer wrong") != 0)
                return 0;
        http_set_header(r, "WWW-Authenticate", "Bearer");
        http_reply_error(r, (error_set(&e, 0, ERROR_UNAUTHORIZED, "no"), &e));
        return -EACCES;
}

static const struct http_route serving_routes[] = {
                {"GET", "/", HTTP_PUBLIC, serving_echo},
                {"GET", "/echo", 0, serving_echo},
                {"POST", "/echo", HTTP_JSON, serving_echo},
                {"PUT", "/raw", 0, serving_echo},
                {"GET", "/items/{id}/parts/{part}", 0, serving_echo},
                {"GET", "/later", 0, serving_later},
                {"GET", "/race", 0, serving_race},
                {"GET", "/pooled", HTTP_POOLED, serving_pooled},
                {"GET", "/slow", HTTP_POOLED | HTTP_SLOW, serving_pooled},
                {"GET", "/quick", HTTP_POOLED, serving_echo},
                {"GET", "/bytes", 0, serving_bytes},
                {"GET", "/fails", 0, serving_fails},
                {"GET", "/twice", 0, serving_twice},
};

static inline _unused_ struct http_server_options serving_options(struct serving *s) {
        return (struct http_server_options){
                        .host = "127.0.0.1",
                        .threads = 2,
                        .pool_threads = 1,
                        .pool_queue_max = 1,
                        .body_max = SERVING_BODY_MAX,
                        .connections_max = 64,
                        .timeout_s = SERVING_TIMEOUT_S,
                        .routes = serving_routes,
                        .n_routes = ARRAY_LEN(serving_routes),
                        .admit = serving_admit,
                        .app = s,
        };
}

static inline _unused_ int serving_start(void **state) {
        struct serving *s = calloc(1, sizeof(*s));
        struct http_server_options o;
        struct error e = ERROR_INIT;

        if (!s || sem_init(&s->gate, 0, 0) < 0)
                return -1;
        o = serving_options(s);
        if (http_server_start(&o, &s->server, &e) < 0) {
                fprintf(stderr, "%s\n", e.message);
                return -1;
        }
        s->port = http_server_port(s->server);
        *state = s;
        return 0;
}

static inline _unused_ int serving_stop(void **state) {
        struct serving *s = *state;

        http_server_stop(s->server);
        (void) sem_destroy(&s->gate);
        free(s);
        return 0;
}

// One request on a connection of its own; the whole answer, until the server closes or Content-Length is there.
static inline _unused_ int serving_ask(struct serving *s, const char *request, struct buffer *answer) {
        int fd = wire_connect(s->port);
        bool ok;

        (void) wire_say(fd, request);
        ok = wire_answer(fd, answer);
        (void) close(fd);
        return ok ? wire_status(answer) : -1;
}
