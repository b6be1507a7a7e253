#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "unit.h"

static atomic_int ran;

static void count(void *arg _unused_) {
        atomic_fetch_add(&ran, 1);
}

static void test_free_runs_what_is_queued(void **state _unused_) {
        struct pool *p = NULL;

        atomic_store(&ran, 0);
        assert_int_equal(pool_new("test", 3, 1000, &p), 0);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(pool_submit(p, count, NULL), 0);
        assert_null(pool_free(p));
        assert_int_equal(atomic_load(&ran), 1000);
}

struct gate {
        sem_t entered, open;
};

static void wait_at_gate(void *arg) {
        struct gate *g = arg;

        sem_post(&g->entered);
        sem_wait(&g->open);
}

static void test_full_queue_refuses(void **state _unused_) {
        struct pool *p = NULL;
        struct gate g;

        sem_init(&g.entered, 0, 0);
        sem_init(&g.open, 0, 0);
        atomic_store(&ran, 0);
        assert_int_equal(pool_new("test", 1, 2, &p), 0);
        assert_int_equal(pool_submit(p, wait_at_gate, &g), 0);
        sem_wait(&g.entered); // the only thread is busy now
        assert_int_equal(pool_waiting(p), 0);
        assert_int_equal(pool_submit(p, count, NULL), 0);
        assert_int_equal(pool_submit(p, count, NULL), 0);
        assert_int_equal(pool_waiting(p), 2);
        assert_int_equal(pool_submit(p, count, NULL), -EBUSY);
        sem_post(&g.open);
        p = pool_free(p);
        assert_int_equal(atomic_load(&ran), 2);
        sem_destroy(&g.entered);
        sem_destroy(&g.open);
}

static char order[8];
static size_t n_order;

static void note(void *arg) {
        order[n_order++] = *(const char *) arg;
}

static void test_one_thread_keeps_the_order(void **state _unused_) {
        struct pool *p = NULL;
        char letters[] = "abcdef";

        n_order = 0;
        assert_int_equal(pool_new("test", 1, 6, &p), 0);
        for (size_t i = 0; i < 6; i++)
                assert_int_equal(pool_submit(p, note, letters + i), 0);
        pool_free(p);
        order[n_order] = '\0';
        assert_string_equal(order, "abcdef");
}

static struct pool *inner;
static int inner_result;

static void submit_while_closing(void *arg) {
        wait_at_gate(arg);
        // Until pool_free has told us to stop, there is room for this; then there is not.
        while ((inner_result = pool_submit(inner, count, NULL)) != -ESHUTDOWN)
                sched_yield();
}

static void test_closing_refuses(void **state _unused_) {
        struct gate g;

        sem_init(&g.entered, 0, 0);
        sem_init(&g.open, 0, 1);
        assert_int_equal(pool_new("test", 1, 4, &inner), 0);
        assert_int_equal(pool_submit(inner, submit_while_closing, &g), 0);
        sem_wait(&g.entered);
        pool_free(inner);
        assert_int_equal(inner_result, -ESHUTDOWN);
        sem_destroy(&g.entered);
        sem_destroy(&g.open);
}

static char thread_name[16];
static int blocked;

static void look_around(void *arg _unused_) {
        sigset_t now;

        pthread_getname_np(pthread_self(), thread_name, sizeof(thread_name));
        pthread_sigmask(SIG_SETMASK, NULL, &now);
        blocked = sigismember(&now, SIGTERM);
}

static void test_threads_have_names_and_no_signals(void **state _unused_) {
        struct pool *p = NULL;

        assert_int_equal(pool_new("tenletters", 1, 1, &p), 0);
        assert_int_equal(pool_submit(p, look_around, NULL), 0);
        pool_free(p);
        assert_string_equal(thread_name, "tenletters-0");
        assert_int_equal(blocked, 1);
}

static void test_nonsense_is_refused(void **state _unused_) {
        struct pool *p = NULL;

        assert_int_equal(pool_new("elevenletters", 1, 1, &p), -EINVAL);
        assert_int_equal(pool_new("x", 0, 1, &p), -EINVAL);
        assert_int_equal(pool_new("x", 100000, 1, &p), -EINVAL);
        assert_int_equal(pool_new("x", 1, 0, &p), -EINVAL);
        assert_null(p);
        assert_null(pool_free(NULL));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_free_runs_what_is_queued),
                        cmocka_unit_test(test_full_queue_refuses),
                        cmocka_unit_test(test_one_thread_keeps_the_order),
                        cmocka_unit_test(test_closing_refuses),
                        cmocka_unit_test(test_threads_have_names_and_no_signals),
                        cmocka_unit_test(test_nonsense_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
