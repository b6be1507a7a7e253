// How long to wait before the next try: growing, bounded, and spread so that tickets which failed together do not
// return together.
#pragma once

#include <stdint.h>

// attempt: 1 after the first failure. Half a second, doubled each time, at most ten minutes, times 0.5 to 1.5 at
// random.
int64_t backoff_ms(unsigned attempt);

// How long a job waits that was held back by quota, breaker or key before anything was sent. `until_ms`: what is left
// of what holds it. At most half a minute, so that what ends sooner than was said (a key that works again) is noticed.
int64_t backoff_held_ms(int64_t until_ms);
