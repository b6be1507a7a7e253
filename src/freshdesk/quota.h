// How much of Freshdesk's allowance is left for us, by family of endpoints, and when the next call may go out.
//
// Freshdesk counts calls per account and minute, whoever makes them: people, other tools and we. What an answer's
// headers say (X-RateLimit-Total, -Remaining, -Used-CurrentRequest) is of the family of endpoints that was called:
// recordings of the real service show different totals side by side. We take at most our share of a minute's total,
// and of what others have left never more than that share, spread over the rest of the minute behind a small burst.
// Until the first answer of a family has told how much there is, its calls go one at a time.
//
// Pure: no lock and no clock. The caller holds a lock and passes the monotonic time in milliseconds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// clang-format off
// X(id, name, help)
#define QUOTA_FAMILY_TABLE(X)                                                                   \
        X(TICKETS,  "tickets",       "GET and POST of a ticket and all that is below it")       \
        X(UPDATE,   "ticket_update", "PUT of a ticket, which has an allowance of its own")      \
        X(LIST,     "ticket_list",   "lists of tickets and searches, which have a small one")   \
        X(CONTACTS, "contacts",      "contacts and companies")                                  \
        X(AGENTS,   "agents",        "agents, groups and ticket fields")                        \
        X(ADMIN,    "admin",         "automation rules and settings")                           \
        X(OTHER,    "rest",          "everything else")
// clang-format on

enum quota_family {
#define QUOTA_FAMILY(id, name, help) QUOTA_##id,
        QUOTA_FAMILY_TABLE(QUOTA_FAMILY)
#undef QUOTA_FAMILY
                        QUOTA_FAMILY_COUNT_
};
const char *quota_family_name(enum quota_family family); // static

// The family of a call. `path`: below /api/v2, with its query.
enum quota_family quota_family_of(const char *method, const char *path);
// What a call costs in Freshdesk's credits, as its documentation says: 1, and more for what is included. The answer's
// header has the last word.
unsigned quota_cost_of(const char *method, const char *path);

// What an answer says. Headers that are missing, no numbers, negative or absurd make it say nothing.
struct quota_report {
        bool known;
        int64_t total, remaining, used; // used: by this one request
};
struct quota_report quota_report_from(const char *total, const char *remaining, const char *used);

struct quota_window {
        bool known; // there were headers; without them calls go one at a time, and then nothing is limited
        int64_t total, remaining;
        unsigned serial;   // counts the windows
        int64_t reported;  // the least that a header of this window has shown
        int64_t used;      // by us since the window began, calls in flight included
        int64_t in_flight; // credits of calls that have no answer yet
        int64_t end_ms;    // when the allowance is whole again, at the latest
        double next_ms;    // where an even pace would be: as far beyond now as calls went out early
        int64_t pause_until_ms;
        unsigned bare;    // answers in a row without headers
        unsigned waiting; // callers that wait for their turn: kept by the caller
};

struct quota {
        double share; // of the allowance that is ours, above 0 up to 1
        struct quota_window windows[QUOTA_FAMILY_COUNT_];
};

void quota_init(struct quota *q, double share);
// How long until a call of that cost may go out: 0, now. `then`: credits of the calls that it would be in vain without;
// they must be there too.
int64_t quota_wait_ms(struct quota *q, enum quota_family family, unsigned cost, unsigned then, int64_t now_ms);

// One call on its way, with what was known when it went out: answers overtake each other.
struct quota_call {
        enum quota_family family;
        unsigned cost;
        unsigned serial; // of the window that it went out in
        int64_t most;    // what was left then, at most: more is there only when a new minute has begun
};
// It goes out now: the caller has set family and cost. Each is followed by one quota_end.
void quota_begin(struct quota *q, struct quota_call *c, int64_t now_ms);
// It has ended: sent or not, and what its answer said.
void quota_end(struct quota *q, const struct quota_call *c, bool sent, const struct quota_report *report,
               int64_t now_ms);
// Freshdesk said 429: nothing of this family goes out until then.
void quota_pause(struct quota *q, enum quota_family family, int64_t until_ms);

struct quota_view {
        const char *name;
        bool known;
        int64_t total, remaining; // of the account
        int64_t ours, used;       // our part of the total, and what is used of it, in this minute
        unsigned waiting;
        int64_t pause_ms; // how much longer it is paused; 0: not
};
void quota_view(struct quota *q, enum quota_family family, int64_t now_ms, struct quota_view *ret);
