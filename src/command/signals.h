// The signals that a server listens to, taken by a thread of its own so that no other code is ever interrupted.
//
// SIGINT and SIGTERM end the program at once while it starts and while it stops: nothing that was accepted can be lost
// by that, and nobody has to wait. In between, from signals_ready on, they and SIGHUP are handed to signals_wait.
#pragma once

#include "base/error.h"

struct signals;

// Before any other thread is made: those inherit that these signals are not for them.
_warn_unused_ int signals_open(struct signals **ret, struct error *e);
struct signals *signals_close(struct signals *s);
DEFINE_CLEANUP(struct signals, signals_close);

// From now on they wait for signals_wait. To be called before anybody is told that the program is ready.
void signals_ready(struct signals *s);

// Blocks until one comes: SIGHUP, or SIGINT or SIGTERM, after which the next one of those ends the program.
int signals_wait(struct signals *s);
