#include "freshdesk/breaker.h"

#include "base/memory.h"

enum {
        TRIAL_LOOK_MS = 500, // how soon to look again whether the trial under way has ended
        DOUBLINGS_MAX = 30,  // a pause is at its longest long before
};

static const struct {
        const char *name, *help;
} states[] = {
#define BREAKER_STATE(id, name, help) [BREAKER_##id] = {name, help},
                BREAKER_STATE_TABLE(BREAKER_STATE)
#undef BREAKER_STATE
};

const char *breaker_state_name(enum breaker_state state) {
        return states[state].name;
}

int64_t breaker_wait_ms(const struct breaker *b, int64_t now_ms) {
        switch (b->state) {
        case BREAKER_OPEN:
                return MAX(b->until_ms - now_ms, (int64_t) 0);
        case BREAKER_HALF_OPEN:
                return TRIAL_LOOK_MS;
        default:
                return 0;
        }
}

bool breaker_begin(struct breaker *b) {
        if (b->state != BREAKER_OPEN)
                return false;
        b->state = BREAKER_HALF_OPEN;
        return true;
}

static void open_it(struct breaker *b, int64_t now_ms, uint64_t random) {
        unsigned doublings = MIN(b->openings, (unsigned) DOUBLINGS_MAX);
        int64_t pause = MIN(b->limits->first_ms << doublings, b->limits->last_ms);

        b->state = BREAKER_OPEN;
        b->openings++;
        b->until_ms = now_ms + pause / 2 + (int64_t) (random % (uint64_t) pause);
}

static enum breaker_change end_trial(struct breaker *b, enum breaker_verdict verdict, int64_t now_ms, uint64_t random) {
        if (verdict == BREAKER_GOOD) {
                b->state = BREAKER_CLOSED;
                b->failures = b->openings = 0;
                return BREAKER_RECOVERED;
        }
        if (verdict == BREAKER_BAD)
                b->failures++;
        else
                b->openings -= b->openings > 0; // nothing was learnt: the same pause once more
        open_it(b, now_ms, random);
        return BREAKER_REOPENED;
}

enum breaker_change breaker_end(struct breaker *b, bool trial, enum breaker_verdict verdict, int64_t now_ms,
                                uint64_t random) {
        if (trial)
                return end_trial(b, verdict, now_ms, random);
        if (b->state != BREAKER_CLOSED || verdict == BREAKER_NEITHER)
                return BREAKER_UNCHANGED;
        if (verdict == BREAKER_GOOD) {
                b->failures = 0;
                return BREAKER_UNCHANGED;
        }
        if (++b->failures < b->limits->failures)
                return BREAKER_UNCHANGED;
        open_it(b, now_ms, random);
        return BREAKER_OPENED;
}

enum breaker_change breaker_open_until(struct breaker *b, int64_t until_ms) {
        bool was_closed = b->state == BREAKER_CLOSED;

        b->until_ms = b->state == BREAKER_OPEN ? MAX(b->until_ms, until_ms) : until_ms;
        b->state = BREAKER_OPEN;
        return was_closed ? BREAKER_OPENED : BREAKER_UNCHANGED;
}
