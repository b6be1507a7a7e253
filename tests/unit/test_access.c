#include "api/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

static void test_loopback(void **state _unused_) {
        static const char *const loopback[] = {"localhost",       "LocalHost", "127.0.0.1",
                                               "127.255.255.254", "::1",       "0:0:0:0:0:0:0:1"};
        static const char *const reachable[] = {"0.0.0.0",
                                                "::",
                                                "[::]",
                                                "192.168.1.2",
                                                "128.0.0.1",
                                                "localhost.example.com",
                                                "127.0.0.1.example.com",
                                                "127.1",
                                                "example.com",
                                                "[::1]",
                                                "",
                                                "::2",
                                                "::ffff:192.168.1.2"};

        for (size_t i = 0; i < ARRAY_LEN(loopback); i++)
                if (!access_is_loopback(loopback[i]))
                        fail_msg("%s is loopback", loopback[i]);
        for (size_t i = 0; i < ARRAY_LEN(reachable); i++)
                if (access_is_loopback(reachable[i]))
                        fail_msg("%s is not loopback", reachable[i]);
}

static void test_check(void **state _unused_) {
        static const struct {
                const char *host, *token;
                int r;
        } cases[] = {
                        {"127.0.0.1", "", 0},
                        {"::1", "", 0},
                        {"0.0.0.0", "", -EINVAL},
                        {"::", "", -EINVAL},
                        {"0.0.0.0", "0123456789abcdef", 0},
                        {"0.0.0.0", "0123456789abcde", -EINVAL},
                        {"127.0.0.1", "short", -EINVAL},
                        {"127.0.0.1", "0123456789abcdef", 0},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char *host _cleanup_free_ = str_printf("--host=%s", cases[i].host);
                char *token _cleanup_free_ = str_printf("--admin-token=%s", cases[i].token);
                char *words[] = {host, token};
                struct settings *s _cleanup_(settings_free_p) = NULL;
                struct error e = ERROR_INIT;

                assert_int_equal(settings_load(2, words, "/nonexistent/.env", &s, &e), 0);
                if (access_check(s, &e) != cases[i].r)
                        fail_msg("%s %s: %s", cases[i].host, cases[i].token, e.message);
                if (cases[i].r < 0) {
                        assert_non_null(strstr(e.message, "ADMIN_TOKEN"));
                        assert_true(!*cases[i].token || !strstr(e.message, cases[i].token));
                }
        }
}

static void test_url(void **state _unused_) {
        char *v4 _cleanup_free_ = access_url("127.0.0.1", 8080);
        char *v6 _cleanup_free_ = access_url("::1", 80);

        assert_string_equal(v4, "http://127.0.0.1:8080");
        assert_string_equal(v6, "http://[::1]:80");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_loopback),
                        cmocka_unit_test(test_check),
                        cmocka_unit_test(test_url),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
