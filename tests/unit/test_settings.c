#include "base/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "scratch.h"
#include "unit.h"

static char *folder;

// The environment of whoever runs the tests must not decide what they find.
static int setup(void **state _unused_) {
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                unsetenv(settings_table[i].name);
        folder = scratch_new();
        return 0;
}

static int teardown(void **state _unused_) {
        scratch_free(folder);
        return 0;
}

static int load_bytes(const char *env, size_t n, struct settings **ret, struct error *e) {
        char *path _cleanup_free_ = scratch_write(folder, "env", env, n);

        return settings_load(0, NULL, path, ret, e);
}

static int load(const char *env, struct settings **ret, struct error *e) {
        return load_bytes(env, strlen(env), ret, e);
}

enum { OPTIONS_MAX = 8 };

// env_file may be NULL: none. The options end with NULL.
static int load_options(const char *env_file, struct settings **ret, struct error *e, ...) {
        char *options[OPTIONS_MAX];
        va_list ap;
        int n = 0, r;

        va_start(ap, e);
        for (const char *o; n < OPTIONS_MAX && (o = va_arg(ap, const char *)); n++)
                options[n] = str_dup(o);
        va_end(ap);
        r = settings_load(n, options, env_file ? env_file : "/nonexistent/.env", ret, e);
        while (n > 0)
                free(options[--n]);
        return r;
}

#define LOAD_OPTIONS(ret, e, ...) load_options(NULL, ret, e, __VA_ARGS__, NULL)

static void test_defaults(void **state _unused_) {
        struct settings *s _cleanup_(settings_free_p) = NULL;

        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &s, NULL), 0);
        assert_string_equal(settings_text(s, SETTING_HOST), "127.0.0.1");
        assert_int_equal(settings_int(s, SETTING_PORT), 8080);
        assert_true(settings_real(s, SETTING_MIN_CONFIDENCE) == 0.6);
        assert_false(settings_bool(s, SETTING_ACKNOWLEDGE));
        assert_string_equal(settings_text(s, SETTING_MODE), "auto");
        assert_string_equal(settings_text(s, SETTING_ADMIN_TOKEN), "");
        assert_false(settings_given(s, SETTING_ADMIN_TOKEN) || settings_given(s, SETTING_PORT));
        assert_int_equal(settings_source(s, SETTING_PORT), SETTING_FROM_DEFAULT);
}

// Each default must be a value that the setting itself accepts, and be shown as it is written.
static void test_table_is_sound(void **state _unused_) {
        struct settings *s _cleanup_(settings_free_p) = NULL;

        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &s, NULL), 0);
        for (unsigned i = 0; i < SETTING_COUNT_; i++) {
                const struct setting_spec *spec = &settings_table[i];

                assert_string_equal(settings_text(s, (enum setting_id) i), spec->def);
                assert_true(strlen(spec->help) > 0 && !str_ends(spec->help, "."));
                assert_true(spec->type == SETTING_TYPE_BOOL || spec->type == SETTING_TYPE_CHOICE ||
                            spec->max > spec->min);
                assert_true((spec->type == SETTING_TYPE_CHOICE) == (spec->choices != NULL));
                for (unsigned j = 0; j < i; j++)
                        assert_string_not_equal(spec->name, settings_table[j].name);
        }
}

