#include "store/group.h"

#include <errno.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "store/tally.h"

static int control(struct database *d, enum statement_id id, struct error *e) {
        struct query q _cleanup_query_ = query_from(d, id);

        return query_run(&q, e);
}

static void roll_back(struct database *d) {
        if (!sqlite3_get_autocommit(d->db))
                (void) control(d, STATEMENT_ROLLBACK, NULL);
}

static int commit(struct database *d, struct transaction *t, struct error *e) {
        int64_t start = clock_monotonic_us();
        int r = tally_flush(t, e);

        if (r == 0)
                r = control(d, STATEMENT_COMMIT, e);
        if (sqlite3_total_changes64(d->db) != t->changes_before) // a claim that found nothing is no commit
                metric_observe_us(METRIC_COMMIT_SECONDS, NULL, clock_monotonic_us() - start);
        return r;
}

// Runs one after the other. False when one failed halfway, so that the others must not be committed with it.
static bool run_changes(struct database *d, struct transaction *t, struct change *first) {
        for (struct change *c = first; c; c = c->next) {
                sqlite3_int64 before = sqlite3_total_changes64(d->db);
                c->error.code = ERROR_NONE;
                c->r = c->run(t, c->arg, &c->error);
                if (c->r < 0 && (sqlite3_total_changes64(d->db) != before || sqlite3_get_autocommit(d->db)))
                        return false;
        }
        return true;
}

static void fail_all(struct change *first, int r, const struct error *e) {
        for (struct change *c = first; c; c = c->next) {
                if (c->r < 0 && c->error.code != ERROR_NONE)
                        continue; // it had its own reason
                c->r = r;
                c->error = *e;
        }
}

// 0 when all was committed, -ECANCELED when it was rolled back because one change failed halfway (its r and error
// tell), or what became of the database: then each change has that result.
static int transact(struct database *d, struct change *first, struct transaction *t, struct error *e) {
        *t = (struct transaction){.d = d, .now_ms = clock_now_ms(), .changes_before = sqlite3_total_changes64(d->db)};
        for (struct change *c = first; c; c = c->next)
                c->r = 0;
        int r = control(d, STATEMENT_BEGIN, e);
        if (r == 0 && !run_changes(d, t, first)) {
                roll_back(d);
                return -ECANCELED;
        }
        if (r == 0)
                r = commit(d, t, e);
        if (r < 0) {
                roll_back(d);
                fail_all(first, r, e);
        }
        return r;
}

static void complete(struct change *first) {
        while (first) {
                struct change *c = first;
                first = c->next;
                c->done(c->arg, c->r, c->r < 0 ? &c->error : NULL);
        }
}

// One change of the group cannot be done: each gets a transaction of its own, so that it harms no other.
static int run_alone(const struct group *g, struct change *first, struct error *e) {
        struct transaction t;
        int r = 0;

        while (first) {
                struct change *c = first;
                first = c->next;
                c->next = NULL;
                if (r == -EAGAIN) { // locked: what is left does not wait for it once more each
                        group_refuse(c, r, e);
                        continue;
                }
                r = transact(g->d, c, &t, e);
                if (r == -ECANCELED) {
                        r = c->r;
                        *e = c->error;
                }
                g->over(g->arg, r, e, &t, 1);
                complete(c);
        }
        return r;
}

int group_run(const struct group *g, struct change *first, struct error *e) {
        struct transaction t;
        size_t n = 0;
        int r = transact(g->d, first, &t, e);

        if (r == -ECANCELED)
                return run_alone(g, first, e);
        for (struct change *c = first; c; c = c->next)
                n++;
        g->over(g->arg, r, e, &t, n);
        complete(first);
        return r;
}

void group_refuse(struct change *first, int r, const struct error *e) {
        for (struct change *c = first; c; c = c->next)
                c->r = 0;
        fail_all(first, r, e);
        complete(first);
}
