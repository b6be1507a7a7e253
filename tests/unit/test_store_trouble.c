// A database that is locked, full or damaged: an error for those who wait, and everything works again afterwards.
#include "store_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { TRIES_MAX = 2000 }; // of what must come true by itself

static void must(int r) {
        assert_int_equal(r, 0);
}

struct answers {
        sem_t done;
        atomic_int good, locked, other;
};

static void answers_init(struct answers *a) {
        *a = (struct answers){0};
        sem_init(&a->done, 0, 0);
}

static void answered(void *arg, int r, const struct accepted *a _unused_, const struct error *e) {
        struct answers *x = arg;

        if (r == 0)
                atomic_fetch_add(&x->good, 1);
        else if (r == -EAGAIN && e->code == ERROR_STORAGE_UNAVAILABLE)
                atomic_fetch_add(&x->locked, 1);
        else
                atomic_fetch_add(&x->other, 1);
        sem_post(&x->done);
}

static int submit(struct store *s, struct answers *x) {
        struct event ev = {.kind = "created", .body = "{}"};

        return store_accept(s, &ev, answered, x);
}

static void wait_until_healthy(struct store *s) {
        for (int i = 0; i < TRIES_MAX && store_health(s, NULL) < 0; i++)
                store_job_wait(s, 5);
        must(store_health(s, NULL));
}

// ---- locked

static void a_lock_of_another_program_fails_all_who_wait_and_the_next_works(void **state) {
        enum { WAITING = 600 }; // more than one group
        struct place *p = *state;
        struct answers x;
        struct ticket *tickets = NULL;
        struct ticket_filter f = {.limit = 10};
        size_t n = 0;

        answers_init(&x);
        accept_ticket(p->s, 1);
        sqlite3 *other = sql_open(p->path);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        for (int i = 0; i < WAITING; i++)
                must(submit(p->s, &x));
        must(store_tickets(p->s, &f, &tickets, &n, NULL)); // reading goes on
        assert_int_equal(n, 1);
        ticket_clear(&tickets[0]);
        free(tickets);
        for (int i = 0; i < WAITING; i++)
                sem_wait(&x.done);
        assert_int_equal(x.locked, WAITING);
        assert_int_equal(store_health(p->s, &p->e), -EAGAIN);
        assert_non_null(strstr(p->e.message, "locked"));
        assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
        accept_ticket(p->s, 2);
        must(store_health(p->s, NULL));
        sqlite3_close(other);
        assert_sound(p->path);
}

static void health_recovers_without_a_caller(void **state) {
        struct place *p = *state;
        struct answers x;

        answers_init(&x);
        sqlite3 *other = sql_open(p->path);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        must(submit(p->s, &x));
        sem_wait(&x.done);
        assert_int_equal(x.locked, 1);
        assert_true(store_health(p->s, NULL) < 0);
        sqlite3_close(other);
        wait_until_healthy(p->s);
}

static void a_queue_that_is_full_says_so(void **state) {
        enum { FAR_TOO_MANY = 20000 };
        struct place *p = *state;
        struct answers x;
        int taken = 0, r = 0;

        answers_init(&x);
        sqlite3 *other = sql_open(p->path);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        while (taken < FAR_TOO_MANY && (r = submit(p->s, &x)) == 0)
                taken++;
        assert_int_equal(r, -EBUSY);
        sqlite3_close(other);
        for (int i = 0; i < taken; i++)
                sem_wait(&x.done);
        assert_int_equal(x.good + x.locked, taken);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), x.good);
}

static void a_queue_is_limited_in_bytes_too(void **state) {
        enum { BODY = 1 << 20, FAR_TOO_MANY = 1000 };
        struct place *p = *state;
        char *body _cleanup_free_ = malloc(BODY + 1);
        struct event ev = {.kind = "created", .body = body};
        struct answers x;
        int taken = 0, r = 0;

        assert_non_null(body);
        memset(body, ' ', BODY);
        body[BODY] = '\0';
        answers_init(&x);
        sqlite3 *other = sql_open(p->path);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        while (taken < FAR_TOO_MANY && (r = store_accept(p->s, &ev, answered, &x)) == 0)
                taken++;
        assert_int_equal(r, -EBUSY);
        assert_true(taken < 200);
        sqlite3_close(other);
        for (int i = 0; i < taken; i++)
                sem_wait(&x.done);
        assert_int_equal(x.other, 0);
}

