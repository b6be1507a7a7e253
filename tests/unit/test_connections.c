// Who may open how many connections, and whose silence is borne for how long.
#include <string.h>

#include "net/connection.h"
#include "serving.h"

#define ANSWER(name) struct buffer name _cleanup_buffer_ = BUFFER_INIT(WIRE_ANSWER_MAX)

enum { PER_ADDRESS = 3, PATIENT_S = 60, CROWD_TIMEOUT_S = 8, CROWD_MAX = 16 };

static struct sockaddr_storage from(const char *text) {
        struct sockaddr_storage at = {0};
        struct sockaddr_in in = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

        if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
                memcpy(&at, &in, sizeof(in));
        else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
                memcpy(&at, &in6, sizeof(in6));
        else
                abort();
        return at;
}

static bool may(struct connections *all, const char *text) {
        struct sockaddr_storage at = from(text);

        return connections_may_come(all, (struct sockaddr *) &at);
}

// Those that a test leaves behind.
static struct connection *kept[64];
static size_t n_kept;

static void keep(struct connection *c) {
        assert_true(n_kept < ARRAY_LEN(kept));
        kept[n_kept++] = c;
}

static void all_go(struct connections *all) {
        while (n_kept > 0)
                connection_remove(kept[--n_kept]);
        assert_null(connections_free(all));
}

static struct connection *come(struct connections *all, const char *text) {
        struct sockaddr_storage at = from(text);
        struct connection *c = connection_add(all, -1, (struct sockaddr *) &at);

        assert_non_null(c);
        return c;
}

static void test_one_address_takes_only_so_many_places(void **state _unused_) {
        static const char *const addresses[] = {"192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"};
        static const char *const network[] = {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"};
        struct address_list *proxies _cleanup_(address_list_free_p) = NULL;
        struct connection *open[2 * PER_ADDRESS], *other;
        struct connections *all = NULL;

        assert_int_equal(address_list_parse("LIST", "198.51.100.1", &proxies, NULL), 0);
        assert_int_equal(connections_new(&(struct connections_options){.timeout_s = PATIENT_S,
                                                                       .max = 100,
                                                                       .per_address_max = PER_ADDRESS,
                                                                       .exempt = proxies},
                                         &all, NULL),
                         0);
        for (size_t i = 0; i < PER_ADDRESS; i++) {
                assert_true(may(all, addresses[i]));
                open[i] = come(all, addresses[i]);
                assert_true(may(all, network[i]));
                open[PER_ADDRESS + i] = come(all, network[i]);
        }
        assert_false(may(all, "192.0.2.1"));
        assert_false(may(all, "2001:db8::4"));
        // Others are not held to account for it, nor those that many come through.
        assert_true(may(all, "192.0.2.2"));
        assert_true(may(all, "2001:db8:0:1::1"));
        for (int i = 0; i <= PER_ADDRESS; i++) {
                assert_true(may(all, "127.0.0.1") && may(all, "::1") && may(all, "198.51.100.1"));
                keep(come(all, "198.51.100.1"));
        }
        // A place that was left is free again, whichever it was.
        connection_remove(open[1]);
        assert_true(may(all, "192.0.2.1"));
        other = come(all, "192.0.2.1");
        assert_false(may(all, "192.0.2.1"));
        connection_remove(other);
        connection_remove(open[2]);
        connection_remove(open[0]);
        for (int i = 0; i < PER_ADDRESS; i++)
                connection_remove(open[PER_ADDRESS + i]);
        assert_true(may(all, "192.0.2.1") && may(all, "2001:db8::4"));
        all_go(all);
}

static void test_no_limit_where_none_is_set(void **state _unused_) {
        struct connections *all = NULL;

        assert_int_equal(connections_new(&(struct connections_options){.timeout_s = PATIENT_S, .max = 100}, &all, NULL),
                         0);
        for (int i = 0; i < 50; i++) {
                assert_true(may(all, "192.0.2.1"));
                keep(come(all, "192.0.2.1"));
        }
        all_go(all);
}

// Two servers with the same patience, of which one is nearly full: there the silent are closed while the other, which
// began to wait earlier, still waits.
static void test_where_places_are_short_silence_is_cut_sooner(void **state _unused_) {
        struct serving calm = {0}, crowded = {0};
        struct http_server_options o = serving_options(&calm);
        struct error e = ERROR_INIT;
        int early, fds[CROWD_MAX - 1];
        ANSWER(nothing);
        ANSWER(echo);

        o.timeout_s = CROWD_TIMEOUT_S;
        o.connections_max = CROWD_MAX;
        assert_int_equal(http_server_start(&o, &calm.server, &e), 0);
        o.app = &crowded;
        assert_int_equal(http_server_start(&o, &crowded.server, &e), 0);
        calm.port = http_server_port(calm.server);
        crowded.port = http_server_port(crowded.server);
        early = wire_connect(calm.port);
        for (size_t i = 0; i < ARRAY_LEN(fds); i++)
                fds[i] = wire_connect(crowded.port);
        assert_true(wire_all(fds[0], &nothing));
        assert_int_equal(nothing.len, 0);
        assert_true(wire_say(early, "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_true(wire_answer(early, &echo));
        assert_int_equal(wire_status(&echo), 200);
        for (size_t i = 0; i < ARRAY_LEN(fds); i++)
                (void) close(fds[i]);
        (void) close(early);
        http_server_stop(calm.server);
        http_server_stop(crowded.server);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_one_address_takes_only_so_many_places),
                        cmocka_unit_test(test_no_limit_where_none_is_set),
                        cmocka_unit_test(test_where_places_are_short_silence_is_cut_sooner),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
