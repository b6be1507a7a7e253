// What the server refuses by itself, byte for byte on the wire.
#include <errno.h>

#include "serving.h"

#define ANSWER(name) struct buffer name _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX)

struct refusal {
        const char *what, *request;
        int status;
        const char *code; // NULL: the library's own words
};

// Each is followed by a second request. Where the end of the first is uncertain, that one must never be answered.
static const char second[] = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

static void refused(struct serving *s, const struct refusal *c, bool last) {
        int fd = wire_connect(s->port);
        ANSWER(a);

        (void) wire_say(fd, c->request);
        if (last)
                (void) wire_say(fd, second);
        if (!(last ? wire_all(fd, &a) : wire_answer(fd, &a)))
                fail_msg("%s: no end of the answer", c->what);
        (void) close(fd);
        if (wire_status(&a) != c->status)
                fail_msg("%s: %s", c->what, buffer_str(&a));
        if (c->code && !strstr(buffer_str(&a), c->code))
                fail_msg("%s: no %s in %s", c->what, c->code, buffer_str(&a));
        if (c->code && !strstr(buffer_str(&a), "{\"error\":{\"code\":\""))
                fail_msg("%s: no JSON in %s", c->what, buffer_str(&a));
        if (last && strstr(buffer_str(&a), "not_found"))
                fail_msg("%s: the request behind it was answered: %s", c->what, buffer_str(&a));
}

