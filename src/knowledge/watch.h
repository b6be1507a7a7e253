// A thread that does one thing every so many seconds, and stops at once when it is told to.
#pragma once

#include "base/memory.h"

struct watch;

// Calls fn(arg) on a thread of its own, first after `seconds` (at least 1). 0, -ENOMEM, -EAGAIN (no thread to be had).
_warn_unused_ int watch_start(unsigned seconds, void (*fn)(void *arg), void *arg, struct watch **ret);
// Waits for a call that is under way. NULL is fine; returns NULL. Not from the thread itself.
struct watch *watch_stop(struct watch *w);
