#include "net/refusal.h"

#include <stdio.h>
#include <string.h>

#include "base/metrics.h"

size_t refusal_write(const struct refusal *r, char answer[REFUSAL_ANSWER_MAX]) {
        char body[REFUSAL_ANSWER_MAX / 2];
        int n, body_len;

        body_len = snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", error_name(r->code),
                            r->message);
        n = snprintf(answer, REFUSAL_ANSWER_MAX,
                     "HTTP/1.1 %d Refused\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                     "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s",
                     r->status, body_len, body);
        metric_inc(METRIC_HTTP_REQUESTS, r->status < 500 ? "4xx" : "5xx");
        return body_len < 0 || (size_t) body_len >= sizeof(body) || n < 0 || n >= REFUSAL_ANSWER_MAX ? 0 : (size_t) n;
}

// What the library calls its reasons, as far as they tell more than the status does.
static const struct {
        unsigned status;
        const char *words; // in the page; NULL: any other
        struct refusal said;
} library_refusals[] = {
                {400, "chunk", {400, ERROR_INVALID_REQUEST, "a chunk of the body is malformed"}},
                {400, "Content-Length", {400, ERROR_INVALID_REQUEST, "Content-Length is not a number"}},
                {400, NULL, {400, ERROR_INVALID_REQUEST, "the request line or a header is malformed"}},
                {413, "chunk", {413, ERROR_TOO_LARGE, "a chunk of the body is larger than any number here"}},
                {413, NULL, {413, ERROR_TOO_LARGE, "the body is larger than any number here"}},
                {414, NULL, {414, ERROR_TOO_LARGE, "the address is longer than 8192 bytes"}},
                {431,
                 NULL,
                 {431, ERROR_HEADERS_TOO_LARGE,
                  "the headers, or the parameters of the address, are too many or too large"}},
                {505, NULL, {505, ERROR_INVALID_REQUEST, "only HTTP/1.1 and HTTP/1.0 are spoken here"}},
                // It blames the program for what it has no room for: in 0.9.75 that is a chunk's extension.
                {500, "libmicrohttpd doc", {413, ERROR_TOO_LARGE, "a line before a chunk of the body is too long"}},
                {0, NULL, {500, ERROR_INTERNAL, "the request cannot be read"}},
};

struct refusal refusal_instead(unsigned status, const char *page) {
        size_t i = 0;

        while (library_refusals[i].status != 0 &&
               (library_refusals[i].status != status ||
                (library_refusals[i].words && !strstr(page, library_refusals[i].words))))
                i++;
        return library_refusals[i].said;
}
