// A loop that is shared out: each index once, with any number of threads.
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { N = 1000 };

static void count(void *arg, size_t i) {
        atomic_int *times = arg;

        atomic_fetch_add(&times[i], 1);
}

static void each_index_is_called_once(void **state _unused_) {
        static const unsigned threads[] = {0, 1, 2, 16, 1000};

        for (size_t t = 0; t < ARRAY_LEN(threads); t++) {
                static atomic_int times[N];
                for (size_t i = 0; i < N; i++)
                        atomic_store(&times[i], 0);
                parallel_for(N, threads[t], count, times);
                for (size_t i = 0; i < N; i++)
                        assert_int_equal(atomic_load(&times[i]), 1);
        }
}

static void nothing_to_do_is_done(void **state _unused_) {
        parallel_for(0, 4, count, NULL);
}

// What taskset and a container's cpuset do.
static void processors_are_those_it_may_use(void **state _unused_) {
        cpu_set_t before, one;
        int first = 0;

        assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
        assert_int_equal(parallel_processors(), CPU_COUNT(&before));
        while (!CPU_ISSET(first, &before))
                first++;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
        assert_int_equal(parallel_processors(), 1);
        assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

struct seen {
        pthread_barrier_t both; // neither of two threads can do all
        atomic_int blocked;     // by how many
};

static void see_signals(void *arg, size_t i _unused_) {
        struct seen *s = arg;
        sigset_t blocked;

        pthread_barrier_wait(&s->both);
        pthread_sigmask(SIG_SETMASK, NULL, &blocked);
        s->blocked += sigismember(&blocked, SIGTERM);
}

static void its_threads_take_no_signals(void **state _unused_) {
        struct seen s = {.blocked = 0};
        sigset_t blocked;

        assert_int_equal(pthread_barrier_init(&s.both, NULL, 2), 0);
        parallel_for(2, 2, see_signals, &s);
        pthread_barrier_destroy(&s.both);
        assert_int_equal(s.blocked, 1); // by the other one
        pthread_sigmask(SIG_SETMASK, NULL, &blocked);
        assert_false(sigismember(&blocked, SIGTERM));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(each_index_is_called_once),
                        cmocka_unit_test(nothing_to_do_is_done),
                        cmocka_unit_test(processors_are_those_it_may_use),
                        cmocka_unit_test(its_threads_take_no_signals),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
