// Jobs: every move of the table and no other, who may take one, leases, waiting.
#include "store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "store/sqlite.h"

// ---- moves

static const struct {
        enum job_state from, to;
} allowed[] = {
#define MOVE(from, to, why) {JOB_##from, JOB_##to},
                JOB_MOVE_TABLE(MOVE)
#undef MOVE
};

static bool in_table(enum job_state from, enum job_state to) {
        for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
                if (allowed[i].from == from && allowed[i].to == to)
                        return true;
        return false;
}

static void must(int r) {
        assert_int_equal(r, 0);
}

// A new job, brought into the state by allowed moves, and in this thread's hands where a worker would have it.
static struct accepted job_in(struct store *s, enum job_state state) {
        static int64_t next_ticket = 1;
        struct accepted a = accept_ticket(s, next_ticket++);

        if (state == JOB_QUEUED)
                return a;
        assert_int_equal(claim(s), a.job_id);
        if (state == JOB_RUNNING)
                return a;
        if (state == JOB_DELIVERED)
                must(change(s, &a, JOB_RUNNING, JOB_DELIVERING));
        must(change(s, &a, state == JOB_DELIVERED ? JOB_DELIVERING : JOB_RUNNING, state));
        return a;
}

// Out of the way of the next claim.
static void retire(struct place *p) {
        sql_run(p->path, "UPDATE job SET due_ms = NULL, owner = NULL");
}

static void every_move_of_the_table_and_no_other(void **state) {
        struct place *p = *state;

        for (int from = 0; from < JOB_STATE_COUNT_; from++) {
                for (int to = 0; to < JOB_STATE_COUNT_; to++) {
                        struct accepted a = job_in(p->s, (enum job_state) from);
                        bool ok = in_table((enum job_state) from, (enum job_state) to);
                        struct ticket t _cleanup_ticket_ = {0};
                        int r = change(p->s, &a, (enum job_state) from, (enum job_state) to);

                        assert_int_equal(job_move_allowed((enum job_state) from, (enum job_state) to), ok);
                        assert_int_equal(r, ok ? 0 : -EINVAL);
                        assert_int_equal(store_ticket(p->s, a.ticket_id, &t, NULL), 1);
                        assert_int_equal(t.state, ok ? to : from);
                        retire(p);
                }
        }
        assert_sound(p->path);
}

static void names_of_states_are_read_back(void **state) {
        (void) state;
        for (int i = 0; i < JOB_STATE_COUNT_; i++) {
                enum job_state got;
                assert_int_equal(job_state_parse(job_state_name((enum job_state) i), &got), 0);
                assert_int_equal(got, i);
        }
        enum job_state untouched = JOB_FAILED;
        assert_int_equal(job_state_parse("nonsense", &untouched), -EINVAL);
        assert_int_equal(job_state_parse("", &untouched), -EINVAL);
        assert_int_equal(untouched, JOB_FAILED);
}

static void a_final_state_has_no_way_out_but_a_persons(void **state) {
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
                assert_true(!job_state_final(allowed[i].from) || allowed[i].from == JOB_FAILED);
}

static void a_move_from_where_the_job_is_not_is_stale(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);

        assert_int_equal(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED), -ESTALE);
        must(change(p->s, &a, JOB_RUNNING, JOB_RECORDED));
        assert_int_equal(change(p->s, &a, JOB_RUNNING, JOB_RECORDED), -ESTALE);
        struct accepted none = {.job_id = 999, .ticket_id = 1}, other = {.job_id = a.job_id, .ticket_id = 999};
        assert_int_equal(change(p->s, &none, JOB_RUNNING, JOB_RECORDED), -ENOENT);
        assert_int_equal(change(p->s, &other, JOB_RECORDED, JOB_RECORDED), -EINVAL);
        assert_int_equal(change(p->s, &other, JOB_RUNNING, JOB_RECORDED), -EINVAL);
        assert_sound(p->path);
}

static void counts_follow_the_jobs(void **state) {
        struct place *p = *state;
        int64_t counts[JOB_STATE_COUNT_];

        job_in(p->s, JOB_RECORDED);
        job_in(p->s, JOB_FAILED);
        job_in(p->s, JOB_RUNNING);
        accept_ticket(p->s, 1000);
        accept_ticket(p->s, 1001);
        assert_int_equal(store_job_counts(p->s, counts, NULL), 0);
        assert_int_equal(counts[JOB_QUEUED], 2);
        assert_int_equal(counts[JOB_RUNNING], 1);
        assert_int_equal(counts[JOB_RECORDED], 1);
        assert_int_equal(counts[JOB_FAILED], 1);
        assert_int_equal(counts[JOB_DELIVERED], 0);
}

