#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/string.h"
#include "unit.h"

// Standard error goes into a pipe that keeps writes apart, so that one read is one write(2).
static int out = -1, real_stderr = -1;
static char line[70000];

static int setup(void **state _unused_) {
        int fds[2];

        if (pipe2(fds, O_DIRECT | O_NONBLOCK) < 0)
                return -1;
        real_stderr = dup(STDERR_FILENO);
        dup2(fds[1], STDERR_FILENO);
        close(fds[1]);
        out = fds[0];
        log_open(LOG_INFO, false);
        log_set_ticket(0);
        log_set_request(NULL);
        return 0;
}

static int teardown(void **state _unused_) {
        dup2(real_stderr, STDERR_FILENO);
        close(real_stderr);
        close(out);
        return 0;
}

// The next write as text, "" when there was none.
static const char *next_line(void) {
        ssize_t n = read(out, line, sizeof(line) - 1);

        line[n > 0 ? n : 0] = '\0';
        return line;
}

// The line less time stamp and line break.
static const char *next_message(void) {
        next_line();
        assert_true(strlen(line) > 25 && str_ends(line, "\n"));
        line[strlen(line) - 1] = '\0';
        return line + 25;
}

static void assert_matches(const char *text, const char *pattern) {
        regex_t re;

        assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
        if (regexec(&re, text, 0, NULL, 0) != 0)
                fail_msg("%s does not match %s", text, pattern);
        regfree(&re);
}

static void test_human_line(void **state _unused_) {
        log_set_ticket(12);
        log_set_request("abc");
        log_info("ready on port %d", 8080);
        assert_matches(next_line(),
                       "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z INFO  \\[ticket 12\\] \\[req abc\\] ready "
                       "on port 8080\n$");
        log_set_ticket(0);
        log_set_request(NULL);
        log_warning("w");
        assert_string_equal(next_message(), "WARN  w");
        log_error("%s", "");
        assert_string_equal(next_message(), "ERROR ");
        assert_string_equal(next_line(), "");
}

static void test_level(void **state _unused_) {
        log_open(LOG_WARNING, false);
        log_debug("d");
        log_info("i");
        assert_string_equal(next_line(), "");
        assert_false(log_enabled(LOG_INFO));
        assert_true(log_enabled(LOG_ERROR));
        log_error("e");
        assert_string_equal(next_message(), "ERROR e");
}

static void test_nothing_breaks_the_line(void **state _unused_) {
        // NOLINTNEXTLINE(misc-misleading-bidirectional): what must not reach a terminal
        log_info("a\nb\r\tc\x1b[2Jd\x7f\xc2\x9b \xff \xe2\x80\xae\xe2\x80\xa8 \xc3\xa4 \\");
        assert_string_equal(next_message(),
                            "INFO  a\\nb\\r\\tc\\u001b[2Jd\\u007f\\u009b \\xff \\u202e\\u2028 \xc3\xa4 \\");
        log_set_request("x\ny");
        log_info("z");
        assert_string_equal(next_message(), "INFO  [req x\\ny] z");
}