static void test_env_file_syntax(void **state _unused_) {
        static const struct {
                const char *line, *value; // of TEAM_NAME
        } cases[] = {
                        {"TEAM_NAME=plain", "plain"},
                        {"TEAM_NAME=two words  ", "two words"},
                        {"  export   TEAM_NAME = spaced\t", "spaced"},
                        {"TEAM_NAME=a#b # comment", "a#b"},
                        {"TEAM_NAME=\"a # b\" # comment", "a # b"},
                        {"TEAM_NAME=\"say \\\"hi\\\" \\\\ on\\ntwo lines\"", "say \"hi\" \\ on\ntwo lines"},
                        {"TEAM_NAME='a \\n \"b\"'", "a \\n \"b\""},
                        {"TEAM_NAME=it's", "it's"},
                        {"TEAM_NAME=k=v", "k=v"},
                        {"TEAM_NAME=J\xc3\xb6rg\r\n", "J\xc3\xb6rg"},
                        {"# comment\n\n   \n\t# more\nTEAM_NAME=after\n", "after"},
                        {"\xef\xbb\xbfTEAM_NAME=marked", "marked"},
                        {"TEAM_NAME=first\nTEAM_NAME=last", "last"},
                        {"TEAM_NAME=", "Support Team"},
                        {"TEAM_NAME=\"\"", "Support Team"},
                        {"TEAM_NAME= # nothing", "Support Team"},
                        {"", "Support Team"},
                        {"#TEAM_NAME=off", "Support Team"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct settings *s _cleanup_(settings_free_p) = NULL;
                struct error e = ERROR_INIT;

                if (load(cases[i].line, &s, &e) != 0)
                        fail_msg("%s: %s", cases[i].line, e.message);
                assert_string_equal(settings_text(s, SETTING_TEAM_NAME), cases[i].value);
        }
}

static void test_env_file_errors_name_the_line_and_no_value(void **state _unused_) {
        static const char *const bad[] = {
                        "WEBHOOK_SECRET",
                        "hunter2hunter2",
                        "=hunter2",
                        "WEBHOOK SECRET=hunter2",
                        "webhook_secret=hunter2",
                        "1WEBHOOK=hunter2",
                        "WEBHOOK-SECRET=hunter2",
                        "export hunter2",
                        "WEBHOOK_SECRET=\"hunter2",
                        "WEBHOOK_SECRET='hunter2",
                        "WEBHOOK_SECRET=\"hunter2\\",
                        "WEBHOOK_SECRET=\"hunter2\\x\"",
                        "WEBHOOK_SECRET=\"hunter2\" hunter2",
                        "WEBHOOK_SECRET='hunter2'#hunter2",
                        "WEBHOOK_SECRET=hunter2\xff",
                        "WEBHOOK_SECRET=hunter2\x01",
                        "PORT=hunter2",
                        "LOG_LEVEL=hunter2",
                        "ACKNOWLEDGE=hunter2",
                        "MIN_CONFIDENCE=hunter2",
        };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                char *env _cleanup_free_ = str_printf("# one\n\n%s\nPORT=1\n", bad[i]);
                struct settings *s = NULL;
                struct error e = ERROR_INIT;

                if (load(env, &s, &e) != -EINVAL)
                        fail_msg("accepted: %s", bad[i]);
                assert_null(s);
                assert_int_equal(e.code, ERROR_SETTING_INVALID);
                assert_non_null(strstr(e.message, "line 3: "));
                assert_null(strstr(e.message, "hunter2"));
        }
}

static void test_env_file_limits(void **state _unused_) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(1 << 20);
        struct settings *s = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(load_bytes("PORT=1\nHOST=a\0b\n", 16, &s, &e), -EINVAL);
        assert_non_null(strstr(e.message, "line 2: contains a NUL byte"));
        assert_int_equal(load_bytes("PORT=1\n\0", 8, &s, &e), -EINVAL);

        buffer_addf(&b, "PORT=1\n# %*s\n", 9000, "x");
        assert_int_equal(load(b.data, &s, &e), -EINVAL);
        assert_non_null(strstr(e.message, "line 2: is too long"));

        buffer_reset(&b);
        while (b.len < 70000)
                buffer_add_str(&b, "# comment\n");
        assert_int_equal(load(b.data, &s, &e), -EFBIG);

        buffer_reset(&b);
        for (int i = 0; i < 80; i++)
                buffer_add_char(&b, 'A');
        buffer_add_str(&b, "=1");
        assert_int_equal(load(b.data, &s, &e), -EINVAL);
        assert_null(s);
}

static void test_env_file_that_is_a_folder(void **state _unused_) {
        struct settings *s = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(settings_load(0, NULL, folder, &s, &e), -EISDIR);
        assert_non_null(strstr(e.message, folder));
}

static void test_unknown_names(void **state _unused_) {
        struct settings *s = NULL;
        struct error e = ERROR_INIT;
        bool next;

        assert_int_equal(load("FRESHDESK_APIKEY=hunter2", &s, &e), -EINVAL);
        assert_non_null(strstr(e.message, "FRESHDESK_APIKEY is not a setting; did you mean FRESHDESK_API_KEY?"));
        assert_null(strstr(e.message, "hunter2"));
        assert_int_equal(load("COMPLETELY_DIFFERENT=1", &s, &e), -EINVAL);
        assert_null(strstr(e.message, "did you mean"));
        assert_int_equal(LOAD_OPTIONS(&s, &e, "--log-lvel=DEBUG"), -EINVAL);
        assert_non_null(strstr(e.message, "--log-lvel is not a known option; did you mean --log-level?"));
        assert_int_equal(LOAD_OPTIONS(&s, &e, "--webhook-secrets=hunter2"), -EINVAL);
        assert_null(strstr(e.message, "hunter2"));
        assert_int_equal(LOAD_OPTIONS(&s, &e, "hunter2"), -EINVAL);
        assert_null(strstr(e.message, "hunter2"));
        assert_false(settings_is_option("--no-such", &next));
}