static void the_error_of_a_failed_job_stands_at_its_ticket(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = a.ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_FAILED,
                               .error = "no"};
        struct ticket t _cleanup_ticket_ = {0}, after _cleanup_ticket_ = {0};

        must(store_job_change(p->s, &c, NULL));
        assert_int_equal(store_ticket(p->s, a.ticket_id, &t, NULL), 1);
        assert_string_equal(t.error, "no");
        must(change(p->s, &a, JOB_FAILED, JOB_QUEUED));
        assert_int_equal(store_ticket(p->s, a.ticket_id, &after, NULL), 1);
        assert_null(after.error);
        assert_int_equal(claim(p->s), a.job_id);
}

static void a_tickets_state_is_that_of_its_newest_job(void **state) {
        struct place *p = *state;
        struct accepted old = accept_ticket(p->s, 9), new = accept_ticket(p->s, 9);
        struct ticket t _cleanup_ticket_ = {0}, after _cleanup_ticket_ = {0};

        assert_int_equal(claim(p->s), old.job_id);
        must(change(p->s, &old, JOB_RUNNING, JOB_FAILED));
        assert_int_equal(store_ticket(p->s, 9, &t, NULL), 1);
        assert_int_equal(t.state, JOB_QUEUED);
        assert_int_equal(claim(p->s), new.job_id);
        must(change(p->s, &new, JOB_RUNNING, JOB_DELIVERING));
        must(change(p->s, &new, JOB_DELIVERING, JOB_DELIVERED));
        assert_int_equal(store_ticket(p->s, 9, &after, NULL), 1);
        assert_int_equal(after.state, JOB_DELIVERED);
        assert_true(after.delivered);
        assert_sound(p->path);
}

// ---- taking

static void the_oldest_due_job_comes_first(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 30), b = accept_ticket(p->s, 20), c = accept_ticket(p->s, 10);

        sql_run(p->path, "UPDATE job SET due_ms = due_ms - 1000 WHERE ticket_id = 20");
        assert_int_equal(claim(p->s), b.job_id);
        assert_int_equal(claim(p->s), a.job_id);
        assert_int_equal(claim(p->s), c.job_id);
        assert_int_equal(claim(p->s), 0);
}

static void a_job_for_later_is_not_taken_before(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = a.ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_QUEUED,
                               .run_after_ms = clock_now_ms() + 3600000};

        must(store_job_change(p->s, &c, NULL));
        assert_int_equal(claim(p->s), 0);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        assert_int_equal(claim(p->s), a.job_id);
}

static void a_ticket_is_worked_on_once_at_a_time(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 5), b = accept_ticket(p->s, 5), other = accept_ticket(p->s, 6);

        assert_int_equal(claim(p->s), a.job_id);
        assert_int_equal(claim(p->s), other.job_id);
        assert_int_equal(claim(p->s), 0);
        must(change(p->s, &a, JOB_RUNNING, JOB_RECORDED));
        assert_int_equal(claim(p->s), b.job_id);
}

static void a_delivering_job_is_kept_until_it_is_put_off(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = a.ticket_id,
                               .from = JOB_DELIVERING,
                               .to = JOB_DELIVERING,
                               .run_after_ms = clock_now_ms() + 3600000};
        struct job j _cleanup_job_ = {0};

        must(change(p->s, &a, JOB_RUNNING, JOB_DELIVERING));
        assert_int_equal(claim(p->s), 0);
        must(store_job_change(p->s, &c, NULL));
        assert_int_equal(claim(p->s), 0);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        assert_int_equal(store_job_claim(p->s, LEASE_MS, &j, NULL), 1);
        assert_int_equal(j.state, JOB_DELIVERING);
        assert_int_equal(j.attempts, 2);
        must(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED));
}

// ---- leases

static void *claim_elsewhere(void *arg) {
        return (void *) (intptr_t) claim(arg);
}

static int64_t claim_on_another_thread(struct store *s) {
        pthread_t thread;
        void *id;

        assert_int_equal(pthread_create(&thread, NULL, claim_elsewhere, s), 0);
        pthread_join(thread, &id);
        return (intptr_t) id;
}

