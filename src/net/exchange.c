#include "net/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

enum {
        EXCHANGE_CONNECT_MS_MAX = 10000,   // a host that does not answer by then will not
        EXCHANGE_HEADER_BYTES_MAX = 65536, // of all answer headers; Freshdesk sends 2 kB
};

// ---- what comes back

static size_t on_body(char *data, size_t size, size_t n, void *arg) {
        struct exchange *x = arg;

        buffer_add(&x->answer->body, data, size * n);
        x->refused = buffer_result(&x->answer->body);
        return x->refused < 0 ? 0 : size * n;
}

static void header_add(struct http_answer *a, const char *line, size_t n) {
        struct http_header *h = &a->headers[a->n_headers];
        const char *colon = memchr(line, ':', n), *value, *end = line + n;
        size_t len;

        if (!colon || a->n_headers == HTTP_ANSWER_HEADERS_MAX || (size_t) (colon - line) >= sizeof(h->name))
                return;
        for (size_t i = 0; line + i < colon; i++)
                h->name[i] = (char) (line[i] >= 'A' && line[i] <= 'Z' ? line[i] - 'A' + 'a' : line[i]);
        h->name[colon - line] = '\0';
        value = colon + 1;
        while (value < end && (*value == ' ' || *value == '\t'))
                value++;
        while (end > value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r' || end[-1] == '\n'))
                end--;
        len = MIN((size_t) (end - value), sizeof(h->value) - 1);
        memcpy(h->value, value, len);
        h->value[len] = '\0';
        a->n_headers++;
}

static size_t on_header(char *data, size_t size, size_t n, void *arg) {
        struct exchange *x = arg;
        size_t bytes = size * n;

        x->header_bytes += bytes;
        if (x->header_bytes > EXCHANGE_HEADER_BYTES_MAX) {
                x->refused = -EMSGSIZE;
                return 0;
        }
        if (bytes >= 5 && memcmp(data, "HTTP/", 5) == 0) {
                // Only the last answer's headers count, and not those behind the body: "100 Continue" and trailers say
                // nothing.
                x->answer->n_headers = 0;
                x->in_headers = true;
        } else if (data[0] == '\r' || data[0] == '\n') {
                x->in_headers = false;
        } else if (x->in_headers) {
                header_add(x->answer, data, bytes);
        }
        return bytes;
}

// ---- preparing

static int read_url(struct exchange *x, const char *url, struct error *e) {
        CURLU *u = curl_url();
        char *scheme = NULL, *host = NULL, *port = NULL;
        int r = 0;

        if (!u)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a call");
        // A user and password in the address would reach logs; they have fields of their own.
        if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
            curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
            curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
                r = error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                              "not an http or https address, or one with a password in it");
        else if (!str_eq(scheme, "http") && !str_eq(scheme, "https"))
                r = error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%.200s: only http and https are spoken here", host);
        else if (curl_url_get(u, CURLUPART_PORT, &port, 0) == CURLUE_OK)
                (void) snprintf(x->host, sizeof(x->host), "%s:%s", host, port);
        else
                (void) snprintf(x->host, sizeof(x->host), "%s", host);
        curl_free(scheme);
        curl_free(host);
        curl_free(port);
        curl_url_cleanup(u);
        return r;
}

static CURLcode only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
        return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long) (CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static bool set_method(struct exchange *x, const struct http_call *call) {
        CURL *easy = x->easy;
        bool get = str_eq(call->method, "GET"), ok = true;

        if (get)
                return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
        if (call->body || str_eq(call->method, "POST")) {
                const char *body = call->body ? call->body : "";

                ok = curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
                     curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
                     curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) strlen(body)) == CURLE_OK;
        }
        // libcurl sends a request again, by itself, when a kept connection proves dead before a byte of answer came.
        // The first may have been acted upon, so whatever changes something goes out on a connection of its own.
        return ok && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
}