// ---- one bad change among good ones

struct poison {
        struct store *s;
        struct accepted a;
        int r;
        struct error e;
};

static void *poison(void *arg) {
        struct poison *x = arg;
        struct ticket t = {.confidence = NAN}; // fails in the middle: the job is moved by then
        struct job_change c = {.job_id = x->a.job_id,
                               .ticket_id = x->a.ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_RECORDED,
                               .ticket = &t};
        struct job j _cleanup_job_ = {0};

        x->r = store_job_claim(x->s, LEASE_MS, &j, &x->e);
        if (x->r == 1)
                x->r = store_job_change(x->s, &c, &x->e);
        return NULL;
}

static void a_change_that_fails_halfway_takes_no_other_with_it(void **state) {
        enum { ROUNDS = 50, EACH = 20 };
        struct place *p = *state;
        struct answers x;

        answers_init(&x);
        for (int round = 0; round < ROUNDS; round++) {
                struct poison bad = {.s = p->s, .a = accept_ticket(p->s, 1)};
                pthread_t thread;
                sql_run(p->path, "UPDATE job SET due_ms = NULL WHERE id < (SELECT max(id) FROM job)");
                assert_int_equal(pthread_create(&thread, NULL, poison, &bad), 0);
                for (int i = 0; i < EACH; i++) {
                        struct event ev = {.ticket_id = 1000, .kind = "created", .body = "{}"};
                        must(store_accept(p->s, &ev, answered, &x));
                }
                pthread_join(thread, NULL);
                for (int i = 0; i < EACH; i++)
                        sem_wait(&x.done);
                assert_true(bad.r == -EINVAL || bad.r == -ESTALE); // -ESTALE: it got another job
                sql_run(p->path, "UPDATE job SET due_ms = NULL, owner = NULL");
        }
        assert_int_equal(x.good, ROUNDS * EACH);
        must(store_health(p->s, NULL));
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM job"), ROUNDS * EACH + ROUNDS);
        assert_sound(p->path);
}

// ---- full, in a child, because limits are the process's

enum { CHILD_PLAN_FAILED = 50 };

static int in_child(struct place *p, int (*run)(struct place *p)) {
        int status;

        p->s = store_close(p->s);
        pid_t pid = fork();
        if (pid == 0)
                _exit(run(p));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void limit_files(rlim_t bytes) {
        struct rlimit l;

        if (getrlimit(RLIMIT_FSIZE, &l) < 0)
                _exit(CHILD_PLAN_FAILED);
        l.rlim_cur = bytes;
        if (setrlimit(RLIMIT_FSIZE, &l) < 0)
                _exit(CHILD_PLAN_FAILED + 1);
}

static int fill_the_disk(struct place *p) {
        struct event ev = {.kind = "created", .body = "{\"some\":\"body that takes room on the disk\"}"};
        struct error e = ERROR_INIT;
        struct accepted a;
        struct store *s = NULL;
        struct stat st;
        char *wal = str_printf("%s-wal", p->path);
        int64_t good = 0, at_least = 0;
        int r = 0;

        signal(SIGXFSZ, SIG_IGN);
        if (!wal || store_open(p->url, &s, NULL) < 0 || store_accept_wait(s, &ev, &a, NULL) < 0 || stat(wal, &st) < 0)
                return 1;
        good++;
        for (int round = 0; round < 2; round++) {
                limit_files((rlim_t) st.st_size + 2000000);
                for (int i = 0; i < 10000 && (r = store_accept_wait(s, &ev, &a, &e)) == 0; i++)
                        good++;
                if (r != -ENOSPC || e.code != ERROR_STORAGE_UNAVAILABLE) {
                        fprintf(stderr, "%d: %s\n", r, e.message);
                        return 2;
                }
                if (store_health(s, &e) != -ENOSPC)
                        return 3;
                struct ticket t _cleanup_ticket_ = {0};
                if (store_ticket(s, STORE_LOCAL_TICKET, &t, NULL) != 1) // what is there can be read
                        return 4;
                limit_files(RLIM_INFINITY);
                if (store_accept_wait(s, &ev, &a, &e) < 0 || store_health(s, NULL) < 0)
                        return 5;
                good++;
                if (good < at_least + 10)
                        return 6;
                at_least = good;
                if (stat(wal, &st) < 0)
                        return 7;
        }
        store_close(s);
        free(wal);
        return sql_int(p->path, "SELECT count(*) FROM event") == good ? 0 : 8;
}

static void a_full_disk_is_an_error_until_there_is_room_again(void **state) {
        struct place *p = *state;

        assert_int_equal(in_child(p, fill_the_disk), 0);
        assert_sound(p->path);
        place_reopen(p);
        accept_ticket(p->s, 1);
}

static int open_on_a_full_disk(struct place *p) {
        struct store *s = NULL;
        struct error e = ERROR_INIT;

        signal(SIGXFSZ, SIG_IGN);
        if (unlink(p->path) < 0)
                return 1;
        limit_files(1000);
        if (store_open(p->url, &s, &e) != -ENOSPC || s)
                return 2;
        limit_files(RLIM_INFINITY);
        if (store_open(p->url, &s, &e) < 0)
                return 3;
        accept_ticket(s, 1);
        store_close(s);
        return 0;
}

static void a_full_disk_at_the_start_is_an_error_too(void **state) {
        struct place *p = *state;

        assert_int_equal(in_child(p, open_on_a_full_disk), 0);
        assert_sound(p->path);
}

static int without_descriptors(struct place *p) {
        struct store *s = NULL;
        struct rlimit l = {0};

        if (store_open(p->url, &s, NULL) < 0 || setrlimit(RLIMIT_NOFILE, &l) < 0)
                return 1;
        accept_ticket(s, 1);
        struct ticket t _cleanup_ticket_ = {0};
        if (store_ticket(s, 1, &t, NULL) != 1 || claim(s) == 0)
                return 2;
        store_close(s);
        return 0;
}

static void no_descriptor_is_needed_after_the_start(void **state) {
        struct place *p = *state;

        assert_int_equal(in_child(p, without_descriptors), 0);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), 1);
}

