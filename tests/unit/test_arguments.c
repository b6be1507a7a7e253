#include "command/arguments.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

static int run_nothing(const struct invocation *i _unused_, struct error *e _unused_) {
        return 0;
}

static const struct command_option send_options[] = {
                {.name = "--to", .value = "NAME", .help = "who"},
                {.name = "--urgent", .help = "now"},
                {.name = NULL},
};
static const struct command command_send = {.name = "send",
                                            .operands = "FILE",
                                            .options = send_options,
                                            .operands_min = 1,
                                            .operands_max = 2,
                                            .run = run_nothing};
static const struct command command_version = {.name = "version", .run = run_nothing};
static const struct command *const commands[] = {&command_send, &command_version};

enum { WORDS_MAX = 200 };

// The words end with NULL. Their memory lives as long as the program, as main's does.
static int parse(struct invocation *inv, struct error *e, ...) {
        static char *argv[WORDS_MAX];
        va_list ap;
        int argc = 1, r;

        for (int i = 0; i < WORDS_MAX; i++)
                argv[i] = (free(argv[i]), NULL);
        argv[0] = str_dup("firstline");
        va_start(ap, e);
        for (const char *w; argc < WORDS_MAX && (w = va_arg(ap, const char *)); argc++)
                argv[argc] = str_dup(w);
        va_end(ap);
        r = arguments_parse(commands, ARRAY_LEN(commands), argc, argv, inv, e);
        return r;
}

static int forget_words(void **state _unused_) {
        struct invocation inv;

        // Frees what the last call kept.
        assert_int_equal(parse(&inv, NULL, NULL), 0);
        return 0;
}

static void test_command_options_and_operands(void **state _unused_) {
        struct invocation inv;

        assert_int_equal(parse(&inv, NULL, "send", "--to", "Ann", "a.txt", "--urgent", "b.txt", NULL), 0);
        assert_ptr_equal(inv.command, &command_send);
        assert_string_equal(invocation_value(&inv, "--to"), "Ann");
        assert_string_equal(invocation_value(&inv, "--urgent"), "");
        assert_null(invocation_value(&inv, "--no-such"));
        assert_int_equal(inv.n_operands, 2);
        assert_string_equal(inv.operands[0], "a.txt");
        assert_string_equal(inv.operands[1], "b.txt");
        assert_false(inv.json || inv.help);
        assert_int_equal(inv.n_setting_words, 0);

        assert_int_equal(parse(&inv, NULL, "send", "--to=", "x", "--json", NULL), 0);
        assert_string_equal(invocation_value(&inv, "--to"), "");
        assert_null(invocation_value(&inv, "--urgent"));
        assert_true(inv.json);
}

static void test_settings_go_to_the_settings(void **state _unused_) {
        struct invocation inv;

        assert_int_equal(
                        parse(&inv, NULL, "send", "--port", "80", "x", "--log-level=DEBUG", "--acknowledge", "y", NULL),
                        0);
        assert_int_equal(inv.n_setting_words, 4);
        assert_string_equal(inv.setting_words[0], "--port");
        assert_string_equal(inv.setting_words[1], "80");
        assert_string_equal(inv.setting_words[2], "--log-level=DEBUG");
        assert_string_equal(inv.setting_words[3], "--acknowledge");
        assert_int_equal(inv.n_operands, 2);
        // Before the command as well, and a setting's value is not taken for the command.
        assert_int_equal(parse(&inv, NULL, "--mode", "version", "--json", "send", "x", NULL), 0);
        assert_ptr_equal(inv.command, &command_send);
        assert_true(inv.json);
        assert_int_equal(inv.n_setting_words, 2);
}

static void test_words_that_look_like_options(void **state _unused_) {
        struct invocation inv;

        assert_int_equal(parse(&inv, NULL, "send", "--", "--to", "-x", NULL), 0);
        assert_int_equal(inv.n_operands, 2);
        assert_string_equal(inv.operands[0], "--to");
        assert_null(invocation_value(&inv, "--to"));
        assert_int_equal(parse(&inv, NULL, "send", "-", NULL), 0);
        assert_string_equal(inv.operands[0], "-");
        // A value may begin with a hyphen, and may be the name of another option.
        assert_int_equal(parse(&inv, NULL, "send", "x", "--to", "--urgent", NULL), 0);
        assert_string_equal(invocation_value(&inv, "--to"), "--urgent");
        assert_null(invocation_value(&inv, "--urgent"));
}

