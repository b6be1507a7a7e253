#include "desk/backoff.h"

#include "base/digest.h"
#include "base/memory.h"

enum {
        BACKOFF_FIRST_MS = 500,
        BACKOFF_MAX_MS = 600000,    // a desk that was down for a night is noticed within ten minutes
        BACKOFF_DOUBLINGS_MAX = 11, // 500 ms * 2^11 is over the maximum
        HELD_MAX_MS = 30000,
};

int64_t backoff_ms(unsigned attempt) {
        unsigned doublings = attempt > 0 ? MIN(attempt - 1, (unsigned) BACKOFF_DOUBLINGS_MAX) : 0;
        int64_t base = MIN((int64_t) BACKOFF_FIRST_MS << doublings, (int64_t) BACKOFF_MAX_MS);

        return base / 2 + (int64_t) (digest_random() % (uint64_t) base);
}

int64_t backoff_held_ms(int64_t until_ms) {
        return MIN(until_ms, (int64_t) HELD_MAX_MS) + backoff_ms(1);
}
