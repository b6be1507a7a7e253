// A loop that is shared out: each index once, with any number of threads.
#include "unit.h"

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

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(each_index_is_called_once),
                        cmocka_unit_test(nothing_to_do_is_done),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
