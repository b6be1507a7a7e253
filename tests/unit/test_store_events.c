// Accepting events: what is stored, what is a repeat, ids, hints.
#include "store_fixture.h"

#include <pthread.h>
#include <semaphore.h>

static const char key_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char key_b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static struct event created(int64_t ticket_id, const char *key) {
        return (struct event){.ticket_id = ticket_id, .key = key, .kind = "created", .body = "{\"a\":1}"};
}

struct first_row {
        struct audit_row row;
        char step[32], detail[128];
        size_t n;
};

static void keep_first(void *arg, const struct audit_row *row) {
        struct first_row *f = arg;

        if (f->n++)
                return;
        f->row = *row;
        str_copy(f->step, sizeof(f->step), row->step);
        str_copy(f->detail, sizeof(f->detail), row->detail);
}

static void an_event_makes_a_job_a_ticket_and_an_audit_row(void **state) {
        struct place *p = *state;
        struct event ev = {.ticket_id = 42,
                           .key = key_a,
                           .kind = "created",
                           .body = "{\"x\":\"\xc3\xa9'\\\"\"}",
                           .subject = "It's \"broken\"; DROP TABLE ticket",
                           .description = "100 % _ \xf0\x9f\x92\xa5",
                           .requester = "o'hara@example.com"};
        struct accepted a = accept_event(p->s, &ev);
        struct ticket t _cleanup_ticket_ = {0};
        struct first_row f = {0};

        assert_true(a.event_id > 0 && a.job_id > 0);
        assert_int_equal(a.ticket_id, 42);
        assert_false(a.duplicate);
        assert_false(a.claimed);
        assert_int_equal(store_ticket(p->s, 42, &t, NULL), 1);
        assert_int_equal(t.state, JOB_QUEUED);
        assert_string_equal(t.subject, ev.subject);
        assert_string_equal(t.description, ev.description);
        assert_string_equal(t.requester, ev.requester);
        assert_null(t.tier);
        assert_null(t.response);
        assert_true(t.created_ms > 1600000000000 && t.updated_ms == t.created_ms);
        assert_int_equal(store_audit(p->s, 42, 0, 10, keep_first, &f, NULL), 0);
        assert_int_equal(f.n, 1);
        assert_string_equal(f.step, "received");
        assert_int_equal(f.row.job_id, a.job_id);
        char *expected _cleanup_free_ = str_printf("{\"event_id\":%lld,\"kind\":\"created\"}", (long long) a.event_id);
        assert_string_equal(f.detail, expected);

        struct job j _cleanup_job_ = {0};
        assert_int_equal(store_job_claim(p->s, LEASE_MS, &j, NULL), 1);
        assert_int_equal(j.id, a.job_id);
        assert_int_equal(j.event_id, a.event_id);
        assert_string_equal(j.kind, "created");
        assert_string_equal(j.body, ev.body);
        assert_sound(p->path);
}

static void a_repeat_gets_the_ids_of_the_first(void **state) {
        struct place *p = *state;
        struct event ev = created(1, key_a);
        struct accepted a = accept_event(p->s, &ev), b = accept_event(p->s, &ev);

        assert_true(b.duplicate);
        assert_int_equal(b.event_id, a.event_id);
        assert_int_equal(b.job_id, a.job_id);
        assert_int_equal(b.ticket_id, 1);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), 1);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit"), 1);
}

static void what_differs_is_no_repeat(void **state) {
        struct place *p = *state;
        struct event ev = created(1, key_a), other_key = created(1, key_b), other_ticket = created(2, key_a),
                     no_key = created(1, NULL);

        accept_event(p->s, &ev);
        assert_false(accept_event(p->s, &other_key).duplicate);
        assert_false(accept_event(p->s, &other_ticket).duplicate);
        assert_false(accept_event(p->s, &no_key).duplicate);
        assert_false(accept_event(p->s, &no_key).duplicate);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), 5);
}

