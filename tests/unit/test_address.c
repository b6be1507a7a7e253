// Addresses, networks and the way back through proxies: what counts, and what is not believed.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/string.h"
#include "net/address.h"
#include "net/forwarded.h"
#include "unit.h"

static struct address parsed(const char *text) {
        struct address a = {0};

        if (address_parse(text, strlen(text), &a) < 0)
                fail_msg("%s is an address", text);
        return a;
}

static void test_addresses_are_read_and_written(void **state _unused_) {
        static const char *const pairs[][2] = {
                        {"192.0.2.1", "192.0.2.1"},
                        {"::ffff:192.0.2.1", "192.0.2.1"},
                        {"2001:DB8::1", "2001:db8::1"},
                        {"0:0:0:0:0:0:0:1", "::1"},
                        {"::", "::"},
                        {"255.255.255.255", "255.255.255.255"},
        };
        static const char *const wrong[] = {
                        "",          "192.0.2",     "192.0.2.256",  "192.0.2.1 ",  " 192.0.2.1", "192.0.2.01x",
                        "1.2.3.4.5", "2001:db8:::", "fe80::1%eth0", "[::1]",       "localhost",  "0x7f.1",
                        "127.1",     "::1/128",     "12345::",      "192.0.2.1:80"};
        char text[ADDRESS_TEXT_SIZE];
        struct address a;

        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                a = parsed(pairs[i][0]);
                address_text(&a, text);
                assert_string_equal(text, pairs[i][1]);
        }
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                if (address_parse(wrong[i], strlen(wrong[i]), &a) != -EINVAL)
                        fail_msg("%s is no address", wrong[i]);
}

static void test_sockets_of_both_families(void **state _unused_) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201)};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        struct sockaddr other = {.sa_family = AF_UNIX};
        struct address a, b;

        assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr), 1);
        assert_true(address_from_socket((struct sockaddr *) &v4, &a));
        assert_true(address_from_socket((struct sockaddr *) &v6, &b));
        assert_memory_equal(&a, &b, sizeof(a));
        assert_false(address_from_socket(&other, &a));
        assert_false(address_from_socket(NULL, &a));
}

static void test_loopback(void **state _unused_) {
        static const char *const loopback[] = {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"};
        static const char *const others[] = {"128.0.0.1",   "126.255.255.255", "::2", "::", "0.0.0.0",
                                             "::127.0.0.1", "::ffff:128.0.0.1"};

        for (size_t i = 0; i < ARRAY_LEN(loopback); i++) {
                struct address a = parsed(loopback[i]);

                if (!address_is_loopback(&a))
                        fail_msg("%s is loopback", loopback[i]);
        }
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
                struct address a = parsed(others[i]);

                if (address_is_loopback(&a))
                        fail_msg("%s is not loopback", others[i]);
        }
}

static struct address_list *list_of(const char *text) {
        struct address_list *l = NULL;
        struct error e = ERROR_INIT;

        if (address_list_parse("LIST", text, &l, &e) < 0)
                fail_msg("%s: %s", text, e.message);
        return l;
}

static void test_lists_of_networks(void **state _unused_) {
        static const struct {
                const char *list, *address;
                bool has;
        } cases[] = {
                        {"192.0.2.0/24", "192.0.2.255", true},
                        {"192.0.2.0/24", "192.0.3.0", false},
                        {"192.0.2.0/24", "::ffff:192.0.2.7", true},
                        {"::ffff:192.0.2.0/120", "192.0.2.7", true},
                        {"10.0.0.0/9", "10.127.255.255", true},
                        {"10.0.0.0/9", "10.128.0.0", false},
                        {"192.0.2.1", "192.0.2.1", true},
                        {"192.0.2.1", "192.0.2.2", false},
                        {"192.0.2.1/32", "192.0.2.1", true},
                        {"0.0.0.0/0", "203.0.113.9", true},
                        {"0.0.0.0/0", "2001:db8::1", false},
                        {"::/0", "2001:db8::1", true},
                        {"::/0", "192.0.2.1", true},
                        {"2001:db8::/32", "2001:db8:ffff::1", true},
                        {"2001:db8::/32", "2001:db9::1", false},
                        {"2001:db8::/33", "2001:db8:8000::", false},
                        {" 192.0.2.1 ,\t2001:db8::1\n10.0.0.0/8,", "10.9.8.7", true},
                        {"192.0.2.1,2001:db8::1", "2001:db8::1", true},
                        {"", "192.0.2.1", false},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct address_list *l _cleanup_(address_list_free_p) = list_of(cases[i].list);
                struct address a = parsed(cases[i].address);

                if (address_list_has(l, &a) != cases[i].has)
                        fail_msg("%s and %s", cases[i].list, cases[i].address);
        }
}

static void test_lists_with_something_wrong_are_refused(void **state _unused_) {
        static const char *const wrong[] = {
                        "192.0.2.0/33",  "192.0.2.1/24",   "2001:db8::/129",     "192.0.2.0/",
                        "192.0.2.0/-1",  "192.0.2.0/+8",   "192.0.2.0/8x",       "/8",
                        "example.org",   "192.0.2.0/24/8", "192.0.2.1;10.0.0.1", "10.0.0.0/08 ::1/1000",
                        "2001:db8::1/32"};

        for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
                struct address_list *l _cleanup_(address_list_free_p) = NULL;
                struct error e = ERROR_INIT;

                if (address_list_parse("WEBHOOK_ALLOW", wrong[i], &l, &e) != -EINVAL)
                        fail_msg("%s was taken", wrong[i]);
                assert_null(l);
                assert_int_equal(e.code, ERROR_SETTING_INVALID);
                assert_non_null(strstr(e.message, "WEBHOOK_ALLOW"));
        }
}

