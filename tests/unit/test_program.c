// The program itself, run as people run it: what it prints, where, and how it ends.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/settings.h"
#include "scratch.h"
#include "unit.h"

enum {
        WORDS_MAX = 16,
        OUTPUT_MAX = 1 << 20,
        PATIENCE_MS = 60000, // a program that takes longer hangs; sanitizers on a busy machine take seconds
};

struct outcome {
        int status; // exit status, or 128 + signal
        struct buffer out, err;
};

static char *folder;  // the working folder of the program: nothing of the machine's is in it
static char *before;  // the tests' own
static char *program; // absolute path
static char *root;    // of the source tree

static int setup(void **state _unused_) {
        const char *path = getenv("FIRSTLINE"), *source = getenv("SOURCE_ROOT");

        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                unsetenv(settings_table[i].name);
        before = getcwd(NULL, 0);
        program = path ? realpath(path, NULL) : NULL;
        root = source ? realpath(source, NULL) : NULL;
        if (!program || !root) {
                fprintf(stderr, "FIRSTLINE and SOURCE_ROOT name the program and the source tree\n");
                return -1;
        }
        folder = scratch_new();
        return chdir(folder);
}

static int teardown(void **state _unused_) {
        int r = chdir(before);

        scratch_free(folder);
        free(before);
        free(program);
        free(root);
        return r;
}

static pid_t start(char *const *argv, int in, int out, int err) {
        posix_spawn_file_actions_t files;
        pid_t pid = -1;

        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
        assert_int_equal(posix_spawn(&pid, program, &files, NULL, argv, environ), 0);
        posix_spawn_file_actions_destroy(&files);
        return pid;
}