static void a_key_can_count_while_the_job_is_queued_only(void **state) {
        struct place *p = *state;
        struct event ev = created(1, key_a);
        struct job j _cleanup_job_ = {0};

        ev.window_ms = 60000;
        ev.while_queued = true;
        accept_event(p->s, &ev);
        assert_true(accept_event(p->s, &ev).duplicate);
        assert_int_equal(store_job_claim(p->s, LEASE_MS, &j, NULL), 1);
        assert_false(accept_event(p->s, &ev).duplicate);
        assert_true(accept_event(p->s, &ev).duplicate);
}

static void a_key_counts_for_its_window_only(void **state) {
        struct place *p = *state;
        struct event ev = created(1, key_a);

        ev.window_ms = 60000;
        struct accepted a = accept_event(p->s, &ev);
        assert_true(accept_event(p->s, &ev).duplicate);
        sql_run(p->path, "UPDATE event SET received_ms = received_ms - 60001");
        struct accepted b = accept_event(p->s, &ev);
        assert_false(b.duplicate);
        struct accepted c = accept_event(p->s, &ev);
        assert_true(c.duplicate);
        assert_int_equal(c.event_id, b.event_id);
        ev.window_ms = 0; // for ever: the very first
        assert_int_equal(accept_event(p->s, &ev).event_id, a.event_id);
}

static int64_t due_of(struct place *p, int64_t job_id) {
        sqlite3_stmt *st = NULL;
        sqlite3 *db = NULL;

        assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, "SELECT coalesce(due_ms, 0) FROM job WHERE id = ?1", -1, &st, NULL),
                         SQLITE_OK);
        sqlite3_bind_int64(st, 1, job_id);
        assert_int_equal(sqlite3_step(st), SQLITE_ROW);
        int64_t due = sqlite3_column_int64(st, 0);
        sqlite3_finalize(st);
        sqlite3_close(db);
        return due;
}

static void events_of_a_ticket_that_settles_are_one_job(void **state) {
        enum { QUIET_MS = 20000, MOST_MS = 30000 };
        struct place *p = *state;
        struct event ev = {.ticket_id = 7,
                           .kind = "created",
                           .body = "{}",
                           .settle_ms = QUIET_MS,
                           .settle_max_ms = MOST_MS};
        struct accepted first, second, third, api;
        struct job j;
        int64_t counts[JOB_STATE_COUNT_];

        assert_int_equal(store_accept_wait(p->s, &ev, &first, &p->e), 0);
        assert_int_equal(store_job_claim(p->s, LEASE_MS, &j, &p->e), 0);
        int64_t due = due_of(p, first.job_id);
        assert_int_equal(store_accept_wait(p->s, &ev, &second, &p->e), 0);
        assert_true(second.job_id > first.job_id);
        assert_int_equal(due_of(p, first.job_id), 0);
        assert_true(due_of(p, second.job_id) >= due);
        ev.settle_ms = 2 * MOST_MS; // longer than all of it may last
        assert_int_equal(store_accept_wait(p->s, &ev, &third, &p->e), 0);
        assert_int_equal(due_of(p, third.job_id), due - QUIET_MS + MOST_MS);

        assert_int_equal(store_job_counts(p->s, counts, &p->e), 0);
        assert_int_equal(counts[JOB_QUEUED], 1);
        assert_int_equal(counts[JOB_DROPPED], 2);

        // Somebody who asks for it does not wait, and what was asked for is not joined.
        struct event asked = {.ticket_id = 7, .kind = "reprocess", .body = "{}"};
        assert_int_equal(store_accept_wait(p->s, &asked, &api, &p->e), 0);
        assert_int_equal(store_accept_wait(p->s, &ev, &third, &p->e), 0);
        assert_int_equal(store_job_claim(p->s, LEASE_MS, &j, &p->e), 1);
        assert_int_equal(j.id, api.job_id);
        job_clear(&j);
}

