// The first line of a connection, whole and in pieces.
#include <errno.h>
#include <string.h>

#include "net/first_line.h"
#include "unit.h"

static int whole(const char *text, size_t n, struct error *e) {
        struct first_line l = {0};

        return first_line_read(&l, text, n, e);
}

static int in_pieces(const char *text, size_t n, size_t piece, struct error *e) {
        struct first_line l = {0};
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i += piece)
                r = first_line_read(&l, text + i, MIN(piece, n - i), e);
        return r;
}

#define CASE(text, r)                                                                                                  \
        { text, sizeof(text) - 1, r }
static const struct {
        const char *text;
        size_t n;
        int r;
} cases[] = {
                CASE("GET / HTTP/1.1\r\n", 1),
                CASE("GET / HTTP/1.1\n", 1), // refused with the headers, which say more
                CASE("\r\n\r\nPOST /webhook HTTP/1.0\r\nHost", 1),
                CASE("M-SEARCH * HTTP/1.1\r\n", 1),
                CASE("GET  /a b  HTTP/1.1  \r\n", 1), // its address is judged later
                CASE("GET / HTTP/1.9\r\n", 1),
                CASE("GET / HTTP/1.1", 0),
                CASE("GET / HTTP/1.1\r", 0),
                CASE("GET", 0),
                CASE("", 0),
                CASE("\r\n\r\n", 0),
                CASE("GET / HTTP/2.0\r\n", -EPROTONOSUPPORT),
                CASE("GET / HTTP/0.9\r\n", -EPROTONOSUPPORT),
                CASE("GET /\r\n", -EINVAL),
                CASE("GET HTTP/1.1\r\n", 1), // no address: said when it is looked at
                CASE("GET /HTTP/1.1\r\n", -EINVAL),
                CASE("GET / HTTP/1.1x\r\n", -EINVAL),
                CASE("GET / HTTP/11.1\r\n", -EINVAL),
                CASE("GET / http/1.1\r\n", -EINVAL),
                CASE("GET / HTTP/1.1\0\r\n", -EINVAL),
                CASE("GET /\rHost: a\r\n", -EINVAL),
                CASE(" GET / HTTP/1.1\r\n", -EINVAL),
                CASE("GET\t/ HTTP/1.1\r\n", -EINVAL),
                CASE("GET\r\n", -EINVAL),
                CASE("\0", -EINVAL),
                CASE("\x16\x03\x01", -EINVAL),
                CASE("GETGETGETGETGETGETGETGETGETGETGET", -EINVAL),
                CASE("\xc3\xa4 / HTTP/1.1\r\n", -EINVAL),
};

static void test_judges_each_line_alike_however_it_is_cut(void **state _unused_) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct error e = ERROR_INIT;

                assert_int_equal(whole(cases[i].text, cases[i].n, &e), cases[i].r);
                assert_int_equal(e.code == ERROR_NONE, cases[i].r >= 0);
                for (size_t piece = 1; piece < cases[i].n; piece++)
                        assert_int_equal(in_pieces(cases[i].text, cases[i].n, piece, NULL), cases[i].r);
        }
}

static void test_wants_no_byte_behind_the_line(void **state _unused_) {
        struct first_line l = {0};

        assert_int_equal(first_line_read(&l, "GET / HTTP/1.1\r\n", 16, NULL), 1);
        assert_int_equal(first_line_read(&l, "\0\0\0\0", 4, NULL), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_judges_each_line_alike_however_it_is_cut),
                        cmocka_unit_test(test_wants_no_byte_behind_the_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
