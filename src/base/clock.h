// Time: the wall clock for records, the monotonic clock for durations and deadlines. Never mix the two.
#pragma once

#include <stdint.h>

enum { CLOCK_ISO_SIZE = 25 }; // "2026-01-31T12:00:00.000Z" and its NUL

int64_t clock_now_ms(void);       // wall clock, milliseconds since 1970 UTC; may jump
int64_t clock_monotonic_us(void); // never goes back; meaningless across restarts
static inline int64_t clock_monotonic_ms(void) {
        return clock_monotonic_us() / 1000;
}

void clock_iso(int64_t ms, char out[CLOCK_ISO_SIZE]); // UTC with milliseconds
// "2026-01-31T12:00:00Z", with fraction or +hh:mm: 0 or -EINVAL.
int clock_parse_iso(const char *s, int64_t *ret_ms);