static void local_tickets_get_ids_of_their_own(void **state) {
        struct place *p = *state;
        struct event ev = created(0, NULL);

        assert_int_equal(accept_event(p->s, &ev).ticket_id, STORE_LOCAL_TICKET);
        assert_int_equal(accept_event(p->s, &ev).ticket_id, STORE_LOCAL_TICKET + 1);
        sql_run(p->path, "DELETE FROM ticket");
        place_reopen(p);
        assert_int_equal(accept_event(p->s, &ev).ticket_id, STORE_LOCAL_TICKET + 2);
        ev.key = key_a;
        assert_int_equal(accept_event(p->s, &ev).ticket_id, STORE_LOCAL_TICKET + 3);
        struct accepted again = accept_event(p->s, &ev);
        assert_true(again.duplicate);
        assert_int_equal(again.ticket_id, STORE_LOCAL_TICKET + 3);
}

static void a_second_event_fills_only_what_is_empty(void **state) {
        struct place *p = *state;
        struct event first = created(1, NULL), second = created(1, NULL), third = created(1, NULL);
        struct ticket t _cleanup_ticket_ = {0};

        first.subject = "";
        accept_event(p->s, &first);
        second.subject = "Subject";
        second.description = "Description";
        accept_event(p->s, &second);
        third.subject = "Other";
        third.description = "Other";
        third.requester = "r@example.com";
        accept_event(p->s, &third);
        assert_int_equal(store_ticket(p->s, 1, &t, NULL), 1);
        assert_string_equal(t.subject, "Subject");
        assert_string_equal(t.description, "Description");
        assert_string_equal(t.requester, "r@example.com");
        assert_sound(p->path);
}

static void a_new_event_queues_a_decided_ticket_and_keeps_the_decision(void **state) {
        struct place *p = *state;
        char tier[] = "tier_1", category[] = "billing", action[] = "answer", words[] = "Hello";
        struct ticket d = {.tier = tier, .category = category, .action = action, .response = words, .confidence = 0.5};
        struct accepted a = accept_ticket(p->s, 1);
        struct job_change c = {
                        .job_id = a.job_id, .ticket_id = 1, .from = JOB_RUNNING, .to = JOB_RECORDED, .ticket = &d};
        struct ticket t _cleanup_ticket_ = {0};

        assert_int_equal(claim(p->s), a.job_id);
        assert_int_equal(store_job_change(p->s, &c, NULL), 0);
        accept_ticket(p->s, 1);
        assert_int_equal(store_ticket(p->s, 1, &t, NULL), 1);
        assert_int_equal(t.state, JOB_QUEUED);
        assert_string_equal(t.tier, "tier_1");
        assert_string_equal(t.response, "Hello");
        assert_sound(p->path);
}

static void a_claimed_event_is_born_running_and_taken(void **state) {
        struct place *p = *state;
        struct event ev = created(0, NULL);

        ev.claim = true;
        ev.lease_ms = LEASE_MS;
        struct accepted a = accept_event(p->s, &ev);
        struct ticket t _cleanup_ticket_ = {0};
        assert_true(a.claimed);
        assert_int_equal(claim(p->s), 0);
        assert_int_equal(store_ticket(p->s, a.ticket_id, &t, NULL), 1);
        assert_int_equal(t.state, JOB_RUNNING);
        assert_int_equal(change(p->s, &a, JOB_RUNNING, JOB_RECORDED), 0);
        assert_sound(p->path);
}

static void a_ticket_that_is_worked_on_cannot_be_claimed_with_an_event(void **state) {
        struct place *p = *state;
        struct accepted first = accept_ticket(p->s, 5);
        struct event ev = created(5, NULL);

        assert_int_equal(claim(p->s), first.job_id);
        ev.claim = true;
        ev.lease_ms = LEASE_MS;
        struct accepted a = accept_event(p->s, &ev);
        assert_false(a.claimed);
        assert_int_equal(change(p->s, &a, JOB_RUNNING, JOB_RECORDED), -ESTALE);
        assert_int_equal(change(p->s, &first, JOB_RUNNING, JOB_RECORDED), 0);
        assert_int_equal(claim(p->s), a.job_id);
}

