#include "api/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/replay.h"
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

static void test_settings_that_make_no_sense_together(void **state _unused_) {
        static const struct {
                const char *const words[3];
                const char *named; // NULL: they are well
        } cases[] = {
                        {{"--admin-token=0123456789abcdef", "--admin-token-read=fedcba9876543210"}, NULL},
                        {{"--admin-token-read=fedcba9876543210"}, "ADMIN_TOKEN_READ"},
                        {{"--admin-token=0123456789abcdef", "--admin-token-read=0123456789abcdef"}, "ADMIN_TOKEN_READ"},
                        {{"--admin-token=0123456789abcdef", "--admin-token-read=fedcba987654321"}, "ADMIN_TOKEN_READ"},
                        {{"--webhook-secret=new", "--webhook-secret-old=old"}, NULL},
                        {{"--webhook-secret-old=old"}, "WEBHOOK_SECRET_OLD"},
                        {{"--webhook-timestamp"}, "WEBHOOK_TIMESTAMP"},
                        {{"--webhook-timestamp", "--webhook-secret=new"}, NULL},
                        {{"--webhook-allow=192.0.2.0/24, ::1"}, NULL},
                        {{"--webhook-allow=example.org"}, "WEBHOOK_ALLOW"},
                        {{"--trusted-proxies=10.0.0.0/33"}, "TRUSTED_PROXIES"},
                        {{"--trusted-proxies=10.0.0.0/8"}, NULL},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct settings *s _cleanup_(settings_free_p) = NULL;
                struct error e = ERROR_INIT;
                char *words[ARRAY_LEN(cases[0].words)];
                int n = 0;

                for (; n < (int) ARRAY_LEN(words) && cases[i].words[n]; n++)
                        assert_non_null(words[n] = str_dup(cases[i].words[n]));
                assert_int_equal(settings_load(n, words, "/nonexistent/.env", &s, &e), 0);
                if (access_check(s, &e) != (cases[i].named ? -EINVAL : 0) ||
                    (cases[i].named && !str_starts(e.message, cases[i].named)))
                        fail_msg("%s: %s", cases[i].words[0], e.message);
                while (n > 0)
                        free(words[--n]);
        }
}

static void test_a_signature_is_known_once_it_is_remembered(void **state _unused_) {
        struct replay *m _cleanup_(replay_free_p) = replay_new();
        uint8_t one[DIGEST_SIZE] = {1, 2, 3}, other[DIGEST_SIZE] = {1, 2, 3, [8] = 8}, none[DIGEST_SIZE] = {0};

        assert_non_null(m);
        assert_false(replay_knows(m, one));
        assert_false(replay_knows(m, none)); // free places are nobody's
        replay_remember(m, one);
        assert_true(replay_knows(m, one));
        assert_false(replay_knows(m, other));
        replay_remember(m, other); // in the same place
        assert_true(replay_knows(m, other));
        assert_false(replay_knows(m, one));
}

static void test_url(void **state _unused_) {
        static const struct {
                const char *host, *certificate, *url;
        } cases[] = {
                        {"127.0.0.1", "", "http://127.0.0.1:8080"},
                        {"::1", "", "http://[::1]:8080"},
                        {"127.0.0.1", "/etc/ssl/a.pem", "https://127.0.0.1:8080"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char *host _cleanup_free_ = str_printf("--host=%s", cases[i].host);
                char *certificate _cleanup_free_ = str_printf("--tls-certificate=%s", cases[i].certificate);
                struct settings *s _cleanup_(settings_free_p) = NULL;
                char *url _cleanup_free_ = NULL;

                assert_int_equal(settings_load(2, (char *[]){host, certificate}, "/nonexistent/.env", &s, NULL), 0);
                url = access_url(s, 8080);
                assert_string_equal(url, cases[i].url);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_loopback),
                        cmocka_unit_test(test_check),
                        cmocka_unit_test(test_settings_that_make_no_sense_together),
                        cmocka_unit_test(test_a_signature_is_known_once_it_is_remembered),
                        cmocka_unit_test(test_url),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
