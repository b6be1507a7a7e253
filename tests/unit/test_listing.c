// A knowledge folder with everything in it that people and programs leave in folders.
#include "knowledge/listing.h"

#include <fcntl.h>
#include <stdbool.h>

#include "scratch.h"
#include "unit.h"

static void folder_in(const char *folder, const char *name) {
        char *path _cleanup_free_ = str_printf("%s/%s", folder, name);
        assert_int_equal(mkdir(path, 0755), 0);
}

static void link_in(const char *folder, const char *name, const char *target) {
        char *path _cleanup_free_ = str_printf("%s/%s", folder, name);
        assert_int_equal(symlink(target, path), 0);
}

// "path:problem" of each file, problem cut to its first two words; one per line.
static char *shown(const struct listing *l) {
        char *text = str_dup("");

        for (size_t i = 0; i < l->n; i++) {
                char *longer = str_printf("%s%s%s%s\n", text, l->files[i].path, l->files[i].problem ? ": " : "",
                                          l->files[i].problem ? l->files[i].problem : "");
                free(text);
                text = longer;
        }
        return text;
}

static void documents_of_all_folders_are_listed(void **state _unused_) {
        struct listing l _cleanup_listing_ = {0};
        char *f = scratch_new(), *text;

        folder_in(f, "deep");
        folder_in(f, "deep/deeper");
        folder_in(f, ".git");
        scratch_put(f, "b.txt", "x");
        scratch_put(f, "a.md", "x");
        scratch_put(f, "deep/c.HTML", "x");
        scratch_put(f, "deep/deeper/d.htm", "x");
        scratch_put(f, ".git/e.txt", "x");
        scratch_put(f, ".hidden.txt", "x");
        scratch_put(f, "picture.png", "x");
        scratch_put(f, "README", "x");
        scratch_put(f, "manual.pdf", "x");
        scratch_put(f, "empty.txt", "");
        assert_int_equal(listing_scan(f, &l), 0);
        assert_null(l.problem);
        text = shown(&l);
        assert_string_equal(text, "a.md\nb.txt\ndeep/c.HTML\ndeep/deeper/d.htm\nempty.txt: is empty\n"
                                  "manual.pdf: .pdf files are not read; save it as .txt, .md or .html\n");
        free(text);
        scratch_free(f);
}

static void links_stay_within_the_folder(void **state _unused_) {
        struct listing l _cleanup_listing_ = {0};
        char *f = scratch_new(), *outside = scratch_new(), *text;

        scratch_put(outside, "secret.txt", "x");
        folder_in(f, "real");
        folder_in(f, "..data");
        scratch_put(f, "real/a.txt", "x");
        scratch_put(f, "..data/mounted.txt", "x");
        link_in(f, "again.txt", "real/a.txt");           // the same document under another name
        link_in(f, "mounted.txt", "..data/mounted.txt"); // as a cluster mounts files
        link_in(f, "loop", ".");
        link_in(f, "real/up", "..");
        link_in(f, "out", outside);
        link_in(f, "passwords.txt", "/etc/passwd");
        link_in(f, "gone.txt", "nowhere");
        link_in(f, "self.txt", "self.txt");
        assert_int_equal(listing_scan(f, &l), 0);
        text = shown(&l);
        assert_null(strstr(text, "again"));
        assert_null(strstr(text, "loop"));
        assert_null(strstr(text, "secret"));
        assert_non_null(strstr(text, "mounted.txt\n"));
        assert_non_null(strstr(text, "real/a.txt\n"));
        assert_non_null(strstr(text, "out: is a link that leaves the folder"));
        assert_non_null(strstr(text, "passwords.txt: is a link that leaves the folder"));
        assert_non_null(strstr(text, "gone.txt: is a link that leads nowhere"));
        assert_non_null(strstr(text, "self.txt: is a link that leads nowhere"));
        assert_int_equal(l.n, 6);
        free(text);
        scratch_free(f);
        scratch_free(outside);
}