static bool set_headers(struct exchange *x, const struct http_call *call) {
        static const char *const lines[] = {"Accept: application/json", "Expect:", "Content-Type: application/json"};
        size_t n = ARRAY_LEN(lines) - (call->body ? 0 : 1);

        for (size_t i = 0; i < n; i++) {
                struct curl_slist *longer = curl_slist_append(x->headers, lines[i]);

                if (!longer)
                        return false;
                x->headers = longer;
        }
        return curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK;
}

static bool set_options(struct exchange *x, const struct http_call *call) {
        CURL *easy = x->easy;
        bool ok = curl_easy_setopt(easy, CURLOPT_URL, call->url) == CURLE_OK && only_http(easy) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK && // not from the environment either
                  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_USERAGENT, "firstline") == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->words) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) call->answer_max) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_WRITEDATA, x) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
                  curl_easy_setopt(easy, CURLOPT_HEADERDATA, x) == CURLE_OK;

#if LIBCURL_VERSION_NUM >= 0x075700
        // A name that does not resolve in time must not hold up the other calls until the resolver gives up.
        ok = ok && curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK;
#endif
        if (ok && call->user)
                ok = curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long) CURLAUTH_BASIC) == CURLE_OK &&
                     curl_easy_setopt(easy, CURLOPT_USERNAME, call->user) == CURLE_OK &&
                     curl_easy_setopt(easy, CURLOPT_PASSWORD, call->password ? call->password : "") == CURLE_OK;
        return ok && set_method(x, call) && set_headers(x, call);
}

int exchange_prepare(struct exchange *x, const struct http_call *call, struct http_answer *a, struct error *e) {
        static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
        bool known = false;
        int r;

        *x = (struct exchange){.answer = a};
        *a = (struct http_answer){.outcome = HTTP_NOT_SENT, .body = BUFFER_INIT(call->answer_max)};
        for (size_t i = 0; i < ARRAY_LEN(methods); i++)
                known = known || str_eq(call->method, methods[i]);
        if (!known)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "no HTTP method of that name is used here");
        r = read_url(x, call->url, e);
        if (r < 0)
                return r;
        x->easy = curl_easy_init();
        if (!x->easy || !set_options(x, call))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "%s: no memory for a call", x->host);
        exchange_set_timeout(x, call->timeout_ms);
        return 0;
}

void exchange_set_timeout(struct exchange *x, unsigned timeout_ms) {
        long whole = MAX((long) timeout_ms, 1L); // 0 would mean no limit

        (void) curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, whole);
        (void) curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, MIN(whole, (long) EXCHANGE_CONNECT_MS_MAX));
}

void exchange_clear(struct exchange *x) {
        curl_easy_cleanup(x->easy);
        curl_slist_free_all(x->headers);
        *x = (struct exchange){0};
}

// ---- what it means

struct meaning {
        CURLcode code;
        int result;
        enum error_code error;
        const char *words;
        bool explain; // libcurl's own words tell more
};

static const struct meaning meanings[] = {
                {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, ERROR_INTERNAL, "the name cannot be resolved", false},
                {CURLE_PEER_FAILED_VERIFICATION, -EACCES, ERROR_INTERNAL, "its certificate is not trusted", true},
                {CURLE_SSL_CACERT_BADFILE, -EACCES, ERROR_INTERNAL, "the list of trusted certificates cannot be read",
                 true},
                {CURLE_SSL_CONNECT_ERROR, -EPROTO, ERROR_INTERNAL, "no TLS connection", true},
                {CURLE_SEND_ERROR, -ECONNRESET, ERROR_INTERNAL, "the connection was cut", false},
                {CURLE_RECV_ERROR, -ECONNRESET, ERROR_INTERNAL, "the connection was cut", false},
                {CURLE_GOT_NOTHING, -ECONNRESET, ERROR_INTERNAL, "it closed the connection without an answer", false},
                {CURLE_PARTIAL_FILE, -ECONNRESET, ERROR_INTERNAL, "the connection was cut in the middle of the answer",
                 false},
                {CURLE_WEIRD_SERVER_REPLY, -EPROTO, ERROR_INTERNAL, "the answer is not HTTP", false},
                {CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, ERROR_INTERNAL, "the answer is not HTTP", false},
                {CURLE_FILESIZE_EXCEEDED, -EMSGSIZE, ERROR_TOO_LARGE, "the answer is too large", false},
                {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, ERROR_TIMEOUT, "no answer in time", false},
                {CURLE_OUT_OF_MEMORY, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a call", false},
};

// Has any byte of the request left? The TLS handshake is not part of it.
static enum http_outcome outcome_of_failure(const struct exchange *x) {
        curl_off_t body = 0;
        long head = 0;

        if (curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &head) != CURLE_OK ||
            curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &body) != CURLE_OK)
                return HTTP_UNKNOWN;
        return head == 0 && body == 0 ? HTTP_NOT_SENT : HTTP_UNKNOWN;
}