static void test_requests_that_can_be_read_in_two_ways_end_the_connection(void **state) {
        static const struct refusal cases[] = {
                        {"length and chunks",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n0\r\n\r\n",
                         400, "invalid_request"},
                        {"chunks and length",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
                         "5\r\n\r\n0\r\n\r\n",
                         400, "invalid_request"},
                        {"two lengths",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n", 400,
                         "invalid_request"},
                        {"two equal lengths",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400,
                         "invalid_request"},
                        {"two hosts", "GET /echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "invalid_request"},
                        {"no host", "GET /echo HTTP/1.1\r\nX: y\r\n\r\n", 400, "invalid_request"},
                        {"gzip chunks",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"identity", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 400,
                         "invalid_request"},
                        {"xchunked", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                         400, "invalid_request"},
                        {"two encodings",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n0\r\n\r\n",
                         400, "invalid_request"},
                        {"chunks of HTTP/1.0",
                         "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"blank before the colon", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n", 400,
                         "invalid_request"},
                        {"blank before the colon of an encoding",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"continued encoding",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"continued length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n 5\r\n\r\n", 400,
                         "invalid_request"},
                        {"nameless header", "GET /echo HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400, "invalid_request"},
                        {"headers that seem to end", "GET /echo HTTP/1.1\r\nHost: x\r\n:\r\nContent-Length: 5\r\n\r\n",
                         400, "invalid_request"},
                        {"headers that begin with a colon", "GET /echo HTTP/1.1\r\n: y\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"bare line feeds", "GET /echo HTTP/1.1\nHost: x\n\n", 400, "invalid_request"},
                        {"a bare line feed", "GET /echo HTTP/1.1\r\nHost: x\r\nX: y\nZ: z\r\n\r\n", 400,
                         "invalid_request"},
                        {"a bare line feed at the end", "GET /echo HTTP/1.1\r\nHost: x\r\n\n", 400, "invalid_request"},
                        {"control character in a header",
                         "GET /echo HTTP/1.1\r\nHost: x\r\nX: a\x01"
                         "b\r\n\r\n",
                         400, "invalid_request"},
                        {"bare return in a header", "GET /echo HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", 400,
                         "invalid_request"},
                        {"chunks behind a vertical tab",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0b"
                         "chunked\r\n\r\n0\r\n\r\n",
                         400, "invalid_request"},
                        {"chunks twice in one header",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"chunks with a parameter",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"chunks in quotes",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"no encoding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", 400,
                         "invalid_request"},
                        {"empty host", "GET /echo HTTP/1.1\r\nHost:\r\n\r\n", 400, "invalid_request"},
                        {"host with a blank", "GET /echo HTTP/1.1\r\nHost: x y\r\n\r\n", 400, "invalid_request"},
                        {"host with a path", "GET /echo HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, "invalid_request"},
                        {"host with a user", "GET /echo HTTP/1.1\r\nHost: x@y\r\n\r\n", 400, "invalid_request"},
                        {"list of hosts", "GET /echo HTTP/1.1\r\nHost: x, y\r\n\r\n", 400, "invalid_request"},
                        {"host with half an address", "GET /echo HTTP/1.1\r\nHost: [::1\r\n\r\n", 400,
                         "invalid_request"},
                        {"host with a port that is none", "GET /echo HTTP/1.1\r\nHost: x:8o\r\n\r\n", 400,
                         "invalid_request"},
                        {"a port alone", "GET /echo HTTP/1.1\r\nHost: :80\r\n\r\n", 400, "invalid_request"},
                        {"garbage as host of HTTP/1.0", "GET /echo HTTP/1.0\r\nHost: <x>\r\n\r\n", 400,
                         "invalid_request"},
                        {"an address of another host", "GET http://y/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"an address of a longer host", "GET http://xx/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"an address with a user", "GET http://x@x/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"an address with a port", "GET http://x:80/echo HTTP/1.1\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"an address with a host but no Host", "GET http://x/echo HTTP/1.1\r\n\r\n", 400,
                         "invalid_request"},
                        {"signed length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n", 400, NULL},
                        {"negative length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, NULL},
                        {"hexadecimal length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n", 400,
                         NULL},
                        {"list of lengths", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n", 400,
                         NULL},
                        {"empty length", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400, NULL},
                        {"length beyond numbers",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413,
                         NULL},
                        {"length beyond ours",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n", 400,
                         "invalid_request"},
                        {"no version", "GET /echo\r\nHost: x\r\n\r\n", 400, NULL},
                        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, NULL},
                        {"chunk size that is none",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                         "chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
                         400, NULL},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                refused(*state, &cases[i], true);
}

static void test_wrong_requests_are_explained(void **state) {
        static const struct refusal cases[] = {
                        {"unknown path", "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_found"},
                        {"climbing path", "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_found"},
                        {"encoded climbing path", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404,
                         "not_found"},
                        {"deep path", "GET /a/b/c/d/e/f/g/h/i/j HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_found"},
                        {"blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"},
                        {"NUL in the path", "GET /echo%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"},
                        {"line break in the path", "GET /echo%0d%0aX:y HTTP/1.1\r\nHost: x\r\n\r\n", 400,
                         "invalid_request"},
                        {"half an escape", "GET /echo%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"},
                        {"parameter twice", "GET /echo?q=1&q=2 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"},
                        {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_request"},
                        {"other method", "DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405,
                         "\r\nAllow: GET, HEAD, POST\r\n"},
                        {"options", "OPTIONS /raw HTTP/1.1\r\nHost: x\r\n\r\n", 405, "\r\nAllow: PUT\r\n"},
                        {"no type", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 415,
                         "unsupported_media_type"},
                        {"text",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
                         415, "unsupported_media_type"},
                        {"a form",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: "
                         "application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}",
                         415, "unsupported_media_type"},
                        {"another character set",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; "
                         "charset=latin1\r\nContent-Length: 2\r\n\r\n{}",
                         415, "unsupported_media_type"},
                        {"a compressed body",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: "
                         "gzip\r\nContent-Length: 2\r\n\r\n{}",
                         415, "unsupported_media_type"},
                        {"empty body",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                         "0\r\n\r\n",
                         400, "missing_field"},
                        {"no body", "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", 400, "missing_field"},
                        {"no chunk",
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n0\r\n\r\n",
                         400, "missing_field"},
        };
        struct serving *s = *state;

        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                refused(s, &cases[i], false);
        assert_int_equal(s->handled, 0);
}

static void test_a_nul_in_the_request_line_does_not_hide_what_is_behind_it(void **state) {
        static const char request[] = "GET /echo\0/x HTTP/1.1\r\nHost: x\r\n\r\n";
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_send(fd, request, sizeof(request) - 1));
        assert_true(wire_answer(fd, &a));
        (void) close(fd);
        assert_int_equal(wire_status(&a), 400);
}

// ---- too large

static void test_an_announced_body_over_the_limit_is_refused(void **state) {
        struct serving *s = *state;
        struct buffer request _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX);

        buffer_addf(&request, "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", SERVING_BODY_MAX + 1);
        for (int i = 0; i <= SERVING_BODY_MAX; i++)
                buffer_add_char(&request, 'x');
        refused(s, &(struct refusal){"one byte too much", buffer_str(&request), 413, "too_large"}, true);
        assert_int_equal(s->handled, 0);
}

static void test_a_body_of_just_the_limit_is_taken(void **state) {
        struct serving *s = *state;
        struct buffer request _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX);
        ANSWER(a);

        buffer_addf(&request, "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", SERVING_BODY_MAX);
        for (int i = 0; i < SERVING_BODY_MAX; i++)
                buffer_add_char(&request, 'x');
        assert_int_equal(serving_ask(s, buffer_str(&request), &a), 200);
}

static void test_a_huge_body_is_refused_unread(void **state) {
        static const char *const heads[] = {
                        "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n",
                        "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n",
        };

        for (size_t i = 0; i < ARRAY_LEN(heads); i++)
                refused(*state, &(struct refusal){"announced", heads[i], 413, "too_large"}, false);
}

static void test_chunks_over_the_limit_are_refused(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_say(fd, "PUT /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int i = 0; i < SERVING_BODY_MAX / 10 + 1; i++)
                assert_true(wire_say(fd, "a\r\n0123456789\r\n"));
        assert_true(wire_say(fd, "0\r\n\r\n"));
        assert_true(wire_all(fd, &a));
        (void) close(fd);
        assert_int_equal(wire_status(&a), 413);
        assert_non_null(strstr(buffer_str(&a), "\"too_large\""));
}

static void test_endless_chunks_are_cut_off_with_an_answer(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        struct buffer chunk _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX);
        size_t sent = 0;
        ANSWER(a);

        buffer_add_str(&chunk, "1000\r\n");
        for (int i = 0; i < 0x1000; i++)
                buffer_add_char(&chunk, 'x');
        buffer_add_str(&chunk, "\r\n");
        assert_true(wire_say(fd, "PUT /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        while (wire_send(fd, chunk.data, chunk.len) && sent < 64U << 20)
                sent += chunk.len;
        assert_true(sent < 64U << 20);
        assert_true(wire_all(fd, &a));
        (void) close(fd);
        if (a.len > 0) // a reset may have overtaken the words
                assert_int_equal(wire_status(&a), 413);
}

static void test_too_many_or_too_long_headers_are_refused(void **state) {
        struct buffer many _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX),
                           wide _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX),
                           wider _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX),
                           path _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX);

        buffer_add_str(&many, "GET /echo HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; i < 100; i++)
                buffer_addf(&many, "X-%d: y\r\n", i);
        buffer_add_str(&many, "\r\n");
        refused(*state, &(struct refusal){"101 headers", buffer_str(&many), 431, "headers_too_large"}, true);

        buffer_add_str(&wide, "GET /echo HTTP/1.1\r\nHost: x\r\nX: ");
        for (int i = 0; i < 16384; i++)
                buffer_add_char(&wide, 'y');
        buffer_add_str(&wide, "\r\n\r\n");
        refused(*state, &(struct refusal){"16 kB", buffer_str(&wide), 431, "headers_too_large"}, true);

        buffer_add_str(&wider, "GET /echo HTTP/1.1\r\nHost: x\r\nX: ");
        for (int i = 0; i < 40000; i++)
                buffer_add_char(&wider, 'y');
        refused(*state, &(struct refusal){"40 kB", buffer_str(&wider), 431, NULL}, false);

        buffer_add_str(&path, "GET /echo?q=");
        for (int i = 0; i < 8192; i++)
                buffer_add_char(&path, 'y');
        buffer_add_str(&path, " HTTP/1.1\r\nHost: x\r\n\r\n");
        refused(*state, &(struct refusal){"a long address", buffer_str(&path), 414, "too_large"}, false);
}

// ---- too slow

struct slow {
        const char *what, *start, *drop;
        int status; // 0: closed without a word
};

static const struct slow slow_cases[] = {
                {"slow request line", "GET /", "a", 408},
                {"slow headers", "GET /echo HTTP/1.1\r\nHost: x\r\nX: ", "y", 408},
                {"slow body", "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "y", 408},
                {"slow chunks", "PUT /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\ny\r\n",
                 408},
                {"slow refused body", "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n", "y", 408},
                {"silent body", "PUT /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "", 408},
                {"silence", "", "", 0},
};

// Sends a drop on each open connection whenever the server has been quiet for a while, until it has closed them all.
static void drip(const int *fds, struct buffer *answers) {
        enum { QUIET_MS = 50 };
        bool open[ARRAY_LEN(slow_cases)];
        size_t n_open = ARRAY_LEN(slow_cases);

        memset(open, true, sizeof(open));
        for (int drops = 0; n_open > 0;) {
                struct pollfd p[ARRAY_LEN(slow_cases)];

                for (size_t i = 0; i < ARRAY_LEN(slow_cases); i++)
                        p[i] = (struct pollfd){.fd = open[i] ? fds[i] : -1, .events = POLLIN};
                if (poll(p, ARRAY_LEN(p), QUIET_MS) == 0 && drops++ > WIRE_WAIT_MS / QUIET_MS)
                        fail_msg("%zu slow connections are still open", n_open);
                for (size_t i = 0; i < ARRAY_LEN(slow_cases); i++) {
                        char some[1024];
                        ssize_t k;

                        if (!open[i])
                                continue;
                        if (!p[i].revents) {
                                (void) wire_say(fds[i], slow_cases[i].drop);
                                continue;
                        }
                        k = recv(fds[i], some, sizeof(some), 0);
                        if (k > 0) {
                                buffer_add(&answers[i], some, (size_t) k);
                                continue;
                        }
                        open[i] = false;
                        n_open--;
                }
        }
}

static void test_a_slow_sender_is_told_and_cut_off(void **state) {
        struct serving *s = *state;
        struct buffer answers[ARRAY_LEN(slow_cases)];
        int fds[ARRAY_LEN(slow_cases)];

        for (size_t i = 0; i < ARRAY_LEN(slow_cases); i++) {
                answers[i] = BUFFER_INIT(WIRE_ANSWER_MAX);
                fds[i] = wire_connect(s->port);
                (void) wire_say(fds[i], slow_cases[i].start);
        }
        drip(fds, answers);
        for (size_t i = 0; i < ARRAY_LEN(slow_cases); i++) {
                const struct slow *c = &slow_cases[i];

                (void) close(fds[i]);
                if (c->status == 0 ? answers[i].len != 0
                                   : wire_status(&answers[i]) != c->status ||
                                                     !strstr(buffer_str(&answers[i]), "\"timeout\""))
                        fail_msg("%s: %s", c->what, buffer_str(&answers[i]));
                buffer_free(&answers[i]);
        }
        assert_int_equal(s->handled, 0);
}

static void test_an_idle_connection_is_closed(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port);
        ANSWER(a);

        assert_true(wire_say(fd, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_true(wire_all(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        (void) close(fd);
}

static void test_a_slow_handler_is_not_the_clients_fault(void **state) {
        struct serving *s = *state;
        int fd = wire_connect(s->port), idle = wire_connect(s->port);
        ANSWER(a);
        ANSWER(nothing);

        assert_true(wire_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"));
        WIRE_UNTIL(s->n_later >= 1);
        // Another that does nothing for as long is closed; that is how we know the time is over.
        assert_true(wire_all(idle, &nothing));
        assert_int_equal(nothing.len, 0);
        (void) serving_answer(s->later[0]);
        assert_true(wire_answer(fd, &a));
        assert_int_equal(wire_status(&a), 200);
        (void) close(fd);
        (void) close(idle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serving_start, serving_stop)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(test_requests_that_can_be_read_in_two_ways_end_the_connection),
                        TEST(test_wrong_requests_are_explained),
                        TEST(test_a_nul_in_the_request_line_does_not_hide_what_is_behind_it),
                        TEST(test_an_announced_body_over_the_limit_is_refused),
                        TEST(test_a_body_of_just_the_limit_is_taken),
                        TEST(test_a_huge_body_is_refused_unread),
                        TEST(test_chunks_over_the_limit_are_refused),
                        TEST(test_endless_chunks_are_cut_off_with_an_answer),
                        TEST(test_too_many_or_too_long_headers_are_refused),
                        TEST(test_a_slow_sender_is_told_and_cut_off),
                        TEST(test_an_idle_connection_is_closed),
                        TEST(test_a_slow_handler_is_not_the_clients_fault),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
