#include <errno.h>

#include "serving.h"

#define ANSWER(name) struct buffer name _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX)
#define assert_has(answer, text)                                                                                       \
        do {                                                                                                           \
                if (!strstr(buffer_str(answer), text))                                                                 \
                        fail_msg("no %s in: %s", text, buffer_str(answer));                                            \
        } while (0)

static void test_answers_with_headers_that_protect(void **state) {
        ANSWER(a);

        assert_int_equal(serving_ask(*state, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n", &a), 200);
        assert_has(&a, "\r\nContent-Type: application/json\r\n");
        assert_has(&a, "\r\nX-Content-Type-Options: nosniff\r\n");
        assert_has(&a, "\r\nCache-Control: no-store\r\n");
        assert_has(&a, "\r\nX-Request-Id: ");
        assert_null(strstr(buffer_str(&a), "mine"));
        assert_null(strcasestr(buffer_str(&a), "\r\nServer:"));
        assert_has(&a, "\"loopback\":true");
}

static void test_a_handler_sets_headers_but_no_line_breaks(void **state) {
        ANSWER(a);

        assert_int_equal(serving_ask(*state, "GET /bytes HTTP/1.1\r\nHost: x\r\n\r\n", &a), 200);
        assert_has(&a, "\r\nCache-Control: max-age=60\r\n");
        assert_has(&a, "second\r\n");
        assert_null(strstr(buffer_str(&a), "no-store"));
        assert_null(strstr(buffer_str(&a), "first"));
        assert_null(strstr(buffer_str(&a), "Injected"));
        assert_null(strstr(buffer_str(&a), "X-Split"));
        assert_has(&a, "\r\n\r\nplain text");
}

static void test_parameters_are_decoded(void **state) {
        ANSWER(a);

        assert_int_equal(
                        serving_ask(*state,
                                    "GET /items/a%20b/parts/c%2Fd?q=%C3%A9+x HTTP/1.1\r\nHost: x\r\nX-Given: y\r\n\r\n",
                                    &a),
                        200);
        assert_has(&a, "\"id\":\"a b\",\"part\":\"c/d\",\"q\":\"\xC3\xA9 x\",\"given\":\"y\"");
        assert_has(&a, "\"path\":\"/items/a%20b/parts/c%2Fd\"");
}

static void test_one_connection_serves_many_requests(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        for (int i = 0; i < 3; i++) {
                assert_true(wire_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                         "application/json\r\nContent-Length: 3\r\n\r\n[1]"));
                assert_true(wire_answer(fd, &a));
                assert_int_equal(wire_status(&a), 200);
                assert_has(&a, "\"body\":\"[1]\"");
        }
        // Two at once, the first of them wrong in its path.
        assert_true(wire_say(fd, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 404);
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        (void) close(fd);
}

static void test_a_body_may_come_in_chunks(void **state) {
        ANSWER(a);

        assert_int_equal(serving_ask(*state,
                                     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                     "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                                     "3\r\n[1,\r\n2;ext=1\r\n2]\r\n0\r\nTrailer: x\r\n\r\n",
                                     &a),
                         200);
        assert_has(&a, "\"body\":\"[1,2]\"");
}

static void test_a_client_that_asks_first_is_told_to_continue(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_say(fd, "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 100);
        assert_true(wire_say(fd, "ok"));
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        (void) close(fd);
}

static void test_head_is_get_without_the_body(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_say(fd, "HEAD /bytes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert_true(wire_all(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        assert_has(&a, "\r\nContent-Length: 10\r\n");
        assert_null(strstr(buffer_str(&a), "plain text"));
        (void) close(fd);
}

static void test_an_error_is_json_whatever_its_words(void **state) {
        ANSWER(a);

        assert_int_equal(serving_ask(*state, "GET /fails HTTP/1.1\r\nHost: x\r\n\r\n", &a), 503);
        assert_has(&a, "\r\nRetry-After: 1\r\n");
        assert_has(&a, "{\"error\":{\"code\":\"storage_unavailable\",\"message\":\"bytes ?? \\\"quoted\\\"\"}}");
}

static void test_only_the_first_answer_counts(void **state) {
        ANSWER(a);

        assert_int_equal(serving_ask(*state, "GET /twice HTTP/1.1\r\nHost: x\r\n\r\n", &a), 200);
        assert_has(&a, "{\"answer\":1}");
}

static void test_admits_who_may(void **state) {
        ANSWER(a);

        assert_int_equal(
                        serving_ask(*state, "GET /echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer right\r\n\r\n", &a),
                        200);
        assert_int_equal(
                        serving_ask(*state, "GET /echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\n\r\n", &a),
                        401);
        assert_has(&a, "\r\nWWW-Authenticate: Bearer\r\n");
        assert_int_equal(serving_ask(*state, "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\n\r\n", &a),
                         200);
        // Told before its body is looked at: a body of the wrong type says nothing to somebody who may not ask.
        assert_int_equal(serving_ask(*state,
                                     "POST /echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nContent-Length: "
                                     "1\r\n\r\nx",
                                     &a),
                         401);
}

// ---- answers that come later

static void test_an_answer_may_come_from_another_thread(void **state) {
        struct serving *s = *state;
        int fds[8];
        ANSWER(a);

        for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                fds[i] = wire_connect(s->port);
                assert_true(wire_say(fds[i], "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
                WIRE_UNTIL(s->n_later > i);
        }
        // While eight wait, the two threads serve others.
        assert_int_equal(serving_ask(s, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", &a), 200);
        for (size_t i = ARRAY_LEN(fds); i-- > 0;) {
                (void) serving_answer(s->later[i]);
                assert_true(wire_answer(fds[i], &a));
                assert_int_equal(wire_status(&a), 200);
                assert_has(&a, "{\"late\":true}");
                (void) close(fds[i]);
        }
}

static void test_an_answer_may_come_while_the_handler_returns(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        for (int i = 0; i < 2000; i++) {
                if (!wire_say(fd, "GET /race HTTP/1.1\r\nHost: x\r\n\r\n") || !wire_answer(fd, &a) ||
                    wire_status(&a) != 200)
                        fail_msg("the answer of request %d did not come", i);
        }
        (void) close(fd);
}

static void test_a_client_may_leave_before_its_answer(void **state) {
        struct serving *s = *state;
        ANSWER(a);

        for (unsigned i = 0; i < 8; i++) {
                int fd = wire_connect(s->port);
                struct linger reset = {.l_onoff = 1, .l_linger = 0};

                if (i % 2)
                        (void) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
                assert_true(wire_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
                WIRE_UNTIL(s->n_later > i);
                (void) close(fd);
        }
        for (unsigned i = 0; i < 8; i++)
                (void) serving_answer(s->later[i]);
        assert_int_equal(serving_ask(s, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", &a), 200);
}

static void test_a_full_pool_says_so(void **state) {
        struct serving *s = *state;
        int fds[8];
        unsigned served = 0, refused = 0;
        ANSWER(a);

        // At most one runs and one waits; the others are refused at once.
        for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                fds[i] = wire_connect(s->port);
                assert_true(wire_say(fds[i], "GET /pooled HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
        while (refused < ARRAY_LEN(fds) - 2) {
                struct pollfd p[ARRAY_LEN(fds)];

                for (size_t i = 0; i < ARRAY_LEN(fds); i++)
                        p[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
                assert_true(poll(p, ARRAY_LEN(p), WIRE_WAIT_MS) > 0);
                for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                        if (!p[i].revents)
                                continue;
                        assert_true(wire_answer(fds[i], &a));
                        assert_int_equal(wire_status(&a), 503);
                        assert_has(&a, "\r\nRetry-After: 1\r\n");
                        assert_has(&a, "\"overloaded\"");
                        (void) close(fds[i]);
                        fds[i] = -1;
                        refused++;
                }
        }
        for (size_t i = 0; i < ARRAY_LEN(fds); i++)
                (void) sem_post(&s->gate);
        for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                if (fds[i] < 0)
                        continue;
                assert_true(wire_answer(fds[i], &a));
                served += wire_status(&a) == 200;
                refused += wire_status(&a) == 503;
                (void) close(fds[i]);
        }
        assert_true(served >= 1);
        assert_int_equal(served + refused, ARRAY_LEN(fds));
}

static void test_slow_handlers_leave_threads_for_others(void **state) {
        struct serving *s = *state;
        int fds[2];
        ANSWER(a);

        for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                fds[i] = wire_connect(s->port);
                assert_true(wire_say(fds[i], "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
        for (int i = 0; i < 20; i++)
                assert_int_equal(serving_ask(s, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n", &a), 200);
        for (size_t i = 0; i < ARRAY_LEN(fds); i++)
                (void) sem_post(&s->gate);
        for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
                assert_true(wire_answer(fds[i], &a));
                (void) close(fds[i]);
        }
}

// ---- stopping

static void *stop_run(void *arg) {
        struct serving *s = arg;

        s->server = http_server_stop(s->server);
        return NULL;
}

static void test_stopping_waits_for_answers_that_are_due(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port), other = wire_connect(s->port);
        pthread_t stopper;
        ANSWER(a);

        assert_true(wire_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
        WIRE_UNTIL(s->n_later >= 1);
        assert_int_equal(pthread_create(&stopper, NULL, stop_run, s), 0);
        // Once it stops, others are turned away.
        do {
                assert_true(wire_say(other, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
                assert_true(wire_answer(other, &a));
        } while (wire_status(&a) == 200);
        assert_int_equal(wire_status(&a), 503);
        (void) serving_answer(s->later[0]);
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        pthread_join(stopper, NULL);
        assert_null(s->server);
        (void) close(fd);
        (void) close(other);
}

static void test_an_answer_that_comes_after_the_end_harms_nobody(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
        WIRE_UNTIL(s->n_later >= 1);
        s->server = http_server_stop(s->server);
        assert_true(wire_all(fd, &a));
        http_set_header(s->later[0], "X-Late", "1");
        (void) serving_answer(s->later[0]); // a leak or a use after free is the sanitizer's to find
        (void) close(fd);
}

// ---- starting

static int start_at(const char *host, uint16_t port, struct http_server **ret, struct error *e) {
        struct http_server_options o = serving_options(NULL);

        *e = ERROR_INIT;
        o.host = host;
        o.port = port;
        return http_server_start(&o, ret, e);
}

static void test_a_port_in_use_is_named(void **state) {
        struct serving *s = *state;
        struct http_server *second = NULL;
        struct error e;
        char place[32];

        assert_int_equal(start_at("127.0.0.1", (uint16_t) s->port, &second, &e), -EADDRINUSE);
        (void) snprintf(place, sizeof(place), "127.0.0.1:%u ", s->port);
        assert_non_null(strstr(e.message, place));
        assert_non_null(strstr(e.message, "PORT"));
        assert_null(second);
}

static void test_a_host_that_is_none_is_named(void **state _unused_) {
        struct http_server *server = NULL;
        struct error e;

        assert_int_equal(start_at("192.0.2.1", 0, &server, &e), -EADDRNOTAVAIL); // reserved for documentation
        assert_non_null(strstr(e.message, "192.0.2.1"));
        assert_int_equal(start_at("300.1.1.1.1", 0, &server, &e), -EINVAL);
        assert_non_null(strstr(e.message, "300.1.1.1.1"));
}

static void test_listens_on_names_and_on_ipv6(void **state _unused_) {
        static const char *const hosts[] = {"localhost", "::1", "0.0.0.0"};

        for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
                struct http_server *server = NULL;
                struct error e;
                int r = start_at(hosts[i], 0, &server, &e);

                if (r == -EADDRNOTAVAIL || r == -EAFNOSUPPORT) {
                        print_message("%s: this machine has none\n", hosts[i]);
                        continue;
                }
                assert_int_equal(r, 0);
                assert_true(http_server_port(server) > 0);
                if (strchr(hosts[i], ':') == NULL) {
                        int fd = wire_connect(http_server_port(server));
                        ANSWER(a);

                        assert_true(wire_say(fd, "GET /bytes HTTP/1.1\r\nHost: x\r\n\r\n"));
                        assert_true(wire_answer(fd, &a));
                        assert_int_equal(wire_status(&a), 200);
                        (void) close(fd);
                }
                http_server_stop(server);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serving_start, serving_stop)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(test_answers_with_headers_that_protect),
                        TEST(test_a_handler_sets_headers_but_no_line_breaks),
                        TEST(test_parameters_are_decoded),
                        TEST(test_one_connection_serves_many_requests),
                        TEST(test_a_body_may_come_in_chunks),
                        TEST(test_a_client_that_asks_first_is_told_to_continue),
                        TEST(test_head_is_get_without_the_body),
                        TEST(test_an_error_is_json_whatever_its_words),
                        TEST(test_only_the_first_answer_counts),
                        TEST(test_admits_who_may),
                        TEST(test_an_answer_may_come_from_another_thread),
                        TEST(test_an_answer_may_come_while_the_handler_returns),
                        TEST(test_a_client_may_leave_before_its_answer),
                        TEST(test_a_full_pool_says_so),
                        TEST(test_slow_handlers_leave_threads_for_others),
                        TEST(test_stopping_waits_for_answers_that_are_due),
                        TEST(test_an_answer_that_comes_after_the_end_harms_nobody),
                        TEST(test_a_port_in_use_is_named),
                        TEST(test_a_host_that_is_none_is_named),
                        TEST(test_listens_on_names_and_on_ipv6),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
