// Opening a database: new, old, newer, somebody else's, not to be written.
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "store/schema.h"

static void a_new_file_is_for_its_owner_only(void **state) {
        struct place *p = *state;
        static const char *const ends[] = {"", "-wal", "-shm"};

        place_reopen(p);
        accept_ticket(p->s, 1);
        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char *path _cleanup_free_ = str_printf("%s%s", p->path, ends[i]);
                struct stat st;
                assert_int_equal(stat(path, &st), 0);
                assert_int_equal(st.st_mode & 0777, 0600);
        }
        assert_string_equal(store_path(p->s), p->path);
        assert_int_equal(store_health(p->s, NULL), 0);
}

static void each_commit_is_synced_to_a_write_ahead_log(void **state) {
        struct place *p = *state;

        place_reopen(p);
        char *mode _cleanup_free_ = sql_text(p->path, "PRAGMA journal_mode");
        assert_string_equal(mode, "wal");
}

static void what_was_written_is_there_after_a_restart(void **state) {
        struct place *p = *state;

        place_reopen(p);
        accept_ticket(p->s, 7);
        place_reopen(p);
        struct ticket t _cleanup_ticket_ = {0};
        assert_int_equal(store_ticket(p->s, 7, &t, NULL), 1);
        assert_string_equal(t.subject, "Subject");
        assert_sound(p->path);
}

static void a_wrong_address_is_refused_by_name(void **state) {
        static const char *const urls[] = {"", "x.db", "sqlite:", "sqlite::memory:", "postgres://x", "sqlite:  "};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
                struct store *s = NULL;
                struct error e = ERROR_INIT;
                assert_int_equal(store_open(urls[i], &s, &e), -EINVAL);
                assert_int_equal(e.code, ERROR_SETTING_INVALID);
                assert_null(s);
        }
}

static void a_folder_that_is_not_there_is_named(void **state) {
        struct store *s = NULL;
        struct error e = ERROR_INIT;

        (void) state;
        assert_int_equal(store_open("sqlite:/nonexistent/folder/x.db", &s, &e), -ENOENT);
        assert_int_equal(e.code, ERROR_STORAGE_UNAVAILABLE);
        assert_non_null(strstr(e.message, "/nonexistent/folder/x.db"));
}

static void a_folder_is_no_database(void **state) {
        struct place *p = *state;
        char *url _cleanup_free_ = str_printf("sqlite:%s", p->folder);

        assert_int_equal(store_open(url, &p->s, &p->e), -EBADMSG);
}

static char *bytes_of(const char *path, size_t *ret_n) {
        static char bytes[1 << 20];
        FILE *f = fopen(path, "r");

        assert_non_null(f);
        *ret_n = fread(bytes, 1, sizeof(bytes), f);
        fclose(f);
        return bytes;
}

// Opening fails with this, and not a byte of the file changes.
static void assert_refused(struct place *p, int expected) {
        size_t before_n, after_n;
        char *before _cleanup_free_ = NULL;

        bytes_of(p->path, &before_n);
        before = malloc(before_n + 1);
        assert_non_null(before);
        memcpy(before, bytes_of(p->path, &before_n), before_n);
        assert_int_equal(store_open(p->url, &p->s, &p->e), expected);
        assert_int_equal(p->e.code, ERROR_STORAGE_UNAVAILABLE);
        assert_non_null(strstr(p->e.message, p->path));
        assert_null(p->s);
        const char *after = bytes_of(p->path, &after_n);
        assert_int_equal(after_n, before_n);
        assert_memory_equal(after, before, before_n);
}

static void what_is_no_database_is_left_as_it_is(void **state) {
        struct place *p = *state;
        static const char text[] = "this is a shopping list, not a database\n";
        char many[8192];

        memset(many, 'x', sizeof(many));
        free(scratch_write(p->folder, "test.db", text, 20));
        assert_refused(p, -EBADMSG);
        free(scratch_write(p->folder, "test.db", many, sizeof(many)));
        assert_refused(p, -EBADMSG);
}

static void another_programs_database_is_left_as_it_is(void **state) {
        struct place *p = *state;

        sql_run(p->path, "CREATE TABLE bookmark(url TEXT)");
        assert_refused(p, -EBADMSG);
        sql_run(p->path, "DROP TABLE bookmark; PRAGMA user_version = 1; PRAGMA application_id = 5");
        assert_refused(p, -EBADMSG);
}

static void a_newer_version_is_left_as_it_is(void **state) {
        struct place *p = *state;
        char *sql _cleanup_free_ = str_printf("PRAGMA user_version = %d", SCHEMA_VERSION + 1);

        place_reopen(p);
        accept_ticket(p->s, 1);
        p->s = store_close(p->s);
        sql_run(p->path, sql);
        assert_refused(p, -EPROTONOSUPPORT);
        assert_non_null(strstr(p->e.message, "newer version"));
}

static void an_empty_file_becomes_a_database(void **state) {
        struct place *p = *state;

        free(scratch_write(p->folder, "test.db", "", 0));
        place_reopen(p);
        assert_int_equal(sql_int(p->path, "PRAGMA user_version"), SCHEMA_VERSION);
}

