// Ctrl-C in a long command: the first one lets what is at work end, so that the same command can go on there; a second
// one ends at once.
#pragma once

#include <stdatomic.h>

// Takes SIGINT and SIGTERM from now on. Main thread.
const atomic_bool *interrupt_watch(void);
