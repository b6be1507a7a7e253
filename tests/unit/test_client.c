#include "net/client.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "unit.h"
#include "wire.h"

enum { LONG_MS = 20000, SHORT_MS = 300, ANSWER_MAX = 4096 };

struct fixture {
        struct http_client *client;
        struct wire_server server;
        char url[128];
};

static int setup(void **state) {
        struct fixture *f = calloc(1, sizeof(*f));
        struct error e = ERROR_INIT;

        if (http_client_new(4, &f->client, &e) < 0)
                return -1;
        *state = f;
        return 0;
}

static int teardown(void **state) {
        struct fixture *f = *state;

        http_client_free(f->client);
        wire_server_clear(&f->server);
        free(f);
        return 0;
}

static void serve(struct fixture *f, void (*fn)(struct wire_server *s, int fd)) {
        wire_server_clear(&f->server);
        wire_server_start(&f->server, fn);
        (void) snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%u/path", f->server.port);
}

static int call(struct fixture *f, const char *method, const char *body, unsigned timeout_ms, struct http_answer *a,
                struct error *e) {
        struct http_call c = {.method = method,
                              .url = f->url,
                              .body = body,
                              .timeout_ms = timeout_ms,
                              .answer_max = ANSWER_MAX};

        *e = ERROR_INIT;
        return http_client_call(f->client, &c, a, e);
}

// ---- well-behaved servers

static void serve_ok(struct wire_server *s, int fd) {

        while (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                             "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-RateLimit-Total:  50 "
                             "\r\nContent-Length: 8\r\n\r\n"
                             "{\"id\":1}");
}

static void test_posts_and_reads_the_answer(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;
        struct http_call c;

        serve(f, serve_ok);
        c = (struct http_call){.method = "POST",
                               .url = f->url,
                               .user = "key",
                               .password = "X",
                               .body = "{\"a\":1}",
                               .timeout_ms = LONG_MS,
                               .answer_max = ANSWER_MAX};
        assert_int_equal(http_client_call(f->client, &c, &a, &e), 0);
        wire_server_stop(&f->server);
        assert_int_equal(a.outcome, HTTP_ANSWERED);
        assert_int_equal(a.status, 201);
        assert_string_equal(buffer_str(&a.body), "{\"id\":1}");
        assert_string_equal(http_answer_header(&a, "x-ratelimit-total"), "50");
        assert_null(http_answer_header(&a, "x-early"));
        assert_null(http_answer_header(&a, "X-RateLimit-Total"));

        assert_non_null(strstr(buffer_str(&f->server.asked), "POST /path HTTP/1.1\r\n"));
        assert_non_null(strstr(buffer_str(&f->server.asked), "\r\nAuthorization: Basic a2V5Olg=\r\n"));
        assert_non_null(strstr(buffer_str(&f->server.asked), "\r\nContent-Type: application/json\r\n"));
        assert_null(strstr(buffer_str(&f->server.asked), "Expect"));
        assert_non_null(strstr(buffer_str(&f->server.asked), "\r\n\r\n{\"a\":1}"));
}

static void test_gets_share_a_connection_and_changes_do_not(void **state) {
        struct fixture *f = *state;
        static const struct {
                const char *method, *body;
                unsigned connections;
        } calls[] = {{"GET", NULL, 1}, {"GET", NULL, 1}, {"PUT", "{}", 2}, {"POST", NULL, 3}, {"DELETE", NULL, 4}};
        struct error e;

        serve(f, serve_ok);
        for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
                struct http_answer a _cleanup_answer_ = {0};

                assert_int_equal(call(f, calls[i].method, calls[i].body, LONG_MS, &a, &e), 0);
                assert_int_equal(f->server.requests, i + 1);
                assert_int_equal(f->server.accepted, calls[i].connections);
        }
        wire_server_stop(&f->server);
}

static void serve_no_body(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

static void test_an_answer_may_have_no_body(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_no_body);
        assert_int_equal(call(f, "DELETE", NULL, LONG_MS, &a, &e), 0);
        wire_server_stop(&f->server);
        assert_int_equal(a.status, 204);
        assert_int_equal(a.body.len, 0);
        assert_string_equal(buffer_str(&a.body), "");
}

static void serve_redirect(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: "
                             "0\r\nConnection: close\r\n\r\n");
}

static void test_does_not_follow_redirects(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_redirect);
        assert_int_equal(call(f, "GET", NULL, LONG_MS, &a, &e), 0);
        wire_server_stop(&f->server);
        assert_int_equal(a.status, 302);
        assert_string_equal(http_answer_header(&a, "location"), "http://127.0.0.1:1/elsewhere");
}

// ---- servers that fail: did it happen?

static void serve_cut_after_request(struct wire_server *s, int fd) {

        (void) wire_read_request(s, fd);
}

static void serve_cut_in_answer(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":");
}

static void serve_cut_in_chunk(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n");
}

static void serve_garbage(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "\x16\x03\x01 this is no HTTP at all\r\n\r\n");
}

static void serve_huge_length(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd))
                wire_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{");
}