static int ended(pid_t pid) {
        int status = 0;

        assert_int_equal(waitpid(pid, &status, 0), pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_both(int out, int err, struct outcome *o) {
        struct pollfd fds[] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
        struct buffer *buffers[] = {&o->out, &o->err};
        int open = 2;

        while (open > 0) {
                assert_true(poll(fds, 2, PATIENCE_MS) > 0);
                for (int i = 0; i < 2; i++) {
                        char chunk[4096];
                        ssize_t k;

                        if (fds[i].fd < 0 || !fds[i].revents)
                                continue;
                        k = read(fds[i].fd, chunk, sizeof(chunk));
                        if (k > 0) {
                                buffer_add(buffers[i], chunk, (size_t) k);
                        } else {
                                fds[i].fd = -1;
                                open--;
                        }
                }
        }
}

// Runs the program with the words, which end with NULL, and `input` on its standard input (NULL: empty).
static struct outcome run(const char *input, ...) {
        struct outcome o = {.out = BUFFER_INIT(OUTPUT_MAX), .err = BUFFER_INIT(OUTPUT_MAX)};
        char *file _cleanup_free_ = scratch_write(folder, "input", input ? input : "", input ? strlen(input) : 0);
        char *argv[WORDS_MAX + 2] = {program};
        int out[2], err[2], in, argc = 1;
        va_list ap;
        pid_t pid;

        va_start(ap, input);
        for (const char *w; argc <= WORDS_MAX && (w = va_arg(ap, const char *)); argc++)
                argv[argc] = str_dup(w);
        va_end(ap);
        in = open(file, O_RDONLY | O_CLOEXEC);
        assert_int_equal(pipe2(out, O_CLOEXEC), 0);
        assert_int_equal(pipe2(err, O_CLOEXEC), 0);
        pid = start(argv, in, out[1], err[1]);
        close(in);
        close(out[1]);
        close(err[1]);
        read_both(out[0], err[0], &o);
        close(out[0]);
        close(err[0]);
        o.status = ended(pid);
        while (argc > 1)
                free(argv[--argc]);
        // Neither is a terminal: whatever was asked, nothing may steer one.
        assert_null(memchr(buffer_str(&o.out), '\x1b', o.out.len));
        assert_null(memchr(buffer_str(&o.err), '\x1b', o.err.len));
        return o;
}

static void outcome_free(struct outcome *o) {
        buffer_free(&o->out);
        buffer_free(&o->err);
}
#define _cleanup_outcome_ _cleanup_(outcome_free)
#define RUN(...) struct outcome o _cleanup_outcome_ = run(NULL, __VA_ARGS__, NULL)

static void assert_complaint(const struct outcome *o, int status, const char *says) {
        const char *text = buffer_str(&o->err);

        if (o->status != status || !strstr(text, says))
                fail_msg("status %d: %s", o->status, text);
        assert_true(str_starts(text, "firstline: "));
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); // one line
        assert_int_equal(o->out.len, 0);
}

static json_t *json_of(const struct outcome *o) {
        json_t *v = NULL;
        struct error e = ERROR_INIT;

        if (o->status != 0)
                fail_msg("status %d: %s", o->status, buffer_str(&o->err));
        if (json_parse(buffer_str(&o->out), o->out.len, &v, &e) < 0)
                fail_msg("%s: %s", e.message, buffer_str(&o->out));
        return v;
}

static void test_version(void **state _unused_) {
        RUN("--version");

        assert_int_equal(o.status, 0);
        assert_true(str_starts(buffer_str(&o.out), "firstline "));
        assert_int_equal(o.err.len, 0);
}

static void test_every_command_explains_itself(void **state _unused_) {
        RUN("help", "--json");
        json_t *help _cleanup_json_ = json_of(&o);
        json_t *commands = json_object_get(help, "commands"), *c;
        size_t i;

        assert_true(json_array_size(commands) >= 10);
        json_array_foreach(commands, i, c) {
                const char *name = json_str_or_null(c, "name");
                struct outcome text _cleanup_outcome_ = run(NULL, name, "--help", NULL);
                struct outcome data _cleanup_outcome_ = run(NULL, name, "--json", "--help", NULL);
                json_t *v _cleanup_json_ = json_of(&data);

                assert_int_equal(text.status, 0);
                assert_non_null(strstr(buffer_str(&text.out), name));
                assert_non_null(strstr(buffer_str(&text.out), json_str_or_null(c, "summary")));
                assert_int_equal(json_array_size(json_object_get(v, "commands")), 1);
        }
}

static void test_wrong_command_lines_are_one_line_and_status_2(void **state _unused_) {
        static const struct {
                const char *words[4], *says;
        } cases[] = {
                        {{NULL}, "no command given"},
                        {{"sevre"}, "sevre is not a command"},
                        {{"serve", "--prot", "1"}, "did you mean --port?"},
                        {{"serve", "now"}, "now is one word too many"},
                        {{"audit"}, "usage: firstline audit TICKET"},
                        {{"audit", "x"}, "x is not a ticket's number"},
                        {{"knowledge"}, "usage: firstline knowledge"},
                        {{"knowledge", "burn"}, "burn is not list, index or search"},
                        {{"help", "burn"}, "burn is not a command"},
                        {{"classify", "--priority", "9"}, "--priority must be a whole number from 1 to 4"},
                        {{"classify", "--subject", " "}, "subject and description are both empty"},
                        {{"classify", "--subject", "\xff"}, "--subject must be UTF-8"},
                        {{"classify", "--subject=x", "file"}, "not both"},
                        {{"ask", " "}, "the question is empty"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                const char *const *w = cases[i].words;
                struct outcome o _cleanup_outcome_ = run(NULL, w[0], w[1], w[2], w[3], NULL);

                assert_complaint(&o, 2, cases[i].says);
        }
}

static void test_settings_mask_secrets(void **state _unused_) {
        static const char env[] = "WEBHOOK_SECRET=hunter2hunter2\nTEAM_NAME=\"\xe2\x80\xae\\n\"\n";

        free(scratch_write(folder, ".env", env, strlen(env)));
        setenv("FRESHDESK_API_KEY", "swordfish123", 1);
        {
                RUN("settings", "--admin-token=opensesame123456");
                struct outcome j _cleanup_outcome_ =
                                run(NULL, "settings", "--json", "--admin-token=opensesame123456", NULL);
                json_t *v _cleanup_json_ = json_of(&j);

                assert_int_equal(o.status, 0);
                for (int k = 0; k < 2; k++) {
                        const char *text = buffer_str(k ? &j.out : &o.out);

                        assert_null(strstr(text, "hunter2"));
                        assert_null(strstr(text, "swordfish"));
                        assert_null(strstr(text, "opensesame"));
                        assert_non_null(strstr(text, "********"));
                }
                assert_non_null(strstr(buffer_str(&o.out), "\\u202e"));
                assert_string_equal(json_str_or_null(json_object_get(v, "FRESHDESK_API_KEY"), "source"), "environment");
                assert_string_equal(json_str_or_null(json_object_get(v, "WEBHOOK_SECRET"), "source"), ".env");
        }
        unsetenv("FRESHDESK_API_KEY");
        unlink(".env");
}

static void test_wrong_settings_stop_every_start(void **state _unused_) {
        free(scratch_write(folder, ".env", "PORT=1\nWEBHOOK_SECRT=hunter2", 28));
        {
                RUN("settings");
                struct outcome doctor _cleanup_outcome_ = run(NULL, "doctor", NULL);
                struct outcome version _cleanup_outcome_ = run(NULL, "version", NULL);

                assert_complaint(&o, 1, ".env: line 2: WEBHOOK_SECRT is not a setting; did you mean WEBHOOK_SECRET?");
                assert_int_equal(doctor.status, 1);
                assert_non_null(strstr(buffer_str(&doctor.out), "WEBHOOK_SECRT"));
                assert_int_equal(version.status, 0);
        }
        unlink(".env");
        RUN("serve", "--port", "http");
        assert_complaint(&o, 1, "PORT must be a whole number from 0 to 65535");
}

#define KEYWORDS_ONLY "--embedding-model="

static void test_classify_from_options_file_and_input(void **state _unused_) {
        static const char ticket[] =
                        "{\"subject\": \"Password reset\", \"description\": \"I forgot my password\", \"priority\": 2}";
        char *path _cleanup_free_ = scratch_write(folder, "ticket.json", ticket, strlen(ticket));
        struct outcome outcomes[] = {
                        run(NULL, "classify", "--json", KEYWORDS_ONLY, "--subject", "Password reset", "--description",
                            "I forgot my password", "--priority", "2", NULL),
                        run(NULL, "classify", "--json", KEYWORDS_ONLY, path, NULL),
                        run(ticket, "classify", "--json", KEYWORDS_ONLY, NULL),
                        run(ticket, "classify", "--json", KEYWORDS_ONLY, "-", NULL),
        };

        for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
                json_t *v _cleanup_json_ = json_of(&outcomes[i]);

                assert_string_equal(json_str_or_null(v, "tier"), "tier_1");
                assert_string_equal(json_str_or_null(v, "category"), "password_reset");
                assert_string_equal(json_str_or_null(v, "method"), "keyword");
                assert_true(json_is_null(json_object_get(v, "ticket_id")));
                outcome_free(&outcomes[i]);
        }
        assert_false(file_exists("firstline.db")); // looking leaves nothing behind
}

static void test_malformed_tickets(void **state _unused_) {
        static const struct {
                const char *json, *says;
        } cases[] = {
                        {"", "empty"},
                        {"{", "line 1"},
                        {"[]", "must be a JSON object"},
                        {"{}", "both empty"},
                        {"{\"subject\": 1}", "\"subject\" must be a string"},
                        {"{\"subject\": \"x\", \"id\": -1}", "\"id\" must be from 1"},
                        {"{\"subject\": \"x\", \"subject\": \"y\"}", "duplicate"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct outcome o _cleanup_outcome_ = run(cases[i].json, "process", NULL);

                assert_complaint(&o, 1, cases[i].says);
        }
        RUN("classify", "/nonexistent/ticket.json");
        assert_complaint(&o, 1, "/nonexistent/ticket.json: No such file");
        assert_false(file_exists("firstline.db"));
}

static void test_process_and_its_audit(void **state _unused_) {
        struct outcome o _cleanup_outcome_ = run("{\"subject\": \"\\u001b[2J I was charged twice\", \"description\": "
                                                 "\"\\u001b]0;x\\u0007refund\"}",
                                                 "process", KEYWORDS_ONLY, "--database-url=sqlite:process.db", NULL);
        struct outcome trail _cleanup_outcome_ =
                        run(NULL, "audit", "1000000000000", "--json", "--database-url", "sqlite:process.db", NULL);
        struct outcome text _cleanup_outcome_ =
                        run(NULL, "audit", "1000000000000", "--database-url=sqlite:process.db", NULL);
        struct outcome nobody _cleanup_outcome_ = run(NULL, "audit", "7", "--database-url=sqlite:process.db", NULL);
        struct outcome nowhere _cleanup_outcome_ = run(NULL, "audit", "7", "--database-url=sqlite:nowhere.db", NULL);
        json_t *v _cleanup_json_ = json_of(&trail);
        json_t *rows = json_object_get(v, "audit");
        const char *last = "";
        size_t n = json_array_size(rows);

        assert_int_equal(o.status, 0);
        assert_non_null(strstr(buffer_str(&o.out), "billing"));
        assert_true(n >= 3);
        assert_string_equal(json_str_or_null(json_array_get(rows, 0), "step"), "received");
        for (size_t i = 0; i < n; i++) {
                const char *at = json_str_or_null(json_array_get(rows, i), "at");

                assert_true(strcmp(last, at) <= 0);
                last = at;
        }
        assert_non_null(strstr(buffer_str(&text.out), "classified"));
        assert_complaint(&nobody, 1, "no ticket 7");
        assert_complaint(&nowhere, 1, "no such database");
        assert_false(file_exists("nowhere.db"));
}

static void test_ask_and_knowledge(void **state _unused_) {
        struct outcome o _cleanup_outcome_ = run("How do I reset my password?\n", "ask", "--json", KEYWORDS_ONLY, NULL);
        struct outcome list _cleanup_outcome_ = run(NULL, "knowledge", "list", "--json", NULL);
        struct outcome search _cleanup_outcome_ = run(NULL, "knowledge", "search", "How do I reset my password?",
                                                      "--max=2", "--json", KEYWORDS_ONLY, NULL);
        struct outcome missing _cleanup_outcome_ =
                        run(NULL, "ask", "anything", "--knowledge-dir=/nonexistent", KEYWORDS_ONLY, NULL);
        json_t *answer _cleanup_json_ = json_of(&o);
        json_t *documents _cleanup_json_ = json_of(&list);
        json_t *found _cleanup_json_ = json_of(&search);

        assert_true(json_bool_or(answer, "found", false));
        assert_string_equal(json_str_or_null(json_array_get(json_object_get(answer, "sources"), 0), "document"),
                            "password_reset.txt");
        assert_true(json_array_size(json_object_get(documents, "documents")) >= 4);
        assert_int_equal(json_array_size(json_object_get(found, "findings")), 2);
        // Without a knowledge base there is still an answer, a plain one.
        assert_int_equal(missing.status, 0);
        assert_true(missing.out.len > 0);
}

static void test_doctor(void **state _unused_) {
        RUN("doctor", "--port=0", KEYWORDS_ONLY);
        struct outcome sick _cleanup_outcome_ =
                        run(NULL, "doctor", "--json", "--port=0", "--config-dir=/nonexistent",
                            "--embedding-model=/nonexistent", "--host=0.0.0.0",
                            "--database-url=sqlite:/nonexistent/x.db", "--freshdesk-domain=acme", NULL);
        json_t *v _cleanup_json_ = NULL, *check;
        unsigned problems = 0;
        size_t i;

        if (o.status != 0)
                fail_msg("%s", buffer_str(&o.out));
        assert_int_equal(sick.status, 1);
        assert_int_equal(json_parse(buffer_str(&sick.out), sick.out.len, &v, NULL), 0);
        assert_false(json_bool_or(v, "ok", true));
        json_array_foreach(json_object_get(v, "checks"), i, check) {
                if (!str_eq(json_str_or_null(check, "verdict"), "problem"))
                        continue;
                problems++;
                assert_true(strlen(json_str_or_null(check, "advice")) > 0);
        }
        assert_int_equal(problems, 5); // access, config, model, database, freshdesk
        assert_false(file_exists("firstline.db"));
}

static void test_output_that_cannot_be_written(void **state _unused_) {
        char *argv[] = {program, str_dup("settings"), NULL};
        int full = open("/dev/full", O_WRONLY | O_CLOEXEC), null = open("/dev/null", O_RDWR | O_CLOEXEC);
        int gone[2];

        assert_int_equal(ended(start(argv, null, full, null)), 1);
        assert_int_equal(pipe2(gone, O_CLOEXEC), 0);
        close(gone[0]);
        assert_int_equal(ended(start(argv, null, gone[1], null)), 1);
        close(gone[1]);
        close(full);
        close(null);
        free(argv[1]);
}

static void test_serve_refuses_to_be_open_to_everyone(void **state _unused_) {
        static const struct {
                const char *host, *token;
        } cases[] = {{"0.0.0.0", ""}, {"::", ""}, {"0.0.0.0", "fifteen-letters"}, {"127.0.0.1", "short"}};

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct outcome o _cleanup_outcome_ = run(NULL, "serve", "--port=0", KEYWORDS_ONLY, "--host",
                                                         cases[i].host, "--admin-token", cases[i].token, NULL);

                assert_complaint(&o, 1, "ADMIN_TOKEN");
        }
}

// Reads until the text has come, or fails when it does not.
static void wait_for(int fd, struct buffer *log, const char *text) {
        int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;

        while (!strstr(buffer_str(log), text)) {
                struct pollfd p = {.fd = fd, .events = POLLIN};
                char chunk[4096];
                ssize_t k = 0;

                if (poll(&p, 1, (int) MAX(deadline - clock_monotonic_ms(), 0)) > 0)
                        k = read(fd, chunk, sizeof(chunk));
                if (k <= 0)
                        fail_msg("waited for \"%s\": %s", text, buffer_str(log));
                buffer_add(log, chunk, (size_t) k);
        }
}

static void test_serve_until_it_is_told_to_stop(void **state _unused_) {
        static const int stops[] = {SIGTERM, SIGINT};

        for (size_t i = 0; i < ARRAY_LEN(stops); i++) {
                char *argv[] = {program, str_dup("serve"), str_dup("--port=0"), str_dup(KEYWORDS_ONLY), NULL};
                struct buffer log _cleanup_buffer_ = BUFFER_INIT(OUTPUT_MAX);
                int null = open("/dev/null", O_RDWR | O_CLOEXEC), err[2];
                pid_t pid;

                assert_int_equal(pipe2(err, O_CLOEXEC), 0);
                pid = start(argv, null, null, err[1]);
                close(err[1]);
                wait_for(err[0], &log, "ready on http://127.0.0.1:");
                assert_int_equal(kill(pid, SIGHUP), 0);
                wait_for(err[0], &log, "knowledge base unchanged");
                {
                        // The port is in use now, by this very program.
                        long port = strtol(strstr(log.data, "127.0.0.1:") + strlen("127.0.0.1:"), NULL, 10);
                        char *option _cleanup_free_ = str_printf("--port=%ld", port);
                        RUN("serve", option, KEYWORDS_ONLY, "--log-level=ERROR");
                        struct outcome doctor _cleanup_outcome_ = run(NULL, "doctor", option, KEYWORDS_ONLY, NULL);

                        assert_complaint(&o, 1, "in use");
                        assert_non_null(strstr(buffer_str(&doctor.out), "Firstline runs on http://127.0.0.1:"));
                }
                assert_int_equal(kill(pid, stops[i]), 0);
                wait_for(err[0], &log, "INFO  stopped");
                assert_int_equal(ended(pid), 0);
                close(err[0]);
                close(null);
                for (size_t k = 1; argv[k]; k++)
                        free(argv[k]);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_version),
                        cmocka_unit_test(test_every_command_explains_itself),
                        cmocka_unit_test(test_wrong_command_lines_are_one_line_and_status_2),
                        cmocka_unit_test(test_settings_mask_secrets),
                        cmocka_unit_test(test_wrong_settings_stop_every_start),
                        cmocka_unit_test(test_classify_from_options_file_and_input),
                        cmocka_unit_test(test_malformed_tickets),
                        cmocka_unit_test(test_process_and_its_audit),
                        cmocka_unit_test(test_ask_and_knowledge),
                        cmocka_unit_test(test_doctor),
                        cmocka_unit_test(test_output_that_cannot_be_written),
                        cmocka_unit_test(test_serve_refuses_to_be_open_to_everyone),
                        cmocka_unit_test(test_serve_until_it_is_told_to_stop),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