static void what_cannot_be_read_is_a_problem_of_its_own(void **state _unused_) {
        struct listing l _cleanup_listing_ = {0};
        char *f = scratch_new(), *text;
        char *big _cleanup_free_ = str_printf("%s/big.txt", f), *fifo _cleanup_free_ = str_printf("%s/pipe.txt", f);

        scratch_put(f, "good.txt", "x");
        scratch_put(f, "big.txt", "x");
        assert_int_equal(truncate(big, 50 * 1024 * 1024), 0);
        assert_int_equal(mkfifo(fifo, 0600), 0);
        folder_in(f, "folder.txt");
        assert_int_equal(listing_scan(f, &l), 0);
        text = shown(&l);
        assert_string_equal(text, "big.txt: has 50.0 MB; a document may have 4 MB, split it\ngood.txt\n"
                                  "pipe.txt: is not a regular file\n");
        free(text);
        scratch_free(f);
}

static void a_folder_that_is_none_says_so(void **state _unused_) {
        struct listing l _cleanup_listing_ = {0};
        char *f = scratch_new(), *missing _cleanup_free_ = str_printf("%s/missing", f), *file;

        assert_int_equal(listing_scan(missing, &l), 0);
        assert_non_null(strstr(l.problem, "there is no such folder"));
        listing_clear(&l);
        file = scratch_write(f, "file", "x", 1);
        assert_int_equal(listing_scan(file, &l), 0);
        assert_non_null(strstr(l.problem, "is not a folder"));
        free(file);
        scratch_free(f);
}

static void deep_nesting_ends(void **state _unused_) {
        struct listing l _cleanup_listing_ = {0};
        char *f = scratch_new(), *path = str_dup(f);

        for (int i = 0; i < 30; i++) {
                char *deeper = str_printf("%s/d", path);
                assert_int_equal(mkdir(deeper, 0755), 0);
                scratch_put(deeper, "x.txt", "x");
                free(path);
                path = deeper;
        }
        assert_int_equal(listing_scan(f, &l), 0);
        assert_int_equal(l.n, 16);
        assert_non_null(strstr(l.problem, "16 deep"));
        free(path);
        scratch_free(f);
}

static void a_change_shows(void **state _unused_) {
        struct listing a _cleanup_listing_ = {0}, b _cleanup_listing_ = {0}, c _cleanup_listing_ = {0};
        char *f = scratch_new(), *new_path, *path;

        free(scratch_write(f, "a.txt", "one", 3));
        assert_int_equal(listing_scan(f, &a), 0);
        assert_int_equal(listing_scan(f, &b), 0);
        // Written a moment ago: what is written in the same tick of the clock would not show.
        assert_true(a.files[0].fresh);
        assert_false(listing_equal(&a, &b));
        a.files[0].fresh = false;
        assert_true(listing_equal(&a, &b));
        // Another file of the same size and time in its place, as careful editors save.
        const struct timespec time = {.tv_sec = a.files[0].mtime_ns / 1000000000,
                                      .tv_nsec = a.files[0].mtime_ns % 1000000000};
        const struct timespec times[2] = {time, time};
        new_path = scratch_write(f, "new", "ONE", 3);
        path = str_printf("%s/a.txt", f);
        assert_int_equal(utimensat(AT_FDCWD, new_path, times, 0), 0);
        assert_int_equal(rename(new_path, path), 0);
        assert_int_equal(listing_scan(f, &c), 0);
        assert_int_equal(c.files[0].mtime_ns, a.files[0].mtime_ns);
        assert_false(listing_equal(&a, &c));
        free(new_path);
        free(path);
        scratch_free(f);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(documents_of_all_folders_are_listed),
                        cmocka_unit_test(links_stay_within_the_folder),
                        cmocka_unit_test(what_cannot_be_read_is_a_problem_of_its_own),
                        cmocka_unit_test(a_folder_that_is_none_says_so),
                        cmocka_unit_test(deep_nesting_ends),
                        cmocka_unit_test(a_change_shows),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