static void serve_endless_body(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd) && wire_say(fd, "HTTP/1.1 200 OK\r\n\r\n"))
                while (wire_say(fd, "0123456789"))
                        ;
}

static void serve_endless_headers(struct wire_server *s, int fd) {

        if (wire_read_request(s, fd) && wire_say(fd, "HTTP/1.1 200 OK\r\n"))
                while (wire_say(fd, "X-Header: 0123456789012345678901234567890123456789\r\n"))
                        ;
}

// Answers nothing until the client has gone.
static void serve_silence(struct wire_server *s, int fd) {
        char one;

        (void) wire_read_request(s, fd);
        (void) wire_some(fd, &one, 1);
}

static void test_says_whether_it_may_have_happened(void **state) {
        struct fixture *f = *state;
        static const struct {
                const char *what;
                void (*serve)(struct wire_server *s, int fd);
                int result;
                unsigned timeout_ms;
        } cases[] = {
                        {"cut after the request", serve_cut_after_request, -ECONNRESET, LONG_MS},
                        {"cut in the answer", serve_cut_in_answer, -ECONNRESET, LONG_MS},
                        {"cut in a chunk", serve_cut_in_chunk, -ECONNRESET, LONG_MS},
                        {"garbage", serve_garbage, -EPROTO, LONG_MS},
                        {"a huge length", serve_huge_length, -EMSGSIZE, LONG_MS},
                        {"an endless body", serve_endless_body, -EMSGSIZE, LONG_MS},
                        {"endless headers", serve_endless_headers, -EMSGSIZE, LONG_MS},
                        {"silence", serve_silence, -ETIMEDOUT, SHORT_MS},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct http_answer a _cleanup_answer_ = {0};
                struct error e;
                int r;

                serve(f, cases[i].serve);
                r = call(f, "POST", "{}", cases[i].timeout_ms, &a, &e);
                wire_server_stop(&f->server);
                if (r != cases[i].result || a.outcome != HTTP_UNKNOWN)
                        fail_msg("%s: %d, outcome %d (%s)", cases[i].what, r, a.outcome, e.message);
                assert_int_equal(f->server.accepted, 1); // sent once, whatever became of it
                assert_memory_equal(e.message, "127.0.0.1:", strlen("127.0.0.1:"));
                assert_int_equal(a.body.len, 0);
        }
}

static void test_nobody_listening_is_not_sent(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_ok);
        wire_server_stop(&f->server);
        assert_int_equal(call(f, "POST", "{}", LONG_MS, &a, &e), -ECONNREFUSED);
        assert_int_equal(a.outcome, HTTP_NOT_SENT);
        assert_non_null(strstr(e.message, "refused"));
}

static void test_a_name_that_cannot_be_resolved_is_not_sent(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        // A label of 70 letters: refused by the resolver itself, so that no network is asked.
        (void) snprintf(f->url, sizeof(f->url), "http://%070d.invalid/", 0);
        assert_int_equal(call(f, "POST", "{}", LONG_MS, &a, &e), -EHOSTUNREACH);
        assert_int_equal(a.outcome, HTTP_NOT_SENT);
        assert_non_null(strstr(e.message, ".invalid: the name cannot be resolved"));
}

static void serve_no_tls(struct wire_server *s _unused_, int fd) {
        char hello[512];

        if (wire_some(fd, hello, sizeof(hello)) > 0)
                wire_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
}

static void test_a_failed_handshake_is_not_sent(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_no_tls);
        (void) snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u/", f->server.port);
        assert_int_equal(call(f, "POST", "{}", LONG_MS, &a, &e), -EPROTO);
        wire_server_stop(&f->server);
        assert_int_equal(a.outcome, HTTP_NOT_SENT);
}

static void serve_silent_handshake(struct wire_server *s _unused_, int fd) {
        char hello[2048];

        while (wire_some(fd, hello, sizeof(hello)) > 0)
                ;
}

static void test_a_timeout_before_anything_was_sent_is_not_sent(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_silent_handshake);
        (void) snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u/", f->server.port);
        assert_int_equal(call(f, "POST", "{}", SHORT_MS, &a, &e), -ETIMEDOUT);
        wire_server_stop(&f->server);
        assert_int_equal(a.outcome, HTTP_NOT_SENT);
        assert_non_null(strstr(e.message, "no connection in time"));
}