static void test_precedence(void **state _unused_) {
        static const char env[] = "PORT=1\nWORKERS=1\nMODE=draft\nHOST=::1";
        char *path _cleanup_free_ = scratch_write(folder, "env", env, strlen(env));
        struct settings *s _cleanup_(settings_free_p) = NULL;

        setenv("PORT", "2", 1);
        setenv("WORKERS", "2", 1);
        setenv("MODE", "", 1);            // empty: as if it were not there
        setenv("EMBEDDING_MODEL", "", 1); // but a text that may be empty is then empty
        assert_int_equal(load_options(path, &s, NULL, "--port", "3", NULL), 0);
        assert_int_equal(settings_int(s, SETTING_PORT), 3);
        assert_int_equal(settings_source(s, SETTING_PORT), SETTING_FROM_COMMAND);
        assert_int_equal(settings_int(s, SETTING_WORKERS), 2);
        assert_int_equal(settings_source(s, SETTING_WORKERS), SETTING_FROM_ENVIRONMENT);
        assert_string_equal(settings_text(s, SETTING_MODE), "draft");
        assert_string_equal(settings_text(s, SETTING_EMBEDDING_MODEL), "");
        assert_int_equal(settings_source(s, SETTING_HOST), SETTING_FROM_FILE);
        assert_true(settings_given(s, SETTING_HOST));
}

static void test_values(void **state _unused_) {
        static const struct {
                const char *name, *value, *shown; // shown NULL: refused
        } cases[] = {
                        {"PORT", "0", "0"},
                        {"PORT", "65535", "65535"},
                        {"PORT", "65536", NULL},
                        {"PORT", "-1", NULL},
                        {"PORT", "80 ", NULL},
                        {"PORT", "8e1", NULL},
                        {"MIN_CONFIDENCE", "1", "1"},
                        {"MIN_CONFIDENCE", "1.01", NULL},
                        {"MIN_CONFIDENCE", "0,5", NULL},
                        {"ACKNOWLEDGE", "Yes", "true"},
                        {"ACKNOWLEDGE", "0", "false"},
                        {"ACKNOWLEDGE", "maybe", NULL},
                        {"LOG_LEVEL", "debug", "DEBUG"},
                        {"LOG_LEVEL", "DEBUG|INFO", NULL},
                        {"LOG_LEVEL", "DEBU", NULL},
                        {"DATABASE_URL", "sqlite:", NULL}, // too short
                        {"ADMIN_TOKEN", "abcd", "********"},
                        {"TEAM_NAME", "bell\a", NULL},
                        {"TEAM_NAME", "\xff", NULL},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct settings *s _cleanup_(settings_free_p) = NULL;
                struct error e = ERROR_INIT;
                int r;

                setenv(cases[i].name, cases[i].value, 1);
                r = settings_load(0, NULL, "/nonexistent/.env", &s, &e);
                unsetenv(cases[i].name);
                if ((r == 0) != (cases[i].shown != NULL))
                        fail_msg("%s=%s: %d %s", cases[i].name, cases[i].value, r, e.message);
                if (r < 0) {
                        assert_non_null(strstr(e.message, cases[i].name));
                        assert_non_null(strstr(e.message, "environment"));
                        continue;
                }
                for (unsigned id = 0; id < SETTING_COUNT_; id++)
                        if (str_eq(settings_table[id].name, cases[i].name))
                                assert_string_equal(settings_shown(s, (enum setting_id) id), cases[i].shown);
        }
}

static void test_options(void **state _unused_) {
        struct settings *s _cleanup_(settings_free_p) = NULL;
        struct error e = ERROR_INIT;
        bool next = false;

        assert_int_equal(LOAD_OPTIONS(&s, &e, "--acknowledge", "--log-level=ERROR", "--embedding-model", "",
                                      "--host=::1"),
                         0);
        assert_true(settings_bool(s, SETTING_ACKNOWLEDGE));
        assert_string_equal(settings_text(s, SETTING_LOG_LEVEL), "ERROR");
        assert_string_equal(settings_text(s, SETTING_EMBEDDING_MODEL), "");
        assert_string_equal(settings_text(s, SETTING_HOST), "::1");
        s = settings_free(s);
        assert_int_equal(LOAD_OPTIONS(&s, &e, "--acknowledge=off"), 0);
        assert_false(settings_bool(s, SETTING_ACKNOWLEDGE));
        s = settings_free(s);
        assert_int_equal(LOAD_OPTIONS(&s, &e, "--port"), -EINVAL);
        assert_non_null(strstr(e.message, "--port needs a value"));
        assert_int_equal(LOAD_OPTIONS(&s, &e, "--port="), -EINVAL);

        assert_true(settings_is_option("--log-level", &next) && next);
        assert_true(settings_is_option("--log-level=DEBUG", &next) && !next);
        assert_true(settings_is_option("--acknowledge", &next) && !next);
        assert_false(settings_is_option("--log", &next) || settings_is_option("--log-level-x", &next) ||
                     settings_is_option("-log-level", &next) || settings_is_option("log-level", &next) ||
                     settings_is_option("--LOG_LEVEL", &next) || settings_is_option("--", &next));
}

