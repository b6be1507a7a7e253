// What the files of this folder share and nobody else sees.
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "store/lease.h"
#include "store/reader.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/writer.h"

enum { DAY_MS = 86400000 };

// Workers that sleep until a job may be due.
struct bell {
        pthread_mutex_t lock;
        pthread_cond_t rung;
        uint64_t rings;
        unsigned sleepers;
        bool over;                  // nobody sleeps any more
        _Atomic(int64_t) rushed_ms; // when many jobs came at once for the last time, monotonic; 0: never
        pthread_cond_t committed;
        uint64_t commits;
        unsigned watchers;
};

struct store {
        char *path;
        struct database *d; // the writer's own
        struct writer *writer;
        struct readers *readers;
        struct leases *leases;
        struct bell bell;
};

// The path in "sqlite:PATH", borrowed. 0 or -EINVAL.
_warn_unused_ int store_url_path(const char *url, const char **ret, struct error *e);

// After a group is committed: wakes as many workers as there are jobs for.
void bell_ring(struct bell *b, unsigned jobs);
void bell_commit(struct bell *b); // wakes those who wait for any change

// ---- tickets, within a transaction
struct ticket_place {
        int64_t seq;
        int64_t job_id; // its newest job
};
_warn_unused_ int ticket_find(struct transaction *t, int64_t id, struct ticket_place *ret,
                              struct error *e); // 1, 0 or negative
// The ticket's row after its job moved: the decision when there is one, the state when this job is its newest.
_warn_unused_ int ticket_follow(struct transaction *t, const struct job_change *c, struct error *e);
// The state alone, when this job is its newest.
_warn_unused_ int ticket_set_state(struct transaction *t, int64_t ticket_id, int64_t job_id, enum job_state state,
                                   struct error *e);
_warn_unused_ int ticket_next_local(struct transaction *t, int64_t *ret, struct error *e);

// ---- audit and outbox, within a transaction
// Rows without a ticket or job get these.
_warn_unused_ int audit_write(struct transaction *t, int64_t ticket_id, int64_t job_id, const struct audit_row *rows,
                              size_t n, struct error *e);
_warn_unused_ int outbox_follow(struct transaction *t, const struct job_change *c, struct error *e);
_warn_unused_ int outbox_open(struct transaction *t, int64_t job_id,
                              struct error *e); // 1: steps are left; 0: none; or negative

// ---- automatic answers, within a transaction (answers.c)
// A public reply is confirmed: it is an automatic answer when the ticket's decision says so, and one before it did not
// do.
_warn_unused_ int answer_given(struct transaction *t, int64_t ticket_id, int64_t step_id, struct error *e);
// Feedback that says that tier, category or answer is another is held against the ticket's answers.
_warn_unused_ int answer_judged(struct transaction *t, const struct feedback *f, struct error *e);
