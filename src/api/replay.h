// The signatures with a time that were stored lately, so that one that comes again is known for what it is.
//
// A fixed table: of two that meet in one place the older is forgotten, and then the event's own identity has to do.
// Only who knows the secret can put anything here. Any thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/memory.h"

struct replay;

_warn_unused_ struct replay *replay_new(void); // NULL: no memory
struct replay *replay_free(struct replay *m);
DEFINE_CLEANUP(struct replay, replay_free);

bool replay_knows(const struct replay *m, const uint8_t digest[DIGEST_SIZE]);
// Only once its event is stored: what had to be refused for the moment comes again, and must not count as a repeat.
void replay_remember(struct replay *m, const uint8_t digest[DIGEST_SIZE]);
