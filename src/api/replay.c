#include "api/replay.h"

#include <stdatomic.h>
#include <string.h>

enum { REPLAY_PLACES = 32768 }; // 256 kB: a hundred signed events a second for five minutes

struct replay {
        _Atomic uint64_t marks[REPLAY_PLACES]; // 0: free
};

struct replay *replay_new(void) {
        return calloc(1, sizeof(struct replay));
}

struct replay *replay_free(struct replay *m) {
        free(m);
        return NULL;
}

// An HMAC is as good as random: its first bytes choose the place, the next are the mark.
static size_t place_of(const uint8_t digest[DIGEST_SIZE], uint64_t *ret_mark) {
        uint64_t place;

        memcpy(&place, digest, sizeof(place));
        memcpy(ret_mark, digest + sizeof(place), sizeof(*ret_mark));
        *ret_mark |= 1;
        return (size_t) (place % REPLAY_PLACES);
}

bool replay_knows(const struct replay *m, const uint8_t digest[DIGEST_SIZE]) {
        uint64_t mark;
        size_t place = place_of(digest, &mark);

        return atomic_load_explicit(&m->marks[place], memory_order_relaxed) == mark;
}

void replay_remember(struct replay *m, const uint8_t digest[DIGEST_SIZE]) {
        uint64_t mark;
        size_t place = place_of(digest, &mark);

        atomic_store_explicit(&m->marks[place], mark, memory_order_relaxed);
}
