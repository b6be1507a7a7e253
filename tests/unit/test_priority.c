// What a thread wishes for itself is the thread's own, and the others keep theirs.
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/priority.h"

static int my_nice(void) {
        return getpriority(PRIO_PROCESS, (id_t) syscall(SYS_gettid));
}

static void *low(void *arg) {
        priority_low();
        *(int *) arg = my_nice();
        return NULL;
}

static void a_thread_gives_way_alone(void **state) {
        int before = my_nice(), there = -1;
        pthread_t thread;

        (void) state;
        assert_int_equal(pthread_create(&thread, NULL, low, &there), 0);
        pthread_join(thread, NULL);
        assert_int_equal(there, MIN(before + 10, 19)); // the kernel's last
        assert_int_equal(my_nice(), before);
}

static void *prompt(void *arg) {
        priority_prompt();
        *(int *) arg = my_nice();
        return NULL;
}

static void promptness_costs_no_share_and_no_right(void **state) {
        int before = my_nice(), there = -1;
        pthread_t thread;

        (void) state;
        assert_int_equal(pthread_create(&thread, NULL, prompt, &there), 0);
        pthread_join(thread, NULL);
        assert_int_equal(there, before);
        assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(a_thread_gives_way_alone),
                        cmocka_unit_test(promptness_costs_no_share_and_no_right),
        };

        return cmocka_run_group_tests_name("priority", tests, NULL, NULL);
}
