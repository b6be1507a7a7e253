// What a process can still do after it gave things up; each in a child of its own, because nothing is given back.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "base/string.h"
#include "scratch.h"
#include "unit.h"

enum { CHILD_WELL = 0, CHILD_SKIPPED = 77 };

static int in_child(int (*body)(const char *folder)) {
        char *folder = scratch_new();
        pid_t child = fork();
        int status = -1;

        if (child == 0)
                _exit(body(folder));
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        scratch_free(folder);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static bool can_make(const char *folder, const char *name) {
        char *path _cleanup_free_ = str_printf("%s/%s", folder, name);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

        if (fd < 0)
                return false;
        (void) close(fd);
        return true;
}

static int files_are_private(const char *folder) {
        char *path _cleanup_free_ = str_printf("%s/private", folder);
        struct rlimit core;
        struct stat st;

        sandbox_private();
        if (!can_make(folder, "private") || stat(path, &st) < 0 || (st.st_mode & 0777) != 0600)
                return __LINE__ % 64 + 1;
        return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 ? CHILD_WELL : 1;
}

static int only_the_folder_can_be_written(const char *folder) {
        char word[] = "true", *const words[] = {word, NULL};
        char *inside _cleanup_free_ = str_printf("%s/inside", folder);
        char *old _cleanup_free_ = str_printf("%s/before", folder), *new _cleanup_free_ = NULL;

        if (mkdir(inside, 0700) < 0 || !can_make(folder, "before"))
                return 1;
        switch (sandbox_write_only_below(inside, NULL)) {
        case SANDBOX_NONE:
                return CHILD_SKIPPED;
        case SANDBOX_FULL:
                break;
        default:
                return 2;
        }
        new = str_printf("%s/moved", inside);
        for (int again = 0; again <= 1; again++)
                if (!can_make(inside, "new"))
                        return 3;
        if (can_make(folder, "after") || errno != EACCES)
                return 4;
        if (can_make(folder, "before"))
                return 5;
        if (unlink(old) == 0 || rename(old, new) == 0 || link(old, new) == 0 || symlink("/", new) == 0)
                return 6;
        if (open(old, O_RDONLY | O_CLOEXEC) < 0)
                return 7; // reading stays free
        (void) execv("/bin/true", words);
        return errno == EACCES ? CHILD_WELL : 8;
}

static int a_folder_that_is_not_there_is_refused(const char *folder) {
        char *none _cleanup_free_ = str_printf("%s/none", folder);
        struct error e = ERROR_INIT;
        int r = sandbox_write_only_below(none, &e);

        if (r == SANDBOX_NONE)
                return CHILD_SKIPPED;
        return r == -ENOENT && strstr(e.message, none) && can_make(folder, "free") ? CHILD_WELL : 1;
}

static int root_becomes_a_user(const char *folder _unused_) {
        if (geteuid() != 0)
                return CHILD_SKIPPED;
        if (sandbox_become("65534:65533", NULL) < 0)
                return 1;
        if (getuid() != 65534 || geteuid() != 65534 || getgid() != 65533 || getegid() != 65533)
                return 2;
        if (getgroups(0, NULL) != 0 || setuid(0) == 0)
                return 3;
        return sandbox_become("65534", NULL) == 0 && sandbox_become("0", NULL) == -EPERM ? CHILD_WELL : 4;
}

static void run_in_child(int (*body)(const char *folder)) {
        int status = in_child(body);

        if (status == CHILD_SKIPPED)
                skip();
        assert_int_equal(status, CHILD_WELL);
}

static void test_files_are_private(void **state _unused_) {
        run_in_child(files_are_private);
}

static void test_only_the_folder_can_be_written(void **state _unused_) {
        run_in_child(only_the_folder_can_be_written);
}

static void test_a_folder_that_is_not_there_is_refused(void **state _unused_) {
        run_in_child(a_folder_that_is_not_there_is_refused);
}

static void test_root_becomes_a_user(void **state _unused_) {
        run_in_child(root_becomes_a_user);
}

static void test_unknown_users_are_refused(void **state _unused_) {
        static const char *const wrong[] = {"nobody-of-this-name", "-1", "1000:staff", "1000:", ":1000", "99999999999"};

        assert_int_equal(sandbox_become("", NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
                struct error e = ERROR_INIT;

                if (sandbox_become(wrong[i], &e) != -ENOENT || !strstr(e.message, "RUN_AS"))
                        fail_msg("%s: %s", wrong[i], e.message);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_files_are_private),
                        cmocka_unit_test(test_only_the_folder_can_be_written),
                        cmocka_unit_test(test_a_folder_that_is_not_there_is_refused),
                        cmocka_unit_test(test_root_becomes_a_user),
                        cmocka_unit_test(test_unknown_users_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