static void test_help_and_version(void **state _unused_) {
        struct invocation inv;

        assert_int_equal(parse(&inv, NULL, "--help", NULL), 0);
        assert_null(inv.command);
        assert_true(inv.help);
        assert_int_equal(parse(&inv, NULL, "send", "-h", NULL), 0); // although FILE is missing
        assert_ptr_equal(inv.command, &command_send);
        assert_true(inv.help);
        assert_int_equal(parse(&inv, NULL, "--version", NULL), 0);
        assert_ptr_equal(inv.command, &command_version);
        assert_int_equal(parse(&inv, NULL, NULL), 0);
        assert_null(inv.command);
        assert_false(inv.help);
}

static void test_wrong_command_lines(void **state _unused_) {
        static const struct {
                const char *words[6];
                const char *says;
        } cases[] = {
                        {{"sned"}, "sned is not a command"},
                        {{"send"}, "usage: firstline send FILE"},
                        {{"send", "--to"}, "--to needs a value: --to NAME"},
                        {{"send", "x", "--urgent=yes"}, "--urgent takes no value"},
                        {{"send", "x", "--to=a", "--to=b"}, "--to is given twice"},
                        {{"send", "x", "y", "z"}, "z is one word too many"},
                        {{"send", "x", "--tu", "y"}, "--tu is not a known option"},
                        {{"send", "x", "--prot=1"}, "did you mean --port?"},
                        {{"send", "x", "-x"}, "expected a setting"},
                        {{"send", "x", "--port"}, "--port needs a value"},
                        {{"version", "x"}, "x is one word too many"},
                        {{"--", "x"}, "x is not a command"},
                        {{"--log-lvel", "x", "send"}, "did you mean --log-level?"},
                        {{"--mode", "auto", "x"}, "x is not a command"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                const char *const *w = cases[i].words;
                struct invocation inv = {.n_operands = 77};
                struct error e = ERROR_INIT;

                assert_int_equal(parse(&inv, &e, w[0], w[1], w[2], w[3], w[4], w[5], NULL), -EINVAL);
                if (e.code != ERROR_USAGE || !strstr(e.message, cases[i].says))
                        fail_msg("case %zu: %s", i, e.message);
                assert_int_equal(inv.n_operands, 77);
        }
}

static void test_too_many_settings(void **state _unused_) {
        char *argv[COMMAND_SETTINGS_MAX + 4];
        struct error e = ERROR_INIT;
        struct invocation inv;
        int argc = 0;

        argv[argc++] = str_dup("firstline");
        argv[argc++] = str_dup("version");
        while (argc < COMMAND_SETTINGS_MAX + 4)
                argv[argc++] = str_dup("--acknowledge");
        assert_int_equal(arguments_parse(commands, ARRAY_LEN(commands), argc, argv, &inv, &e), -EINVAL);
        assert_string_equal(e.message, "too many options");
        while (argc > 0)
                free(argv[--argc]);
}

static void test_secrets_do_not_stay_where_others_read_them(void **state _unused_) {
        char program[] = "firstline", port[] = "--port", number[] = "9", token[] = "--admin-token",
             value[] = "secret-1", joined[] = "--webhook-secret=secret-2", last[] = "--freshdesk-api-key", end[] = "";
        char *argv[] = {program, port, number, token, value, joined, last, end, NULL};
        int argc = (int) ARRAY_LEN(argv) - 1;
        char **words _cleanup_(arguments_free_p) = arguments_take(argc, argv);

        assert_non_null(words);
        assert_string_equal(words[4], "secret-1");
        assert_string_equal(words[5], "--webhook-secret=secret-2");
        assert_null(words[argc]);
        assert_string_equal(argv[2], "9");
        assert_string_equal(argv[4], "*");
        assert_memory_equal(value + 1, "\0\0\0\0\0\0\0", 7);
        assert_string_equal(argv[5], "--webhook-secret=*");
        assert_string_equal(argv[7], "");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_command_options_and_operands),
                        cmocka_unit_test(test_settings_go_to_the_settings),
                        cmocka_unit_test(test_words_that_look_like_options),
                        cmocka_unit_test(test_help_and_version),
                        cmocka_unit_test(test_wrong_command_lines),
                        cmocka_unit_test(test_too_many_settings),
                        cmocka_unit_test(test_secrets_do_not_stay_where_others_read_them),
        };

        return cmocka_run_group_tests(tests, NULL, forget_words);
}