static void a_lease_that_ran_out_frees_the_job(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);

        assert_int_equal(claim_on_another_thread(p->s), 0);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        // Late, but nobody has taken it: it is still ours.
        must(change(p->s, &a, JOB_RUNNING, JOB_QUEUED));
        assert_int_equal(claim(p->s), a.job_id);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        assert_int_equal(claim_on_another_thread(p->s), a.job_id);
        assert_int_equal(change(p->s, &a, JOB_RUNNING, JOB_RECORDED), -ESTALE);
        assert_int_equal(sql_int(p->path, "SELECT attempts FROM job"), 3);
}

static void leases_are_renewed_while_the_job_is_in_hand(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);

        sql_run(p->path, "UPDATE job SET due_ms = 1");
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_true(sql_int(p->path, "SELECT due_ms FROM job") > clock_now_ms());
        must(change(p->s, &a, JOB_RUNNING, JOB_DELIVERING)); // kept, and still ours to renew
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_true(sql_int(p->path, "SELECT due_ms FROM job") > clock_now_ms());
        must(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED));
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_int_equal(sql_int(p->path, "SELECT due_ms IS NULL FROM job"), 1);
}

static void a_lease_that_was_lost_is_not_renewed(void **state) {
        struct place *p = *state;

        job_in(p->s, JOB_RUNNING);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        assert_true(claim_on_another_thread(p->s) > 0);
        sql_run(p->path, "UPDATE job SET due_ms = 2, thread = 12345");
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_int_equal(sql_int(p->path, "SELECT due_ms FROM job"), 2);
}

static void a_job_that_was_left_runs_out_and_is_taken_again(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);

        store_job_leave(p->s, a.job_id);
        sql_run(p->path, "UPDATE job SET due_ms = 1");
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_int_equal(sql_int(p->path, "SELECT due_ms FROM job"), 1);
        assert_int_equal(claim_on_another_thread(p->s), a.job_id);
}

static void a_job_left_behind_is_not_renewed(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING), b = job_in(p->s, JOB_RUNNING);
        char *left _cleanup_free_ = str_printf("SELECT due_ms FROM job WHERE id = %lld", (long long) a.job_id);
        char *held _cleanup_free_ = str_printf("SELECT due_ms FROM job WHERE id = %lld", (long long) b.job_id);

        sql_run(p->path, "UPDATE job SET due_ms = 1");
        must(store_leases_renew(p->s, LEASE_MS, NULL));
        assert_int_equal(sql_int(p->path, left), 1);
        assert_true(sql_int(p->path, held) > 1);
}

static void closing_gives_the_jobs_back(void **state) {
        struct place *p = *state;
        struct accepted a = job_in(p->s, JOB_RUNNING);

        place_reopen(p);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM process"), 0);
        assert_int_equal(claim(p->s), a.job_id);
        assert_sound(p->path);
}

static void a_dead_process_loses_its_jobs_at_once(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 1);
        pid_t pid = fork();

        if (pid == 0) {
                struct store *s = NULL;
                struct job j = {0};
                if (store_open(p->url, &s, NULL) < 0 || store_job_claim(s, LEASE_MS, &j, NULL) != 1)
                        _exit(1);
                kill(getpid(), SIGKILL);
        }
        siginfo_t info;
        assert_int_equal(waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), 0); // a zombie is dead enough
        assert_int_equal(info.si_code, CLD_KILLED);
        assert_int_equal(claim(p->s), a.job_id);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_int_equal(sql_int(p->path, "SELECT attempts FROM job"), 2);
        assert_sound(p->path);
}

static void a_living_process_keeps_its_jobs(void **state) {
        struct place *p = *state;
        int ready[2], go[2];
        char c;

        accept_ticket(p->s, 1);
        assert_int_equal(pipe(ready), 0);
        assert_int_equal(pipe(go), 0);
        pid_t pid = fork();
        if (pid == 0) {
                struct store *s = NULL;
                struct job j = {0};
                bool ok = store_open(p->url, &s, NULL) == 0 && store_job_claim(s, LEASE_MS, &j, NULL) == 1;
                if (!ok || write(ready[1], "x", 1) != 1 || read(go[0], &c, 1) != 1)
                        _exit(1);
                _exit(0);
        }
        assert_int_equal(read(ready[0], &c, 1), 1);
        assert_int_equal(claim(p->s), 0);
        assert_int_equal(write(go[1], "x", 1), 1);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        for (int i = 0; i < 2; i++) {
                close(ready[i]);
                close(go[i]);
        }
}