// `.env.example` is generated; the one at the top of the project must be what the table gives now, and must load.
static void test_example_is_up_to_date(void **state _unused_) {
        const char *root = getenv("SOURCE_ROOT");
        char *expected _cleanup_free_ = NULL, *path _cleanup_free_ = NULL, *there _cleanup_free_ = NULL;
        struct settings *s _cleanup_(settings_free_p) = NULL;
        size_t n, size;
        FILE *f = open_memstream(&expected, &size);
        struct error e = ERROR_INIT;

        assert_non_null(f);
        settings_write_example(f);
        fclose(f);
        if (load(expected, &s, &e) != 0)
                fail_msg("%s", e.message);
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                assert_int_equal(settings_source(s, (enum setting_id) i), SETTING_FROM_DEFAULT);
        if (!root)
                skip();
        path = file_join(root, ".env.example");
        assert_int_equal(file_read(path, 1 << 20, &there, &n, NULL), 0);
        assert_string_equal(there, expected);
}

// Taking the # away gives the defaults: what the file shows is what it means.
static void test_example_uncommented_is_the_defaults(void **state _unused_) {
        char *text _cleanup_free_ = NULL;
        struct buffer lines _cleanup_buffer_ = BUFFER_INIT(1 << 20);
        struct settings *s _cleanup_(settings_free_p) = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);
        struct error e = ERROR_INIT;
        unsigned n = 0;

        assert_non_null(f);
        settings_write_example(f);
        fclose(f);
        for (char *at = text, *end; *at; at = end + 1) {
                end = strchr(at, '\n');
                if (at[0] == '#' && at[1] >= 'A' && at[1] <= 'Z') {
                        buffer_add(&lines, at + 1, (size_t) (end - at));
                        n++;
                }
        }
        assert_int_equal(n, SETTING_COUNT_);
        if (load(buffer_str(&lines), &s, &e) != 0)
                fail_msg("%s", e.message);
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                assert_string_equal(settings_text(s, (enum setting_id) i), settings_table[i].def);
}

static void test_secrets_in_files(void **state _unused_) {
        char *path _cleanup_free_ = scratch_write(folder, "ADMIN_TOKEN", "from-a-file\n", 12);
        char *broken _cleanup_free_ = scratch_write(folder, "broken", "a\0b", 3);
        struct settings *s _cleanup_(settings_free_p) = NULL, *handed _cleanup_(settings_free_p) = NULL, *none = NULL;
        struct error e = ERROR_INIT;

        assert_int_equal(setenv("ADMIN_TOKEN_FILE", path, 1), 0);
        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &s, &e), 0);
        assert_string_equal(settings_text(s, SETTING_ADMIN_TOKEN), "from-a-file");
        assert_int_equal(settings_source(s, SETTING_ADMIN_TOKEN), SETTING_FROM_ENVIRONMENT);

        assert_int_equal(setenv("ADMIN_TOKEN", "both", 1), 0);
        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &none, &e), -EINVAL);
        assert_non_null(strstr(e.message, "ADMIN_TOKEN_FILE"));
        assert_int_equal(unsetenv("ADMIN_TOKEN"), 0);
        assert_int_equal(setenv("ADMIN_TOKEN_FILE", broken, 1), 0);
        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &none, &e), -EINVAL);
        assert_int_equal(setenv("ADMIN_TOKEN_FILE", "/nonexistent/token", 1), 0);
        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &none, &e), -ENOENT);
        assert_int_equal(unsetenv("ADMIN_TOKEN_FILE"), 0);

        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
        assert_int_equal(settings_load(0, NULL, "/nonexistent/.env", &handed, &e), 0);
        assert_string_equal(settings_text(handed, SETTING_ADMIN_TOKEN), "from-a-file");
        assert_string_equal(settings_text(handed, SETTING_WEBHOOK_SECRET), "");
        assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
        assert_null(none);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_table_is_sound, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_env_file_syntax, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_env_file_errors_name_the_line_and_no_value, setup,
                                                        teardown),
                        cmocka_unit_test_setup_teardown(test_env_file_limits, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_env_file_that_is_a_folder, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_unknown_names, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_precedence, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_example_is_up_to_date, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_example_uncommented_is_the_defaults, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_secrets_in_files, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
