// The answer: a response with the headers that every answer has, handed to whoever holds the connection.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "net/request.h"

enum {
        REPLY_DIGITS = 15
}; // of a real number: as many as every decimal fraction keeps, so that 0.977 is written as that

void http_set_header(struct http_request *r, const char *name, const char *value) {
        char *copy _cleanup_free_ = NULL, *name_copy _cleanup_free_ = NULL;

        if (name[strcspn(name, "\r\n")] || value[strcspn(value, "\r\n")])
                return;
        copy = str_dup(value);
        if (!copy)
                return;
        for (size_t i = 0; i < r->n_headers; i++) {
                if (!str_ieq(r->headers[i].name, name))
                        continue;
                free(r->headers[i].value);
                r->headers[i].value = TAKE_PTR(copy);
                return;
        }
        name_copy = str_dup(name);
        if (!name_copy || r->n_headers == REQUEST_HEADERS_MAX)
                return;
        r->headers[r->n_headers++] = (struct request_header){TAKE_PTR(name_copy), TAKE_PTR(copy)};
}

static bool has_header(const struct http_request *r, const char *name) {
        for (size_t i = 0; i < r->n_headers; i++)
                if (str_ieq(r->headers[i].name, name))
                        return true;
        return false;
}

static void count(int status) {
        static const char *const classes[] = {"2xx", "3xx", "4xx", "5xx"};

        if (status >= 200 && status < 600)
                metric_inc(METRIC_HTTP_REQUESTS, classes[status / 100 - 2]);
}

static bool add_headers(const struct http_request *r, struct MHD_Response *response) {
        bool ok = MHD_add_response_header(response, "X-Request-Id", r->id) == MHD_YES &&
                  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") == MHD_YES;

        if (r->answer.type)
                ok = MHD_add_response_header(response, "Content-Type", r->answer.type) == MHD_YES && ok;
        if (!has_header(r, "Cache-Control"))
                ok = MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES && ok;
        if (r->close)
                ok = MHD_add_response_header(response, "Connection", "close") == MHD_YES && ok;
        for (size_t i = 0; i < r->n_headers; i++)
                ok = MHD_add_response_header(response, r->headers[i].name, r->headers[i].value) == MHD_YES && ok;
        return ok;
}

struct MHD_Response *request_response(struct http_request *r) {
        struct request_answer *a = &r->answer;
        struct MHD_Response *response;

        if (a->lost)
                return NULL;
        response = a->made ? TAKE_PTR(a->made)
                           : MHD_create_response_from_buffer(a->n, a->data,
                                                             a->owned ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
        if (!response)
                return NULL;
        a->owned = false; // the response's from now on
        if (add_headers(r, response))
                return response;
        // An answer without its headers may be cached or run as a script: rather none.
        MHD_destroy_response(response);
        return NULL;
}

// The response itself is made on the network thread: whoever answers, like the one thread that writes to the database,
// has others waiting.
static void reply(struct http_request *r, int status, struct request_answer answer) {
        if (atomic_load(&r->state) == REQUEST_ANSWERED) {
                log_error("http: %s was answered twice", r->path);
                if (answer.made)
                        MHD_destroy_response(answer.made);
                if (answer.owned)
                        free(answer.data);
                return;
        }
        count(status);
        r->status = status;
        r->answer = answer;
        request_answered(r);
}

void request_reply_made(struct http_request *r, int status, const char *type, struct MHD_Response *response) {
        reply(r, status, (struct request_answer){.type = type, .made = response});
}

void request_refuse(struct http_request *r, int status, const struct error *e) {
        enum error_code code = e->code == ERROR_NONE ? ERROR_INTERNAL : e->code;
        json_t *body;

        if ((status == 503 || status == 429) && !has_header(r, "Retry-After"))
                http_set_header(r, "Retry-After", "1");
        if (code == ERROR_INTERNAL)
                log_error("http: %s: %s", r->path, e->message);
        body = json_pack("{s:{s:s, s:s}}", "error", "code", error_name(code), "message", e->message);
        if (!body)
                reply(r, status, (struct request_answer){.lost = true});
        else
                http_reply_json(r, status, body);
}

void http_reply_error(struct http_request *r, const struct error *e) {
        request_refuse(r, e->code == ERROR_NONE ? 500 : error_status(e->code), e);
}

void http_reply_json(struct http_request *r, int status, json_t *body) {
        char *text = body ? json_text_as(body, JSON_COMPACT | JSON_REAL_PRECISION(REPLY_DIGITS)) : NULL;

        json_decref(body);
        if (text) {
                reply(r, status, (struct request_answer){"application/json", text, strlen(text), .owned = true});
                return;
        }
        static const char lost[] =
                        "{\"error\":{\"code\":\"out_of_memory\",\"message\":\"not enough memory for the answer\"}}";
        http_reply_static(r, 500, "application/json", lost, strlen(lost));
}

void http_reply_bytes(struct http_request *r, int status, const char *type, const void *data, size_t n) {
        void *copy = malloc(MAX(n, (size_t) 1));

        if (copy)
                memcpy(copy, data, n);
        reply(r, status, (struct request_answer){type, copy, n, .owned = copy, .lost = !copy});
}

void http_reply_static(struct http_request *r, int status, const char *type, const void *data, size_t n) {
        // The library only reads it; its parameter is not const because it may also be told to free.
        reply(r, status, (struct request_answer){type, (void *) (uintptr_t) data, n, .owned = false});
}
