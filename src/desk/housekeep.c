#include "desk/housekeep.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "store/erase.h"

enum {
        FIRST_MS = 2000,        // after the start, which has enough to do
        PERIOD_MS = 3600000,    // a day is the unit of RETENTION_DAYS
        BATCH = 16,             // tickets in one transaction: about 10 ms, for which others may have to wait
        JUMP_MS = 3600000,      // more than what setting a clock right takes; less than any harm
        EMPTY_AGAIN_MS = 10000, // between two attempts at the log, which may take three seconds each
        AHEAD_DAYS = 7,         // a desk hears something every few days
};
static const int64_t DAY_MS_ = 86400000;

bool housekeeping_trusts(struct housekeeping *h, int64_t now_ms, int64_t monotonic_ms, int64_t newest_ms) {
        int64_t skew = now_ms - monotonic_ms;

        if (!h->began) {
                bool ahead = newest_ms && now_ms - newest_ms > AHEAD_DAYS * DAY_MS_;
                h->trust_at_ms = ahead ? monotonic_ms + DAY_MS_ : monotonic_ms;
                if (ahead)
                        log_info("the clock is %lld days ahead of all that the database knows: nothing is forgotten "
                                 "for its age for a day",
                                 (long long) ((now_ms - newest_ms) / DAY_MS_));
        } else if (llabs(skew - h->skew_ms) > JUMP_MS) {
                log_warning("the clock jumped by %lld s: nothing is forgotten for its age for a day",
                            (long long) (skew - h->skew_ms) / 1000);
                h->trust_at_ms = monotonic_ms + DAY_MS_;
        }
        h->began = true;
        h->skew_ms = skew;
        return monotonic_ms >= h->trust_at_ms;
}

static void prune(struct housekeeping *h, struct desk *d, struct store *s) {
        struct error e = ERROR_INIT;

        // All that is in use was asked for while the parts were opened, if they were.
        if (!h->pruned && d->encoder && store_vectors_prune(s, &e) < 0)
                log_warning("unused vectors stay: %s", e.message);
        h->pruned = true;
}

// It is said when it is true of every byte: what was forgotten stands in the database's log until that is emptied,
// which a reader can prevent for a while.
static void finish(struct housekeeping *h, struct store *s, int64_t monotonic) {
        struct error e = ERROR_INIT;

        if (store_empty_log(s, &e) < 0) {
                log_debug("what was forgotten stays in the log for now: %s", e.message);
                h->empty_at_ms = monotonic + EMPTY_AGAIN_MS;
                return;
        }
        log_info("forgotten for their age: %zu ticket%s", h->forgotten, str_s((int64_t) h->forgotten));
        h->forgotten = 0;
}

static void forget_some(struct housekeeping *h, struct store *s, int64_t monotonic) {
        struct error e = ERROR_INIT;
        size_t n = 0;

        if (store_retain(s, h->before_ms, h->after, BATCH, &n, &h->after, &e) < 0) {
                log_warning("old tickets stay for now: %s", e.message);
                h->under_way = false;
                return;
        }
        h->forgotten += n;
        metric_add(METRIC_ERASED, "retention", n);
        if (h->after > 0)
                return;
        h->under_way = false;
        if (h->forgotten > 0)
                finish(h, s, monotonic);
}

static void begin(struct housekeeping *h, struct desk *d, struct store *s, int64_t monotonic) {
        struct error e = ERROR_INIT;
        int64_t now = clock_now_ms(), newest = 0, days = settings_int(d->settings, SETTING_RETENTION_DAYS);

        h->next_ms = monotonic + PERIOD_MS;
        if (store_newest(s, &newest, &e) < 0) {
                log_warning("no housekeeping now: %s", e.message);
                return;
        }
        prune(h, d, s);
        h->spare = true;
        h->under_way = housekeeping_trusts(h, now, monotonic, newest) && days > 0;
        h->before_ms = now - days * DAY_MS_;
}

void housekeep(struct housekeeping *h, struct desk *d, struct store *s) {
        int64_t monotonic = clock_monotonic_ms();
        struct error e = ERROR_INIT;

        if (!h->next_ms)
                h->next_ms = monotonic + FIRST_MS;
        if (h->under_way)
                forget_some(h, s, monotonic);
        else if (h->forgotten > 0 && monotonic >= h->empty_at_ms)
                finish(h, s, monotonic);
        else if (monotonic >= h->next_ms)
                begin(h, d, s, monotonic);
        else if (h->spare)
                h->spare = store_tidy(s, &e) > 0;
}