// As another machine's, or this one's before its last boot.
static void a_process_of_another_boot_is_dead_and_one_of_another_namespace_may_live(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 1);

        assert_int_equal(claim(p->s), a.job_id);
        sql_run(p->path, "UPDATE job SET owner = 77; UPDATE process SET owner = 77, pid = 999999999, "
                         "machine = substr(machine, 1, 37) || '1'");
        assert_int_equal(claim(p->s), 0);
        sql_run(p->path, "UPDATE process SET machine = '00000000-0000-0000-0000-000000000000/1'");
        assert_int_equal(claim(p->s), a.job_id);
}

static void a_clock_set_back_does_not_hold_a_job_for_ever(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 1);

        assert_int_equal(claim(p->s), a.job_id);
        sql_run(p->path, "UPDATE job SET due_ms = due_ms + 86400000");
        assert_int_equal(claim(p->s), a.job_id);
}

// ---- exclusivity

enum { MANY = 400, THREADS = 4, PER_TICKET = 4 };

struct race {
        struct store *s;
        atomic_int taken[MANY + 1];                // by job id
        atomic_int at_work[MANY / PER_TICKET + 1]; // by ticket
        atomic_int broken, done;
};

static void *work(void *arg) {
        struct race *x = arg;

        while (atomic_load(&x->done) < MANY) {
                struct job j _cleanup_job_ = {0};
                int r = store_job_claim(x->s, LEASE_MS, &j, NULL);
                if (r < 0)
                        atomic_fetch_add(&x->broken, 1);
                if (r <= 0) {
                        store_job_wait(x->s, 1000);
                        continue;
                }
                struct job_change c = {
                                .job_id = j.id, .ticket_id = j.ticket_id, .from = JOB_RUNNING, .to = JOB_RECORDED};
                atomic_fetch_add(&x->broken, atomic_fetch_add(&x->taken[j.id], 1) != 0);
                atomic_fetch_add(&x->broken, atomic_fetch_add(&x->at_work[j.ticket_id], 1) != 0);
                atomic_fetch_sub(&x->at_work[j.ticket_id], 1);
                if (store_job_change(x->s, &c, NULL) < 0)
                        atomic_fetch_add(&x->broken, 1);
                if (atomic_fetch_add(&x->done, 1) + 1 == MANY)
                        store_job_wake(x->s);
        }
        return NULL;
}

static void threads_never_share_a_job_or_a_ticket(void **state) {
        struct place *p = *state;
        struct race x = {.s = p->s};
        pthread_t threads[THREADS];

        for (int i = 0; i < MANY; i++)
                accept_ticket(p->s, 1 + i % (MANY / PER_TICKET));
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, work, &x), 0);
        for (int i = 0; i < THREADS; i++)
                pthread_join(threads[i], NULL);
        assert_int_equal(x.broken, 0);
        for (int i = 1; i <= MANY; i++)
                assert_int_equal(x.taken[i], 1);
        assert_int_equal(sql_int(p->path, "SELECT max(attempts) FROM job"), 1);
        assert_sound(p->path);
}

// Works in a process of its own until nothing is left; writes "begin" and "end" of each ticket into the audit trail.
static void process_work(const char *url) {
        struct store *s = NULL;
        int idle = 0;

        if (store_open(url, &s, NULL) < 0)
                _exit(1);
        while (idle < 3) {
                struct job j _cleanup_job_ = {0};
                int r = store_job_claim(s, LEASE_MS, &j, NULL);
                if (r < 0)
                        _exit(2);
                idle = r ? 0 : idle + 1;
                if (r == 0) {
                        store_job_wait(s, 100);
                        continue;
                }
                const struct audit_row row = {.step = "worked", .detail = "{}"};
                struct job_change c = {.job_id = j.id,
                                       .ticket_id = j.ticket_id,
                                       .from = JOB_RUNNING,
                                       .to = JOB_RECORDED,
                                       .audit = &row,
                                       .n_audit = 1};
                if (store_job_change(s, &c, NULL) < 0)
                        _exit(3);
        }
        store_close(s);
        _exit(0);
}

