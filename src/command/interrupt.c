#include "command/interrupt.h"

#include <signal.h>
#include <stdbool.h>

static atomic_bool interrupted;

static void on_interrupt(int signal_number) {
        atomic_store(&interrupted, true);
        (void) signal(signal_number, SIG_DFL);
}

const atomic_bool *interrupt_watch(void) {
        (void) signal(SIGINT, on_interrupt);
        (void) signal(SIGTERM, on_interrupt);
        return &interrupted;
}
