// A circuit breaker: after a run of failures nothing is tried for a while, then one trial; pauses grow until one works.
//
// Pure: no lock and no clock. The caller holds a lock and passes the monotonic time in milliseconds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// X(id, name, help)
#define BREAKER_STATE_TABLE(X)                                                                                         \
        X(CLOSED, "closed", "calls go out")                                                                            \
        X(OPEN, "open", "nothing goes out until the pause is over")                                                    \
        X(HALF_OPEN, "half_open", "one trial is under way")

enum breaker_state {
#define BREAKER_STATE(id, name, help) BREAKER_##id,
        BREAKER_STATE_TABLE(BREAKER_STATE)
#undef BREAKER_STATE
                        BREAKER_STATE_COUNT_
};
const char *breaker_state_name(enum breaker_state state); // static

struct breaker_limits {
        unsigned failures;         // in a row, that open it
        int64_t first_ms, last_ms; // of the pauses: the first, doubled each time, and the longest
};

struct breaker {
        const struct breaker_limits *limits; // borrowed
        enum breaker_state state;
        unsigned failures; // in a row
        unsigned openings; // in a row
        int64_t until_ms;  // while open
};

enum breaker_verdict {
        BREAKER_GOOD,
        BREAKER_BAD,
        BREAKER_NEITHER, // it says nothing: given up by ourselves
};
enum breaker_change { BREAKER_UNCHANGED, BREAKER_OPENED, BREAKER_REOPENED, BREAKER_RECOVERED };

// How long until a call may go out: 0, now; as a trial, when it is open.
int64_t breaker_wait_ms(const struct breaker *b, int64_t now_ms);
// A call goes out. Returns whether it is the trial; breaker_end must be told.
bool breaker_begin(struct breaker *b);
// It has ended. Calls that began before it opened, and end after, change nothing. `random`: any number, which spreads
// the pause between half and one and a half times its length.
enum breaker_change breaker_end(struct breaker *b, bool trial, enum breaker_verdict verdict, int64_t now_ms,
                                uint64_t random);
// The other side named a time.
enum breaker_change breaker_open_until(struct breaker *b, int64_t until_ms);