static void processes_never_share_a_job_or_a_ticket(void **state) {
        struct place *p = *state;
        pid_t pids[3];

        for (int i = 0; i < MANY; i++)
                accept_ticket(p->s, 1 + i % (MANY / PER_TICKET));
        for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
                pids[i] = fork();
                assert_true(pids[i] >= 0);
                if (pids[i] == 0)
                        process_work(p->url);
        }
        for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
                int status;
                assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                assert_int_equal(status, 0);
        }
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM job WHERE state = 'recorded' AND attempts = 1"), MANY);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'worked'"), MANY);
        assert_int_equal(sql_int(p->path, "SELECT count(DISTINCT job_id) FROM audit WHERE step = 'worked'"), MANY);
        assert_sound(p->path);
}

// ---- waiting

static void a_due_job_ends_the_wait_before_it_begins(void **state) {
        struct place *p = *state;

        accept_ticket(p->s, 1);
        store_job_wait(p->s, 3600000); // the test's own time limit would end it
        assert_true(claim(p->s) > 0);
}

static void a_wake_before_the_wait_ends_it_too(void **state) {
        struct place *p = *state;

        store_job_wake(p->s);
        store_job_wait(p->s, 3600000);
}

static void *accept_one(void *arg) {
        accept_ticket(arg, 1);
        return NULL;
}

static void an_accepted_job_ends_the_wait(void **state) {
        struct place *p = *state;
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, accept_one, p->s), 0);
        while (claim(p->s) == 0)
                store_job_wait(p->s, 3600000);
        pthread_join(thread, NULL);
}

static void *wake(void *arg) {
        struct race *x = arg;

        while (!atomic_load(&x->done))
                store_job_wake(x->s);
        return NULL;
}

static void waking_ends_the_wait(void **state) {
        struct place *p = *state;
        struct race x = {.s = p->s};
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, wake, &x), 0);
        store_job_wait(p->s, 3600000);
        atomic_store(&x.done, 1);
        pthread_join(thread, NULL);
}

static void count_done(void *arg, int r, const struct accepted *a _unused_, const struct error *e _unused_) {
        assert_int_equal(r, 0);
        atomic_fetch_add((atomic_int *) arg, 1);
}

// Whether one commit holds many is the writer's affair: it is asked until it does, as a rush would.
static void many_events_at_once_are_a_rush_and_one_is_none(void **state) {
        enum { BURST = 64, BURSTS_MAX = 1000 };
        struct place *p = *state;
        bool rushed = false;
        int64_t id = 1;

        accept_ticket(p->s, id++);
        assert_false(store_rushed(p->s));
        for (int n = 0; n < BURSTS_MAX && !rushed; n++) {
                atomic_int done = 0;
                for (int i = 0; i < BURST; i++) {
                        struct event ev = {.ticket_id = id++, .kind = "created", .body = "{}"};
                        assert_int_equal(store_accept(p->s, &ev, count_done, &done), 0);
                }
                while (atomic_load(&done) < BURST)
                        rushed |= store_rushed(p->s);
        }
        assert_true(rushed);
}

// A job whose ticket is in work is no reason to stay awake: the sleeper would take turns with nothing.
static void a_blocked_job_is_not_due_before_its_ticket_is_free(void **state) {
        struct place *p = *state;
        struct database *d _cleanup_(database_close_p) = NULL;

        accept_ticket(p->s, 1);
        accept_ticket(p->s, 1);
        assert_true(claim(p->s) > 0);
        must(database_open(p->path, false, &d, NULL));
        struct query q _cleanup_query_ = query_from(d, STATEMENT_JOB_NEXT_DUE);
        query_int(&q, 1, clock_now_ms());
        assert_int_equal(query_step(&q, NULL), 1);
        assert_true(query_column_int(&q, 0) > clock_now_ms());
}

// Claims since it got anywhere, and since when it does not work out.
static struct job taken(struct store *s) {
        struct job j = {0};

        assert_int_equal(store_job_claim(s, LEASE_MS, &j, NULL), 1);
        return j;
}

static void claims_that_lead_nowhere_are_counted(void **state) {
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 1);

        for (unsigned i = 1; i <= 3; i++) {
                struct job j _cleanup_job_ = taken(p->s);
                assert_int_equal(j.claims, i);
                assert_int_equal(j.attempts, i);
                place_reopen(p);
        }
        struct job j _cleanup_job_ = taken(p->s);
        assert_int_equal(j.claims, 4);
        assert_int_equal(change(p->s, &a, JOB_RUNNING, JOB_QUEUED), 0);
        struct job again _cleanup_job_ = taken(p->s);
        assert_int_equal(again.claims, 1);
        assert_int_equal(again.attempts, 5);
}