// ---- damaged

static void a_damaged_file_is_an_error_and_no_crash(void **state) {
        struct place *p = *state;
        char noise[4096];
        struct stat st;
        struct answers x;

        for (int i = 0; i < 50; i++)
                accept_ticket(p->s, i + 1);
        p->s = store_close(p->s);
        memset(noise, 0xa5, sizeof(noise));
        int fd = open(p->path, O_WRONLY);
        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        for (off_t at = 4096; at < st.st_size; at += 4096) // all but the page that lists the tables
                assert_int_equal(pwrite(fd, noise, sizeof(noise), at), sizeof(noise));
        close(fd);

        int r = store_open(p->url, &p->s, &p->e);
        if (r == 0) {
                struct event ev = {.ticket_id = 1, .kind = "created", .body = "{}"};
                struct accepted a;
                struct store_stats stats;
                answers_init(&x);
                assert_int_equal(store_accept_wait(p->s, &ev, &a, &p->e), -EBADMSG);
                assert_non_null(strstr(p->e.message, "backup"));
                assert_int_equal(store_stats(p->s, &stats, NULL), -EBADMSG);
        } else {
                assert_int_equal(r, -EBADMSG);
        }
}

static void a_file_cut_short_is_an_error_and_no_crash(void **state) {
        struct place *p = *state;
        struct event ev = {.ticket_id = 1, .kind = "created", .body = "{}"};
        struct accepted a;

        for (int i = 0; i < 50; i++)
                accept_ticket(p->s, i + 1);
        p->s = store_close(p->s);
        assert_int_equal(truncate(p->path, 4096 * 3), 0);
        int r = store_open(p->url, &p->s, &p->e);
        if (r == 0)
                r = store_accept_wait(p->s, &ev, &a, &p->e);
        assert_int_equal(r, -EBADMSG);
        assert_int_equal(p->e.code, ERROR_STORAGE_UNAVAILABLE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(a_lock_of_another_program_fails_all_who_wait_and_the_next_works),
                        TEST(health_recovers_without_a_caller),
                        TEST(a_queue_that_is_full_says_so),
                        TEST(a_queue_is_limited_in_bytes_too),
                        TEST(a_change_that_fails_halfway_takes_no_other_with_it),
                        TEST(a_full_disk_is_an_error_until_there_is_room_again),
                        TEST(a_full_disk_at_the_start_is_an_error_too),
                        TEST(no_descriptor_is_needed_after_the_start),
                        TEST(a_damaged_file_is_an_error_and_no_crash),
                        TEST(a_file_cut_short_is_an_error_and_no_crash),
        };

        return cmocka_run_group_tests_name("store_trouble", tests, NULL, NULL);
}
