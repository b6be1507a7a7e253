// How long a Retry-After header asks to wait.
#pragma once

#include <stdint.h>

// Milliseconds from now_ms (wall clock) on, from seconds or an HTTP date; a missing or unreadable value gives a
// default, and every value is held between a second and an hour: a server must not be able to stop us for a day.
int64_t retry_after_ms(const char *value, int64_t now_ms);