static bool answer_began(const struct exchange *x) {
        long status = 0;

        return curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status > 0;
}

static int explain(const struct exchange *x, CURLcode code, enum http_outcome outcome, struct error *e) {
        if (x->refused == -ENOMEM)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "%s: no memory for the answer", x->host);
        if (x->refused < 0)
                return error_set(e, -EMSGSIZE, ERROR_TOO_LARGE, "%s: the answer is too large", x->host);
        if (code == CURLE_OUT_OF_MEMORY && answer_began(x)) // libcurl's name for a header over its 100 kB
                return error_set(e, -EMSGSIZE, ERROR_TOO_LARGE,
                                 "%s: a header of the answer is too large, or there is no memory for it", x->host);
        if (code == CURLE_COULDNT_CONNECT) {
                long no = 0;

                if (curl_easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &no) != CURLE_OK || no <= 0)
                        no = ECONNREFUSED;
                return error_set(e, (int) -no, ERROR_INTERNAL, "%s: %s", x->host, strerror((int) no));
        }
        if (code == CURLE_OPERATION_TIMEDOUT && outcome == HTTP_NOT_SENT)
                return error_set(e, -ETIMEDOUT, ERROR_TIMEOUT, "%s: no connection in time", x->host);
        for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
                if (meanings[i].code == code)
                        return error_set(e, meanings[i].result, meanings[i].error, "%s: %s%s%s", x->host,
                                         meanings[i].words, meanings[i].explain && x->words[0] ? ": " : "",
                                         meanings[i].explain ? x->words : "");
        return error_set(e, -EIO, ERROR_INTERNAL, "%s: %s", x->host, curl_easy_strerror(code));
}

static int failed(struct exchange *x, int result, enum http_outcome outcome) {
        http_answer_free(x->answer);
        x->answer->outcome = outcome;
        return result;
}

int exchange_result(struct exchange *x, CURLcode code, struct error *e) {
        enum http_outcome outcome = code == CURLE_OK ? HTTP_ANSWERED : outcome_of_failure(x);
        long status = 0;

        if (outcome != HTTP_ANSWERED)
                return failed(x, explain(x, code, outcome, e), outcome);
        if (curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200 || status > 599)
                return failed(x, error_set(e, -EPROTO, ERROR_INTERNAL, "%s: the answer is not HTTP", x->host),
                              HTTP_UNKNOWN);
        x->answer->outcome = HTTP_ANSWERED;
        x->answer->status = (int) status;
        return 0;
}

int exchange_cancelled(struct exchange *x, struct error *e) {
        return failed(x, error_set(e, -ECANCELED, ERROR_INTERNAL, "%s: given up, because the program stops", x->host),
                      outcome_of_failure(x));
}

// ---- the answer

void http_answer_free(struct http_answer *a) {
        if (!a)
                return;
        buffer_free(&a->body);
        a->n_headers = 0;
        a->status = 0;
}

const char *http_answer_header(const struct http_answer *a, const char *name) {
        for (size_t i = 0; i < a->n_headers; i++)
                if (str_eq(a->headers[i].name, name))
                        return a->headers[i].value;
        return NULL;
}