static void version_1_is_brought_up_to_date(void **state) {
        struct place *p = *state;
        struct database *d = NULL;

        free(scratch_write(p->folder, "test.db", "", 0));
        assert_int_equal(database_open(p->path, true, &d, &p->e), 0);
        assert_int_equal(schema_upgrade(d, 1, &p->e), 0);
        database_close(d);
        assert_int_equal(sql_int(p->path, "PRAGMA user_version"), 1);
        sql_run(p->path,
                "INSERT INTO event VALUES(1, 5, NULL, NULL, 'created', 86400000, '{}', NULL), "
                "(2, 6, NULL, NULL, 'created', 86400001, '{}', NULL), (3, 6, NULL, NULL, 'updated', 0, '{}', NULL);"
                "INSERT INTO job VALUES(1, 5, 'delivered', 1, 0, NULL, NULL, NULL, NULL, NULL), "
                "(2, 6, 'delivered', 1, 0, NULL, NULL, NULL, NULL, NULL), (3, 6, 'queued', 0, 0, 0, NULL, NULL, NULL, "
                "NULL);"
                "INSERT INTO ticket(id, job_id, state, created_ms, updated_ms, tier, action, mode, confidence, "
                "duration_ms) VALUES(5, 1, 'delivered', 86400000, 0, 'tier_1', 'auto_resolve', 'auto', 0.75, 10), "
                "(6, 3, 'queued', 86400001, 0, 'tier_1', 'answer', 'auto', 0.5, 20)");

        place_reopen(p);
        assert_int_equal(sql_int(p->path, "PRAGMA user_version"), SCHEMA_VERSION);
        assert_sound(p->path);
        struct store_stats st;
        assert_int_equal(store_stats(p->s, &st, NULL), 0);
        assert_int_equal(st.total, 2);
        assert_int_equal(st.auto_resolved, 1);
        assert_int_equal(st.pending, 1);
        assert_true(st.average_ms == 15);
        int64_t counts[JOB_STATE_COUNT_];
        assert_int_equal(store_job_counts(p->s, counts, NULL), 0);
        assert_int_equal(counts[JOB_DELIVERED], 2);
        assert_int_equal(counts[JOB_QUEUED], 1);
}

// root may write everything, so this is tried as somebody else, in a child.
static int open_as_nobody(const struct place *p) {
        pid_t pid = fork();

        if (pid == 0) {
                struct store *s = NULL;
                if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
                        _exit(100);
                int r = store_open(p->url, &s, NULL);
                store_close(s);
                _exit(-r & 0xff);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return -WEXITSTATUS(status);
}

static void a_file_that_may_not_be_written_is_refused(void **state) {
        struct place *p = *state;

        place_reopen(p);
        p->s = store_close(p->s);
        assert_int_equal(chmod(p->folder, 0755), 0);
        assert_int_equal(chmod(p->path, 0444), 0);
        assert_int_equal(open_as_nobody(p), -EROFS);
}

static void a_folder_that_may_not_be_written_is_refused(void **state) {
        struct place *p = *state;

        assert_int_equal(chmod(p->folder, 0555), 0);
        assert_int_equal(open_as_nobody(p), -EACCES);
        place_reopen(p); // made by the one who may
        p->s = store_close(p->s);
        assert_int_equal(chmod(p->path, 0666), 0);
        assert_int_equal(chmod(p->folder, 0555), 0);
        assert_int_equal(open_as_nobody(p), -EROFS);
        assert_int_equal(chmod(p->folder, 0755), 0);
}

static void two_stores_of_one_process_share_a_file(void **state) {
        struct place *p = *state;
        struct store *other = NULL;
        struct ticket t _cleanup_ticket_ = {0};

        place_reopen(p);
        assert_int_equal(store_open(p->url, &other, NULL), 0);
        accept_ticket(p->s, 1);
        accept_ticket(other, 2);
        assert_int_equal(store_ticket(p->s, 2, &t, NULL), 1);
        other = store_close(other);
        accept_ticket(p->s, 3);
        assert_sound(p->path);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(a_new_file_is_for_its_owner_only, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(each_commit_is_synced_to_a_write_ahead_log, place_empty,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(what_was_written_is_there_after_a_restart, place_empty,
                                                        place_free),
                        cmocka_unit_test(a_wrong_address_is_refused_by_name),
                        cmocka_unit_test(a_folder_that_is_not_there_is_named),
                        cmocka_unit_test_setup_teardown(a_folder_is_no_database, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(what_is_no_database_is_left_as_it_is, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(another_programs_database_is_left_as_it_is, place_empty,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(a_newer_version_is_left_as_it_is, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(an_empty_file_becomes_a_database, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(version_1_is_brought_up_to_date, place_empty, place_free),
                        cmocka_unit_test_setup_teardown(a_file_that_may_not_be_written_is_refused, place_empty,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(a_folder_that_may_not_be_written_is_refused, place_empty,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(two_stores_of_one_process_share_a_file, place_empty,
                                                        place_free),
        };

        return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
