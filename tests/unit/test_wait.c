#include "base/wait.h"

#include <errno.h>

#include "base/clock.h"
#include "base/memory.h"
#include "unit.h"

#define HOUR_US ((int64_t) 3600 * 1000000)

struct woken {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        bool over;
};

static void *wake(void *arg) {
        struct woken *w = arg;

        pthread_mutex_lock(&w->lock);
        w->over = true;
        pthread_cond_signal(&w->changed);
        pthread_mutex_unlock(&w->lock);
        return NULL;
}

static void a_moment_that_has_come_is_not_waited_for(void **state _unused_) {
        struct woken w = {.lock = PTHREAD_MUTEX_INITIALIZER};
        int64_t now_us = clock_monotonic_us();

        wait_init(&w.changed);
        pthread_mutex_lock(&w.lock);
        assert_false(wait_until(&w.changed, &w.lock, now_us));
        assert_false(wait_until(&w.changed, &w.lock, 0));
        while (wait_until(&w.changed, &w.lock, now_us + 1000))
                ;
        assert_true(clock_monotonic_us() >= now_us + 1000);
        assert_int_equal(pthread_mutex_trylock(&w.lock), EBUSY); // still held
        pthread_mutex_unlock(&w.lock);
        pthread_cond_destroy(&w.changed);
}

static void who_waits_is_woken(void **state _unused_) {
        struct woken w = {.lock = PTHREAD_MUTEX_INITIALIZER};
        pthread_t thread;
        bool in_time = true;

        wait_init(&w.changed);
        pthread_mutex_lock(&w.lock);
        assert_int_equal(pthread_create(&thread, NULL, wake, &w), 0);
        while (!w.over && in_time)
                in_time = wait_until(&w.changed, &w.lock, clock_monotonic_us() + HOUR_US);
        pthread_mutex_unlock(&w.lock);
        pthread_join(thread, NULL);
        assert_true(in_time && w.over);
        pthread_cond_destroy(&w.changed);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(a_moment_that_has_come_is_not_waited_for),
                        cmocka_unit_test(who_waits_is_woken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