static void test_a_list_has_a_limit(void **state _unused_) {
        char *text _cleanup_free_ = malloc(4 * (ADDRESS_LIST_MAX + 1) + 1);
        struct address_list *l _cleanup_(address_list_free_p) = NULL;

        assert_non_null(text);
        for (size_t i = 0; i <= ADDRESS_LIST_MAX; i++)
                memcpy(text + 4 * i, "::1 ", 5);
        assert_int_equal(address_list_parse("LIST", text, &l, NULL), -EINVAL);
        text[4 * (size_t) ADDRESS_LIST_MAX] = '\0';
        assert_int_equal(address_list_parse("LIST", text, &l, NULL), 0);
}

static void test_the_sender_behind_proxies(void **state _unused_) {
        static const struct {
                const char *peer, *x, *forwarded, *sender; // NULL: cannot be told
        } cases[] = {
                        // A peer that is no proxy of ours is the sender, whatever it says.
                        {"203.0.113.9", NULL, NULL, "203.0.113.9"},
                        {"203.0.113.9", "127.0.0.1", NULL, "203.0.113.9"},
                        {"203.0.113.9", "garbage", "for=127.0.0.1", "203.0.113.9"},
                        // One proxy: what it wrote is right-most.
                        {"10.0.0.1", "198.51.100.7", NULL, "198.51.100.7"},
                        {"10.0.0.1", "127.0.0.1, 198.51.100.7", NULL, "198.51.100.7"},
                        {"10.0.0.1", "garbage , 198.51.100.7", NULL, "198.51.100.7"},
                        {"10.0.0.1", "198.51.100.7:4711", NULL, "198.51.100.7"},
                        {"10.0.0.1", "[2001:db8::7]:4711", NULL, "2001:db8::7"},
                        {"10.0.0.1", "2001:db8::7", NULL, "2001:db8::7"},
                        {"10.0.0.1", NULL, NULL, "10.0.0.1"},
                        // Several: through all that are trusted.
                        {"10.0.0.1", "198.51.100.7, 10.0.0.2,10.0.0.3", NULL, "198.51.100.7"},
                        {"10.0.0.1", "1.1.1.1,198.51.100.7,10.0.0.3", NULL, "198.51.100.7"},
                        {"10.0.0.1", "10.0.0.9, 10.0.0.3", NULL, "10.0.0.9"},
                        {"::ffff:10.0.0.1", "198.51.100.7", NULL, "198.51.100.7"},
                        // The standard's own header.
                        {"10.0.0.1", NULL, "for=198.51.100.7", "198.51.100.7"},
                        {"10.0.0.1", NULL, "for=127.0.0.1, For=\"[2001:db8::7]:80\";proto=https", "2001:db8::7"},
                        {"10.0.0.1", NULL, "proto=https; for=198.51.100.7;by=10.0.0.1", "198.51.100.7"},
                        {"10.0.0.1", NULL, "for=198.51.100.7, for=10.0.0.2", "198.51.100.7"},
                        {"10.0.0.1", "198.51.100.7", "for=198.51.100.7", "198.51.100.7"},
                        // Not to be told.
                        {"10.0.0.1", "198.51.100.7", "for=127.0.0.1", NULL},
                        {"10.0.0.1", "unknown", NULL, NULL},
                        {"10.0.0.1", "", NULL, NULL},
                        {"10.0.0.1", "198.51.100.7,", NULL, NULL},
                        {"10.0.0.1", "localhost", NULL, NULL},
                        {"10.0.0.1", "[::1", NULL, NULL},
                        {"10.0.0.1", "[::1]x", NULL, NULL},
                        {"10.0.0.1", NULL, "for=_hidden", NULL},
                        {"10.0.0.1", NULL, "proto=https", NULL},
                        {"10.0.0.1", NULL, "for=\"127.0.0.1, 198.51.100.7\"", NULL},
        };
        struct address_list *trusted _cleanup_(address_list_free_p) = list_of("10.0.0.0/8");

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct address peer = parsed(cases[i].peer), sender;
                char text[ADDRESS_TEXT_SIZE] = "";
                int r = forwarded_sender(&peer, trusted, cases[i].x, cases[i].forwarded, &sender);

                if (r == 0)
                        address_text(&sender, text);
                if (r != (cases[i].sender ? 0 : -EINVAL) || (cases[i].sender && !str_eq(text, cases[i].sender)))
                        fail_msg("%s, %s, %s: %s", cases[i].peer, cases[i].x, cases[i].forwarded, text);
        }
}

static void test_an_endless_chain_is_refused(void **state _unused_) {
        struct address_list *trusted _cleanup_(address_list_free_p) = list_of("10.0.0.0/8");
        struct address peer = parsed("10.0.0.1"), sender;
        char chain[16 * (FORWARDED_HOPS_MAX + 1)] = "";
        size_t n = 0;

        for (int i = 0; i <= FORWARDED_HOPS_MAX; i++)
                n += (size_t) snprintf(chain + n, sizeof(chain) - n, "%s10.0.0.2", i ? "," : "");
        assert_int_equal(forwarded_sender(&peer, trusted, chain, NULL, &sender), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_addresses_are_read_and_written),
                        cmocka_unit_test(test_sockets_of_both_families),
                        cmocka_unit_test(test_loopback),
                        cmocka_unit_test(test_lists_of_networks),
                        cmocka_unit_test(test_lists_with_something_wrong_are_refused),
                        cmocka_unit_test(test_a_list_has_a_limit),
                        cmocka_unit_test(test_the_sender_behind_proxies),
                        cmocka_unit_test(test_an_endless_chain_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
