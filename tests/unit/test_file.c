#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "unit.h"

static int setup(void **state) {
        *state = scratch_new();
        return 0;
}

static int teardown(void **state) {
        scratch_free(*state);
        return 0;
}

static void test_read_whole(void **state) {
        char *path _cleanup_free_ = scratch_write(*state, "a", "x\0y\n", 4);
        char *data _cleanup_free_ = NULL;
        size_t n = 0;

        assert_int_equal(file_read(path, 4, &data, &n, NULL), 0);
        assert_int_equal(n, 4);
        assert_memory_equal(data, "x\0y\n", 5);
}

static void test_read_empty(void **state) {
        char *path _cleanup_free_ = scratch_write(*state, "a", "", 0);
        char *data _cleanup_free_ = NULL;
        size_t n = 7;

        assert_int_equal(file_read(path, 0, &data, &n, NULL), 0);
        assert_int_equal(n, 0);
        assert_string_equal(data, "");
}

// Files of /proc say that they have no bytes, and then have some.
static void test_read_of_unknown_size(void **state _unused_) {
        char *data _cleanup_free_ = NULL;
        size_t n = 0;

        assert_int_equal(file_read("/proc/self/status", 1 << 20, &data, &n, NULL), 0);
        assert_true(n > 0 && strlen(data) == n);
        assert_int_equal(file_read("/proc/self/status", 10, &data, &n, NULL), -EFBIG);
}

static void test_read_failures_name_the_file(void **state) {
        char *big _cleanup_free_ = scratch_write(*state, "big", "12345", 5);
        char *missing _cleanup_free_ = file_join(*state, "missing");
        char *pipe _cleanup_free_ = file_join(*state, "pipe");
        char *data = NULL;
        const struct {
                const char *path;
                int r;
                const char *words;
        } cases[] = {
                        {missing, -ENOENT, "No such file"},
                        {*state, -EISDIR, "is a folder"},
                        {big, -EFBIG, "larger than 4 bytes"},
                        {pipe, -EINVAL, "not a regular file"},
        };
        size_t n = 0;

        assert_int_equal(mkfifo(pipe, 0600), 0);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct error e = ERROR_INIT;

                assert_int_equal(file_read(cases[i].path, 4, &data, &n, &e), cases[i].r);
                assert_null(data);
                assert_int_equal(e.code, ERROR_FILE_INVALID);
                assert_non_null(strstr(e.message, cases[i].path));
                assert_non_null(strstr(e.message, cases[i].words));
        }
}

static void test_unreadable_says_what_to_do(void **state) {
        char *path _cleanup_free_ = scratch_write(*state, "closed", "x", 1);
        struct error e = ERROR_INIT;
        char *data = NULL;
        size_t n;

        // Root may read everything, so it becomes somebody else for a moment.
        assert_int_equal(chmod(path, 0), 0);
        if (geteuid() == 0)
                assert_int_equal(seteuid(65534), 0);
        assert_int_equal(file_read(path, 10, &data, &n, &e), -EACCES);
        assert_int_equal(seteuid(getuid()), 0);
        assert_non_null(strstr(e.message, "check its owner and permissions"));
}

static void test_write_replaces(void **state) {
        char *path _cleanup_free_ = scratch_write(*state, "a", "old", 3);
        char *part _cleanup_free_ = str_printf("%s.tmp", path);
        char *data _cleanup_free_ = NULL;
        struct stat st;
        size_t n = 0;

        // What a crash left behind is in nobody's way.
        free(scratch_write(*state, "a.tmp", "half", 4));
        assert_int_equal(file_write(path, "new", 3, true, NULL), 0);
        assert_int_equal(file_read(path, 10, &data, &n, NULL), 0);
        assert_string_equal(data, "new");
        assert_false(file_exists(part));
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        // What is for everybody is readable though new files of the program are not.
        mode_t before = umask(0077);
        assert_int_equal(file_write(path, "", 0, false, NULL), 0);
        (void) umask(before);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, 0);
        assert_int_equal(st.st_mode & 0777, 0644);
}

static void test_write_failure_keeps_the_old(void **state) {
        char *folder _cleanup_free_ = file_join(*state, "folder");
        char *inside _cleanup_free_ = file_join(folder, "x");
        char *part _cleanup_free_ = str_printf("%s.tmp", folder);
        struct error e = ERROR_INIT;

        assert_int_equal(file_write(inside, "x", 1, false, &e), -ENOENT);
        assert_non_null(strstr(e.message, inside));
        // A folder that is not empty cannot be replaced by a file.
        assert_int_equal(mkdir(folder, 0700), 0);
        free(scratch_write(folder, "x", "x", 1));
        assert_true(file_write(folder, "x", 1, false, &e) < 0);
        assert_true(file_is_dir(folder));
        assert_false(file_exists(part));
}

static void test_join(void **state _unused_) {
        static const char *const cases[][3] = {
                        {"a", "b", "a/b"},  {"a/", "b", "a/b"}, {"/", "b", "/b"},
                        {"a", "/b", "a/b"}, {"", "b", "/b"},    {"a", "", "a/"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char *path _cleanup_free_ = file_join(cases[i][0], cases[i][1]);

                // Without a folder the name stays as it is.
                assert_string_equal(path, *cases[i][0] ? cases[i][2] : cases[i][1]);
        }
}

static void test_exists(void **state) {
        char *path _cleanup_free_ = scratch_write(*state, "a", "x", 1);

        assert_true(file_exists(path) && file_exists(*state));
        assert_true(file_is_dir(*state));
        assert_false(file_is_dir(path));
        assert_false(file_exists(NULL) || file_is_dir(NULL) || file_exists("/nonexistent/x"));
}

static void test_data_is_found_from_any_folder(void **state) {
        char *before _cleanup_free_ = getcwd(NULL, 0);
        char *found _cleanup_free_ = NULL, *here _cleanup_free_ = NULL, *absolute _cleanup_free_ = NULL;
        char *text _cleanup_free_ = NULL;
        size_t n;

        assert_int_equal(chdir(*state), 0);
        // From the source tree, although this is the working folder.
        found = file_find_data("src/base/file.h");
        assert_non_null(found);
        assert_int_equal(found[0], '/');
        assert_int_equal(file_read(found, 1 << 20, &text, &n, NULL), 0);
        assert_non_null(strstr(text, "file_find_data"));
        // What is in the working folder comes first.
        free(scratch_write(*state, "meson.build", "x", 1));
        here = file_find_data("meson.build");
        assert_string_equal(here, "meson.build");
        absolute = file_find_data(*state);
        assert_string_equal(absolute, *state);
        assert_null(file_find_data("no-such-thing-anywhere"));
        assert_null(file_find_data("/nonexistent/knowledge"));
        assert_null(file_find_data(""));
        assert_null(file_find_data(NULL));
        assert_int_equal(chdir(before), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(test_read_whole, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_read_empty, setup, teardown),
                        cmocka_unit_test(test_read_of_unknown_size),
                        cmocka_unit_test_setup_teardown(test_read_failures_name_the_file, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_unreadable_says_what_to_do, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_write_replaces, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_write_failure_keeps_the_old, setup, teardown),
                        cmocka_unit_test(test_join),
                        cmocka_unit_test_setup_teardown(test_exists, setup, teardown),
                        cmocka_unit_test_setup_teardown(test_data_is_found_from_any_folder, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