static void test_json_line(void **state _unused_) {
        json_t *o _cleanup_json_ = NULL;

        log_open(LOG_INFO, true);
        log_set_ticket(12);
        log_set_request("a\"b");
        log_error("say \"hi\"\n\\ \xff\xc3\xa4\x1b");
        next_line();
        assert_int_equal(json_parse(line, strlen(line), &o, NULL), 0);
        assert_string_equal(json_str_or_null(o, "level"), "ERROR");
        assert_int_equal(json_int_or(o, "ticket", 0), 12);
        assert_string_equal(json_str_or_null(o, "request"), "a\"b");
        assert_string_equal(json_str_or_null(o, "message"), "say \"hi\"\n\\ \xef\xbf\xbd\xc3\xa4\x1b");
        assert_int_equal(strlen(json_str_or_null(o, "ts")), 24);
        assert_null(strchr(line, '\x1b'));
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void test_secrets_are_masked_everywhere(void **state _unused_) {
        log_hide("s3cr3t");
        log_hide("s3cr3t-and-longer");
        log_hide("abc"); // too short to be told from words
        log_hide("");
        log_hide(NULL);
        log_warning("key s3cr3t, s3cr3t-and-longer.s3cr3ts3cr3t abc");
        assert_string_equal(next_message(), "WARN  key ***, ***.****** abc");
        log_set_request("id-s3cr3t");
        log_info("x");
        assert_string_equal(next_message(), "INFO  [req id-***] x");
        log_set_request(NULL);
        log_open(LOG_INFO, true);
        log_info("s3cr3t");
        assert_null(strstr(next_line(), "s3c"));
        assert_non_null(strstr(line, "***"));
}

// A message that is too long is cut, and the cut leaves no half of a secret or of a character.
static void test_long_message_is_cut(void **state _unused_) {
        log_hide("s3cr3t-and-longer");
        for (int pad = 8170; pad < 8200; pad++) {
                log_info("%*s%s%s", pad, "", "s3cr3t-and-longer", "\xf0\x9f\x98\x80");
                assert_null(strstr(next_line(), "s3c"));
                assert_null(strstr(line, "\\x"));
                // What the pipe keeps apart is at most a page: the rest of this line.
                while (*next_line())
                        assert_null(strstr(line, "s3c"));
        }
}

static void test_errno_is_kept(void **state _unused_) {
        errno = ENOSPC;
        log_info("%m");
        assert_int_equal(errno, ENOSPC);
        assert_string_equal(next_message(), "INFO  No space left on device");
}

struct seen {
        unsigned n;
        char lines[100][64];
        enum log_level levels[100];
};

static void see(void *arg, int64_t at_ms, enum log_level level, const char *text) {
        struct seen *s = arg;

        assert_true(at_ms > 0);
        assert_true(s->n < 100);
        s->levels[s->n] = level;
        (void) str_copy(s->lines[s->n++], sizeof(s->lines[0]), text);
}

static void test_recent_has_the_newest_problems_first(void **state _unused_) {
        struct seen s = {0};

        for (int i = 0; i < 200; i++) {
                log_warning("problem %d", i);
                next_line();
        }
        log_set_ticket(7);
        log_error("last\n");
        log_info("not a problem");
        log_recent(3, see, &s);
        assert_int_equal(s.n, 3);
        assert_string_equal(s.lines[0], "[ticket 7] last\\n");
        assert_int_equal(s.levels[0], LOG_ERROR);
        assert_string_equal(s.lines[1], "problem 199");
        assert_string_equal(s.lines[2], "problem 198");
        s.n = 0;
        log_recent(1000, see, &s);
        assert_int_equal(s.n, 64);
}

static void *log_a_lot(void *arg) {
        log_set_ticket(*(int *) arg);
        for (int i = 0; i < 20; i++)
                log_info("thread %d", *(int *) arg);
        return NULL;
}

static void test_threads_do_not_mix(void **state _unused_) {
        pthread_t threads[2];
        int ids[2] = {1, 2}, count = 0;

        for (int i = 0; i < 2; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, log_a_lot, &ids[i]), 0);
        for (int i = 0; i < 2; i++)
                pthread_join(threads[i], NULL);
        while (*next_line()) {
                assert_matches(line, "Z INFO  (\\[ticket 1\\] thread 1|\\[ticket 2\\] thread 2)\n$");
                count++;
        }
        assert_true(count > 0 && count <= 40); // the pipe holds few packets on some systems
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(test_human_line, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_level, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_nothing_breaks_the_line, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_json_line, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_secrets_are_masked_everywhere, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_long_message_is_cut, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_errno_is_kept, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_recent_has_the_newest_problems_first, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_threads_do_not_mix, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
