#include "desk/sweep.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"

enum {
        // A run is a burst: what is left of the account's allowance is other people's too. It goes on a little later.
        SWEEP_PAGES_MAX = 10,
        SWEEP_LOOKS_MAX = 100,
        SWEEP_PASSES_MAX = 3,          // over one second's tickets, while a pass brings new ones
        OVERLAP_MS = 10 * 60 * 1000,   // lists lag behind by minutes, and clocks of a service's machines differ
        SECOND_MS = 1000,              // Freshdesk's times have no fractions
        SKEW_IGNORED_MS = 2 * 1000,    // the Date header has whole seconds, and an answer takes its time
        SKEW_WINDOW_MS = 5 * 60 * 1000 // more than this, and the first window was asked for at a wrong time
};

// Freshdesk's clock against ours, by the answer that has just come.
static void note_clock(struct sweep *w, int64_t now_ms) {
        int64_t skew = now_ms ? now_ms + SECOND_MS / 2 - clock_now_ms() : w->missing.skew_ms;

        w->missing.skew_ms = skew > SKEW_IGNORED_MS || skew < -SKEW_IGNORED_MS ? skew : 0;
}

static void open_window(struct sweep *w) {
        w->since_ms = MAX(w->bookmark.cursor_ms - OVERLAP_MS, (int64_t) 0);
        w->page = 1;
        w->passes = 0;
        w->fresh_in_pass = 0;
        w->newest_ms = w->bookmark.cursor_ms;
}

// An account's first times are by our clock, until Freshdesk has told its own. True when the window was wrong by it.
static bool correct_first_times(struct sweep *w) {
        int64_t skew = w->missing.skew_ms;

        if (!w->bookmark.ours)
                return false;
        w->bookmark.from_ms += skew;
        w->bookmark.cursor_ms += skew;
        w->bookmark.ours = false;
        w->newest_ms = w->bookmark.cursor_ms;
        if (skew > -SKEW_WINDOW_MS && skew < SKEW_WINDOW_MS)
                return false;
        log_warning("the clocks of this machine and of Freshdesk differ by %" PRId64 " s", skew / SECOND_MS);
        open_window(w);
        return true;
}

static int take_rows(struct sweep *w, struct store *s, const struct freshdesk_page *p, const atomic_bool *stopping,
                     struct sweep_result *ret, struct error *e) {
        for (size_t i = 0; i < p->n; i++) {
                enum missing_verdict verdict = MISSING_SEEN;
                bool said = false;

                if (atomic_load(stopping) || ret->looked >= SWEEP_LOOKS_MAX)
                        return 1;
                int r = missing_look(&w->missing, s, &w->bookmark, &p->rows[i], &verdict, &said, &ret->freshdesk, e);
                if (r < 0)
                        return r;
                ret->seen += verdict != MISSING_SEEN;
                ret->looked += verdict == MISSING_LOOKED || verdict == MISSING_FOUND;
                ret->found += verdict == MISSING_FOUND;
                ret->read_back += said;
                w->fresh_in_pass += verdict != MISSING_SEEN;
        }
        return 0;
}

// Behind a page: where to read on.
static void turn_page(struct sweep *w, const struct freshdesk_page *p, int64_t last_ms) {
        bool next_second = p->ordered && last_ms > w->since_ms;

        if (!next_second && p->more && w->page < TICKET_LIST_PAGES_MAX) {
                w->page++;
                return;
        }
        // Out of a block of one second that took more than a page: was anything of it pulled over an edge?
        if (w->page > 1 && w->fresh_in_pass > 0 && ++w->passes < SWEEP_PASSES_MAX) {
                w->page = 1;
                w->fresh_in_pass = 0;
                return;
        }
        if (!next_second && p->more)
                log_warning("more than %d pages of tickets in one second: the poll goes on behind them",
                            TICKET_LIST_PAGES_MAX);
        w->since_ms = MAX(last_ms, w->since_ms + SECOND_MS);
        w->page = 1;
        w->passes = 0;
        w->fresh_in_pass = 0;
}

static int64_t last_update(const struct freshdesk_page *p) {
        int64_t last = 0;

        for (size_t i = 0; i < p->n; i++)
                last = MAX(last, p->rows[i].updated_ms);
        return last;
}

// One page: 1 there is more, 0 that was the last one, or negative.
static int one_page(struct sweep *w, struct store *s, const atomic_bool *stopping, struct sweep_result *ret,
                    struct error *e) {
        struct freshdesk_page p _cleanup_freshdesk_page_ = {.rows = NULL};
        int r = freshdesk_ticket_page(w->missing.d->freshdesk, w->since_ms, w->page, &p, &ret->freshdesk, e);

        if (r < 0)
                return r;
        ret->pages++;
        note_clock(w, p.now_ms);
        if (correct_first_times(w))
                return 1;
        r = take_rows(w, s, &p, stopping, ret, e);
        if (r != 0) // the same page again, in the next run
                return r;
        int64_t last_ms = last_update(&p);
        w->newest_ms = MAX(w->newest_ms, last_ms);
        bool edges_unsure = w->page > 1 && w->fresh_in_pass > 0 && w->passes + 1 < SWEEP_PASSES_MAX;
        if (!p.more && !edges_unsure)
                return 0;
        turn_page(w, &p, last_ms);
        return 1;
}

static int read_pages(struct sweep *w, struct store *s, const atomic_bool *stopping, struct sweep_result *ret,
                      struct error *e) {
        while (!atomic_load(stopping) && ret->pages < SWEEP_PAGES_MAX && ret->looked < SWEEP_LOOKS_MAX) {
                int r = one_page(w, s, stopping, ret, e);

                if (r < 0 && ret->freshdesk.in_line) // our part of the allowance is used: nothing is wrong
                        break;
                if (r <= 0) {
                        ret->end = r < 0 ? SWEEP_FAILED : SWEEP_COMPLETE;
                        return r;
                }
        }
        ret->end = SWEEP_PARTIAL;
        return 0;
}

int sweep_run(struct sweep *w, struct store *s, const atomic_bool *stopping, struct sweep_result *ret,
              struct error *e) {
        struct error saving = ERROR_INIT;

        *ret = (struct sweep_result){.end = SWEEP_FAILED};
        if (!w->going_on) {
                int r = bookmark_load(s, w->account, w->since, w->started_ms, &w->bookmark, e);
                if (r > 0)
                        r = bookmark_save(s, w->account, &w->bookmark, e);
                if (r < 0)
                        return r;
                open_window(w);
        }
        ret->from_ms = w->since_ms;
        int r = read_pages(w, s, stopping, ret, e);
        w->going_on = ret->end == SWEEP_PARTIAL;

        // What was updated before the list that is being read has been taken in, whatever became of the rest. A time
        // that has not come yet is a mistake of somebody's, and must not make us overlook what comes until then.
        int64_t done_ms = ret->end == SWEEP_COMPLETE ? w->newest_ms : w->since_ms;
        done_ms = MIN(done_ms, clock_now_ms() + w->missing.skew_ms);
        w->bookmark.cursor_ms = MAX(w->bookmark.cursor_ms, done_ms);
        int k = bookmark_save(s, w->account, &w->bookmark, &saving);
        if (r == 0 && k < 0) {
                ret->end = SWEEP_FAILED;
                ret->freshdesk.outcome = FRESHDESK_OK;
                return error_set(e, k, saving.code, "%s", saving.message);
        }
        return r;
}
