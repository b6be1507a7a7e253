#include "base/priority.h"

#ifdef __linux__
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
        // About a tenth of an ordinary thread's share: where a machine has no time to spare, the least there is (19, a
        // sixtieth) makes ten seconds of a tenth of a second's work. Webhooks are as fast beside either.
        NICE_STEP = 10,
        SLICE_PROMPT = 100000, // nanoseconds, the shortest turn there is
};

// sched_setattr(2) in its first version. The C library's header has it only lately.
struct attributes {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
};

void priority_low(void) {
        id_t me = (id_t) syscall(SYS_gettid);

        (void) setpriority(PRIO_PROCESS, me, getpriority(PRIO_PROCESS, me) + NICE_STEP);
}

void priority_prompt(void) {
        struct attributes a = {0};

        if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0)
                return;
        a.size = sizeof(a);
        a.runtime = SLICE_PROMPT;
        (void) syscall(SYS_sched_setattr, 0, &a, 0);
}
#else
void priority_low(void) {
}

void priority_prompt(void) {
}
#endif