static void trouble_begins_with_an_error_and_ends_without(void **state) {
        static const struct {
                const char *error;
                enum job_trouble trouble;
                bool untried, troubled;
                unsigned attempts;
        } rows[] = {
                        {NULL, JOB_TROUBLE_BY_ERROR, false, false, 2},
                        {"500", JOB_TROUBLE_BY_ERROR, false, true, 3},
                        {"503", JOB_TROUBLE_BY_ERROR, true, true, 3},
                        {"our turn comes", JOB_TROUBLE_KEPT, true, true, 3},
                        {"401", JOB_TROUBLE_OVER, true, false, 3},
                        {"our turn comes", JOB_TROUBLE_KEPT, true, false, 3},
                        {"500", JOB_TROUBLE_BY_ERROR, false, true, 4},
                        {NULL, JOB_TROUBLE_BY_ERROR, false, false, 5},
        };
        struct place *p = *state;
        struct accepted a = accept_ticket(p->s, 1);
        int64_t since = 0;

        assert_int_equal(claim(p->s), a.job_id);
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                struct job_change c = {.job_id = a.job_id,
                                       .ticket_id = 1,
                                       .from = JOB_RUNNING,
                                       .to = JOB_QUEUED,
                                       .error = rows[i].error,
                                       .trouble = rows[i].trouble,
                                       .untried = rows[i].untried};
                assert_int_equal(store_job_change(p->s, &c, NULL), 0);
                struct job j _cleanup_job_ = taken(p->s);
                if ((j.trouble_ms > 0) != rows[i].troubled || j.attempts != rows[i].attempts)
                        fail_msg("row %zu: trouble since %lld, attempt %u", i, (long long) j.trouble_ms, j.attempts);
                if (since && j.trouble_ms)
                        assert_int_equal(j.trouble_ms, since); // it does not begin anew with each error
                since = j.trouble_ms;
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(claims_that_lead_nowhere_are_counted, place_open, place_free),
                        cmocka_unit_test_setup_teardown(trouble_begins_with_an_error_and_ends_without, place_open,
                                                        place_free),
                        TEST(every_move_of_the_table_and_no_other),
                        cmocka_unit_test(names_of_states_are_read_back),
                        cmocka_unit_test(a_final_state_has_no_way_out_but_a_persons),
                        TEST(a_move_from_where_the_job_is_not_is_stale),
                        TEST(counts_follow_the_jobs),
                        TEST(the_error_of_a_failed_job_stands_at_its_ticket),
                        TEST(a_tickets_state_is_that_of_its_newest_job),
                        TEST(the_oldest_due_job_comes_first),
                        TEST(a_job_for_later_is_not_taken_before),
                        TEST(a_ticket_is_worked_on_once_at_a_time),
                        TEST(a_delivering_job_is_kept_until_it_is_put_off),
                        TEST(a_lease_that_ran_out_frees_the_job),
                        TEST(leases_are_renewed_while_the_job_is_in_hand),
                        TEST(a_lease_that_was_lost_is_not_renewed),
                        TEST(a_job_that_was_left_runs_out_and_is_taken_again),
                        TEST(a_job_left_behind_is_not_renewed),
                        TEST(closing_gives_the_jobs_back),
                        TEST(a_dead_process_loses_its_jobs_at_once),
                        TEST(a_living_process_keeps_its_jobs),
                        TEST(a_process_of_another_boot_is_dead_and_one_of_another_namespace_may_live),
                        TEST(a_clock_set_back_does_not_hold_a_job_for_ever),
                        TEST(threads_never_share_a_job_or_a_ticket),
                        TEST(processes_never_share_a_job_or_a_ticket),
                        TEST(a_due_job_ends_the_wait_before_it_begins),
                        TEST(an_accepted_job_ends_the_wait),
                        TEST(a_wake_before_the_wait_ends_it_too),
                        TEST(waking_ends_the_wait),
                        TEST(many_events_at_once_are_a_rush_and_one_is_none),
                        TEST(a_blocked_job_is_not_due_before_its_ticket_is_free),
        };

        return cmocka_run_group_tests_name("store_jobs", tests, NULL, NULL);
}