static void never(void *arg, int r, const struct accepted *a, const struct error *e) {
        (void) arg, (void) r, (void) a, (void) e;
        fail_msg("called back");
}

static void a_malformed_event_is_refused_before_it_waits(void **state) {
        struct place *p = *state;
        const struct event bad[] = {
                        {.kind = NULL, .body = "{}"},
                        {.kind = "", .body = "{}"},
                        {.kind = "a\"b", .body = "{}"},
                        {.kind = "abcdefghijklmnop", .body = "{}"},
                        {.kind = "created", .body = NULL},
                        {.kind = "created", .body = "{}", .ticket_id = -1},
                        {.kind = "created", .body = "{}", .window_ms = -1},
                        {.kind = "created", .body = "{}", .claim = true, .lease_ms = 0},
        };
        struct accepted a;

        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                assert_int_equal(store_accept(p->s, &bad[i], never, NULL), -EINVAL);
                assert_int_equal(store_accept_wait(p->s, &bad[i], &a, &p->e), -EINVAL);
        }
}

struct tally {
        sem_t done;
        pthread_mutex_t lock;
        int64_t good, duplicates;
};

static void count(void *arg, int r, const struct accepted *a, const struct error *e) {
        struct tally *t = arg;

        (void) e;
        pthread_mutex_lock(&t->lock);
        t->good += r == 0;
        t->duplicates += r == 0 && a->duplicate;
        pthread_mutex_unlock(&t->lock);
        sem_post(&t->done);
}

// Each of 300 events three times, all at once: many of a group are repeats of others in it.
static void repeats_within_a_group_are_found(void **state) {
        enum { EVENTS = 300, TIMES = 3 };
        struct place *p = *state;
        struct tally t = {.lock = PTHREAD_MUTEX_INITIALIZER};
        char key[65];

        sem_init(&t.done, 0, 0);
        for (int i = 0; i < EVENTS * TIMES; i++) {
                snprintf(key, sizeof(key), "%064d", i % EVENTS);
                struct event ev = created(1 + i % EVENTS, key);
                assert_int_equal(store_accept(p->s, &ev, count, &t), 0);
        }
        for (int i = 0; i < EVENTS * TIMES; i++)
                sem_wait(&t.done);
        assert_int_equal(t.good, EVENTS * TIMES);
        assert_int_equal(t.duplicates, EVENTS * (TIMES - 1));
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM ticket"), EVENTS);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM job"), EVENTS);
        assert_sound(p->path);
        sem_destroy(&t.done);
}

static void closing_finishes_what_waits(void **state) {
        enum { EVENTS = 500 };
        struct place *p = *state;
        struct tally t = {.lock = PTHREAD_MUTEX_INITIALIZER};

        sem_init(&t.done, 0, 0);
        for (int i = 0; i < EVENTS; i++) {
                struct event ev = created(0, NULL);
                assert_int_equal(store_accept(p->s, &ev, count, &t), 0);
        }
        p->s = store_close(p->s);
        assert_int_equal(t.good, EVENTS);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), EVENTS);
        sem_destroy(&t.done);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(an_event_makes_a_job_a_ticket_and_an_audit_row),
                        TEST(a_repeat_gets_the_ids_of_the_first),
                        TEST(what_differs_is_no_repeat),
                        TEST(a_key_can_count_while_the_job_is_queued_only),
                        TEST(a_key_counts_for_its_window_only),
                        TEST(events_of_a_ticket_that_settles_are_one_job),
                        TEST(local_tickets_get_ids_of_their_own),
                        TEST(a_second_event_fills_only_what_is_empty),
                        TEST(a_new_event_queues_a_decided_ticket_and_keeps_the_decision),
                        TEST(a_claimed_event_is_born_running_and_taken),
                        TEST(a_ticket_that_is_worked_on_cannot_be_claimed_with_an_event),
                        TEST(a_malformed_event_is_refused_before_it_waits),
                        TEST(repeats_within_a_group_are_found),
                        TEST(closing_finishes_what_waits),
        };

        return cmocka_run_group_tests_name("store_events", tests, NULL, NULL);
}
