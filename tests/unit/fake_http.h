// An HTTP client that answers from a script instead of a network, in place of the real one: what was asked is kept,
// what is said is decided by the test. Included once, by a program that links no other client.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "net/client.h"

enum { FAKE_CALLS_MAX = 32, FAKE_URL_SIZE = 512, FAKE_BODY_SIZE = 2048 };

struct fake_answer {
        int failure;               // negative: no answer; outcome says whether it was sent
        enum http_outcome outcome; // when failure
        int status;
        const char *body; // NULL: none
        const char *header_name, *header_value;
};

static struct {
        struct fake_answer script[FAKE_CALLS_MAX];
        size_t n_script, n_calls;
        struct {
                char method[8], url[FAKE_URL_SIZE], user[64], password[8], body[FAKE_BODY_SIZE];
                bool has_body;
        } calls[FAKE_CALLS_MAX];
} fake;

static inline void fake_reset(void) {
        memset(&fake, 0, sizeof(fake));
}

static inline void fake_say(struct fake_answer a) {
        if (fake.n_script < FAKE_CALLS_MAX)
                fake.script[fake.n_script++] = a;
}

static inline void fake_say_json(int status, const char *body) {
        fake_say((struct fake_answer){.status = status, .body = body});
}

int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *a, struct error *e) {
        const struct fake_answer *said;
        size_t i = fake.n_calls++;

        (void) c;
        a->outcome = HTTP_NOT_SENT;
        if (i >= FAKE_CALLS_MAX || i >= fake.n_script)
                return error_set(e, -ECONNREFUSED, ERROR_TIMEOUT, "the script has no answer for call %zu", i + 1);
        str_copy(fake.calls[i].method, sizeof(fake.calls[i].method), call->method);
        str_copy(fake.calls[i].url, sizeof(fake.calls[i].url), call->url);
        str_copy(fake.calls[i].user, sizeof(fake.calls[i].user), call->user ? call->user : "");
        str_copy(fake.calls[i].password, sizeof(fake.calls[i].password), call->password ? call->password : "");
        str_copy(fake.calls[i].body, sizeof(fake.calls[i].body), call->body ? call->body : "");
        fake.calls[i].has_body = call->body != NULL;

        said = &fake.script[i];
        if (said->failure < 0) {
                a->outcome = said->outcome;
                return error_set(e, said->failure, ERROR_TIMEOUT, "help.example: %s", strerror(-said->failure));
        }
        a->outcome = HTTP_ANSWERED;
        a->status = said->status;
        a->body = BUFFER_INIT(call->answer_max);
        buffer_add_str(&a->body, said->body);
        if (said->header_name) {
                str_copy(a->headers[0].name, sizeof(a->headers[0].name), said->header_name);
                str_copy(a->headers[0].value, sizeof(a->headers[0].value), said->header_value);
                a->n_headers = 1;
        }
        return 0;
}

void http_answer_free(struct http_answer *a) {
        buffer_free(&a->body);
        a->n_headers = 0;
}

const char *http_answer_header(const struct http_answer *a, const char *name) {
        for (size_t i = 0; i < a->n_headers; i++)
                if (str_eq(a->headers[i].name, name))
                        return a->headers[i].value;
        return NULL;
}