// Answers the first request of each connection and closes on the second, as a server does whose patience ends just
// then.
static void serve_dead_on_reuse(struct wire_server *s, int fd) {
        if (wire_read_request(s, fd) && wire_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
                (void) wire_read_request(s, fd);
}

static void test_a_post_never_goes_out_twice_by_itself(void **state) {
        struct fixture *f = *state;
        struct http_answer first _cleanup_answer_ = {0}, second _cleanup_answer_ = {0};
        struct error e;

        serve(f, serve_dead_on_reuse);
        assert_int_equal(call(f, "GET", NULL, LONG_MS, &first, &e), 0);
        // On the kept connection this one would be read, cut off unanswered, and then sent again behind our back.
        assert_int_equal(call(f, "POST", "{}", LONG_MS, &second, &e), 0);
        assert_int_equal(f->server.requests, 2);
        wire_server_stop(&f->server);
}

static void test_refuses_addresses_that_it_must_not_call(void **state) {
        struct fixture *f = *state;
        static const char *const urls[] = {
                        "file:///etc/passwd",      "ftp://127.0.0.1/",
                        "gopher://127.0.0.1:1/",   "",
                        "127.0.0.1:80/x",          "http://",
                        "http://a b.example/",     "http://user:sesame@host/",
                        "http://127.0.0.1:99999/",
        };

        for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
                struct http_answer a _cleanup_answer_ = {0};
                struct error e;

                (void) snprintf(f->url, sizeof(f->url), "%s", urls[i]);
                if (call(f, "GET", NULL, LONG_MS, &a, &e) != -EINVAL)
                        fail_msg("%s was called (%s)", urls[i], e.message);
                assert_int_equal(a.outcome, HTTP_NOT_SENT);
                assert_null(strstr(e.message, "sesame"));
        }
}

static void test_ignores_proxies_of_the_environment(void **state) {
        struct fixture *f = *state;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
        assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
        serve(f, serve_no_body);
        assert_int_equal(call(f, "GET", NULL, LONG_MS, &a, &e), 0);
        wire_server_stop(&f->server);
        (void) unsetenv("http_proxy");
        (void) unsetenv("ALL_PROXY");
        assert_int_equal(a.status, 204);
}

// ---- many at once, and the end

struct caller {
        struct fixture *f;
        pthread_t thread;
        unsigned timeout_ms;
        int result;
        enum http_outcome outcome;
};

static void *caller_run(void *arg) {
        struct caller *c = arg;
        struct http_answer a _cleanup_answer_ = {0};
        struct error e;

        c->result = call(c->f, "GET", NULL, c->timeout_ms, &a, &e);
        c->outcome = a.outcome;
        return NULL;
}

static void test_callers_wait_for_a_place(void **state) {
        struct fixture *f = *state;
        struct caller callers[16];
        unsigned answered = 0;

        serve(f, serve_no_body);
        for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
                callers[i] = (struct caller){.f = f, .timeout_ms = LONG_MS};
                assert_int_equal(pthread_create(&callers[i].thread, NULL, caller_run, &callers[i]), 0);
        }
        for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
                pthread_join(callers[i].thread, NULL);
                answered += callers[i].result == 0 && callers[i].outcome == HTTP_ANSWERED;
        }
        wire_server_stop(&f->server);
        assert_int_equal(answered, ARRAY_LEN(callers));
}

static void test_closing_ends_calls_in_flight(void **state) {
        struct fixture *f = *state;
        struct caller c = {.f = f, .timeout_ms = LONG_MS};

        serve(f, serve_silence);
        assert_int_equal(pthread_create(&c.thread, NULL, caller_run, &c), 0);
        WIRE_UNTIL(f->server.requests > 0);
        f->client = http_client_free(f->client);
        pthread_join(c.thread, NULL);
        wire_server_stop(&f->server);
        assert_int_equal(c.result, -ECANCELED);
        assert_int_equal(c.outcome, HTTP_UNKNOWN);
}

static void test_a_call_that_finds_no_place_in_time_is_not_sent(void **state) {
        struct fixture *f = *state;
        struct http_client *narrow = NULL;
        struct caller first = {.f = f, .timeout_ms = LONG_MS}, second = {.f = f, .timeout_ms = SHORT_MS};
        struct error e;

        assert_int_equal(http_client_new(1, &narrow, &e), 0);
        http_client_free(f->client);
        f->client = narrow;
        serve(f, serve_silence);
        assert_int_equal(pthread_create(&first.thread, NULL, caller_run, &first), 0);
        WIRE_UNTIL(f->server.requests > 0);
        (void) caller_run(&second);
        f->client = http_client_free(f->client);
        pthread_join(first.thread, NULL);
        wire_server_stop(&f->server);
        assert_int_equal(second.result, -ETIMEDOUT);
        assert_int_equal(second.outcome, HTTP_NOT_SENT);
        assert_int_equal(f->server.requests, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(test_posts_and_reads_the_answer),
                        TEST(test_gets_share_a_connection_and_changes_do_not),
                        TEST(test_an_answer_may_have_no_body),
                        TEST(test_does_not_follow_redirects),
                        TEST(test_says_whether_it_may_have_happened),
                        TEST(test_nobody_listening_is_not_sent),
                        TEST(test_a_name_that_cannot_be_resolved_is_not_sent),
                        TEST(test_a_failed_handshake_is_not_sent),
                        TEST(test_a_timeout_before_anything_was_sent_is_not_sent),
                        TEST(test_a_post_never_goes_out_twice_by_itself),
                        TEST(test_refuses_addresses_that_it_must_not_call),
                        TEST(test_ignores_proxies_of_the_environment),
                        TEST(test_callers_wait_for_a_place),
                        TEST(test_closing_ends_calls_in_flight),
                        TEST(test_a_call_that_finds_no_place_in_time_is_not_sent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
