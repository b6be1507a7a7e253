// The outbox: steps come with a decision, go one after the other, and are written down before and after each attempt.
#include "store_fixture.h"

#include <pthread.h>

enum { STEPS_MAX = 100 };

static void must(int r) {
        assert_int_equal(r, 0);
}

static int decide(struct store *s, const struct accepted *a, const char *const *kinds, size_t n) {
        static char payload[] = "{\"body\":\"hello\"}";
        struct step steps[2] = {0};
        struct job_change c = {.job_id = a->job_id,
                               .ticket_id = a->ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_DELIVERING,
                               .steps = steps,
                               .n_steps = n};

        assert_true(n <= ARRAY_LEN(steps));
        for (size_t i = 0; i < n; i++) {
                str_copy(steps[i].kind, sizeof(steps[i].kind), kinds[i]);
                steps[i].payload = payload;
        }
        return store_job_change(s, &c, NULL);
}

static const char *const reply_and_update[] = {"reply", "update"};

static struct accepted delivering(struct store *s, int64_t ticket_id) {
        struct accepted a = accept_ticket(s, ticket_id);

        assert_int_equal(claim(s), a.job_id);
        must(decide(s, &a, reply_and_update, 2));
        return a;
}

// The kind of the next step, "" when there is none; its id in *id.
static char *next(struct store *s, int64_t job_id, int64_t *id) {
        static char kind[16];
        struct step st _cleanup_step_ = {0};
        int r = store_step_next(s, job_id, &st, NULL);

        assert_true(r >= 0);
        str_copy(kind, sizeof(kind), r ? st.kind : "");
        *id = st.id;
        return kind;
}

static void steps_are_taken_in_order_and_remembered(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        const struct audit_row sent = {.step = "sent", .detail = "{\"id\":5}"};
        struct step st _cleanup_step_ = {0};
        int64_t id, when;

        assert_string_equal(next(p->s, a.job_id, &id), "reply");
        must(store_step_begin(p->s, id, NULL));
        assert_int_equal(store_step_next(p->s, a.job_id, &st, NULL), 1);
        assert_int_equal(st.state, STEP_SENDING);
        assert_int_equal(st.attempts, 1);
        assert_true(st.first_ms > 1600000000000);
        assert_string_equal(st.payload, "{\"body\":\"hello\"}");
        must(store_last_reply(p->s, 1, &when, NULL));
        assert_int_equal(when, 0);
        must(store_step_end(p->s, id, STEP_DONE, 5, NULL, &sent, 1, NULL));
        must(store_last_reply(p->s, 1, &when, NULL));
        assert_true(when >= st.first_ms);

        assert_int_equal(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED), -EINVAL); // one is left
        assert_string_equal(next(p->s, a.job_id, &id), "update");
        must(store_step_begin(p->s, id, NULL));
        must(store_step_end(p->s, id, STEP_DONE, 0, NULL, NULL, 0, NULL));
        assert_string_equal(next(p->s, a.job_id, &id), "");
        must(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED));

        struct ticket t _cleanup_ticket_ = {0};
        assert_int_equal(store_ticket(p->s, 1, &t, NULL), 1);
        assert_true(t.delivered);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'sent' AND ticket_id = 1 AND "
                                          "job_id = 1"),
                         1);
        assert_sound(p->path);
}

static void a_failed_attempt_is_counted_and_tried_again(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        struct step st _cleanup_step_ = {0};
        int64_t id;

        next(p->s, a.job_id, &id);
        must(store_step_begin(p->s, id, NULL));
        must(store_step_end(p->s, id, STEP_WAITING, 0, "503", NULL, 0, NULL));
        int64_t first = sql_int(p->path, "SELECT first_ms FROM step WHERE id = 1");
        must(store_step_begin(p->s, id, NULL));
        must(store_step_end(p->s, id, STEP_WAITING, 0, "504", NULL, 0, NULL));
        assert_int_equal(store_step_next(p->s, a.job_id, &st, NULL), 1);
        assert_int_equal(st.attempts, 2);
        assert_int_equal(st.first_ms, first);
        assert_string_equal(st.error, "504");
        assert_int_equal(st.state, STEP_WAITING);
}

static void what_is_over_is_not_begun_or_ended_again(void **state) {
        struct place *p = *state;
        static const enum step_state over[] = {STEP_DONE, STEP_REFUSED, STEP_WITHHELD};

        for (size_t i = 0; i < ARRAY_LEN(over); i++) {
                struct accepted a = delivering(p->s, 1 + (int64_t) i);
                int64_t id, after;
                next(p->s, a.job_id, &id);
                must(store_step_begin(p->s, id, NULL));
                must(store_step_end(p->s, id, over[i], 0, NULL, NULL, 0, NULL));
                assert_int_equal(store_step_begin(p->s, id, NULL), -ESTALE);
                assert_int_equal(store_step_end(p->s, id, STEP_WAITING, 0, NULL, NULL, 0, NULL), -ESTALE);
                assert_string_equal(next(p->s, a.job_id, &after), "update");
        }
        assert_int_equal(store_step_begin(p->s, 999, NULL), -ENOENT);
        assert_int_equal(store_step_end(p->s, 999, STEP_DONE, 0, NULL, NULL, 0, NULL), -ENOENT);
}

struct attempt {
        struct store *s;
        int64_t step_id;
        int r;
};

static void *begin_elsewhere(void *arg) {
        struct attempt *a = arg;

        a->r = store_step_begin(a->s, a->step_id, NULL);
        return NULL;
}

static void only_who_holds_the_job_may_begin(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        struct job_change later = {.job_id = a.job_id,
                                   .ticket_id = 1,
                                   .from = JOB_DELIVERING,
                                   .to = JOB_DELIVERING,
                                   .run_after_ms = INT64_MAX / 2};
        struct attempt other = {.s = p->s};
        pthread_t thread;

        next(p->s, a.job_id, &other.step_id);
        assert_int_equal(pthread_create(&thread, NULL, begin_elsewhere, &other), 0);
        pthread_join(thread, NULL);
        assert_int_equal(other.r, -ESTALE);
        must(store_job_change(p->s, &later, NULL));
        assert_int_equal(store_step_begin(p->s, other.step_id, NULL), -ESTALE);
        // What was done is written down even without a lease.
        must(store_step_end(p->s, other.step_id, STEP_DONE, 0, NULL, NULL, 0, NULL));
}

static void a_cut_off_attempt_is_still_there_after_a_restart(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        struct step st _cleanup_step_ = {0};
        int64_t id;

        next(p->s, a.job_id, &id);
        must(store_step_begin(p->s, id, NULL));
        place_reopen(p);
        assert_int_equal(claim(p->s), a.job_id);
        assert_int_equal(store_step_next(p->s, a.job_id, &st, NULL), 1);
        assert_int_equal(st.id, id);
        assert_int_equal(st.state, STEP_SENDING);
        must(store_step_begin(p->s, id, NULL));
}

static int64_t in_state(struct place *p, const char *step_state) {
        char *sql _cleanup_free_ = str_printf("SELECT count(*) FROM step WHERE state = '%s'", step_state);

        return sql_int(p->path, sql);
}

static void a_new_decision_replaces_what_is_unsent(void **state) {
        struct place *p = *state;
        static const char *const note[] = {"note"};
        struct accepted a = delivering(p->s, 1);
        int64_t id;

        next(p->s, a.job_id, &id);
        must(store_step_begin(p->s, id, NULL));
        must(store_step_end(p->s, id, STEP_DONE, 9, NULL, NULL, 0, NULL));
        must(change(p->s, &a, JOB_DELIVERING, JOB_QUEUED));
        assert_int_equal(claim(p->s), a.job_id);
        must(decide(p->s, &a, note, 1));
        assert_int_equal(in_state(p, "done"), 1);
        assert_int_equal(in_state(p, "withheld"), 1);
        assert_string_equal(next(p->s, a.job_id, &id), "note");
        assert_sound(p->path);
}

static void a_newer_jobs_decision_supersedes_an_older_ones_delivery(void **state) {
        struct place *p = *state;
        struct accepted old = delivering(p->s, 1);
        struct job_change later = {.job_id = old.job_id,
                                   .ticket_id = 1,
                                   .from = JOB_DELIVERING,
                                   .to = JOB_DELIVERING,
                                   .run_after_ms = INT64_MAX / 2};
        int64_t id;

        must(store_job_change(p->s, &later, NULL));
        struct accepted new = delivering(p->s, 1);
        assert_int_equal(sql_int(p->path, "SELECT state = 'dropped' FROM job WHERE id = 1"), 1);
        assert_int_equal(in_state(p, "withheld"), 2);
        assert_int_equal(in_state(p, "waiting"), 2);
        assert_string_equal(next(p->s, old.job_id, &id), "");
        assert_string_equal(next(p->s, new.job_id, &id), "reply");
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'superseded'"), 1);
        assert_sound(p->path);
}

// Nobody knows whether it was sent: that must be found out before anything else is.
static void an_attempt_cut_off_is_not_withheld(void **state) {
        struct place *p = *state;
        struct accepted old = delivering(p->s, 1);
        struct job_change later = {.job_id = old.job_id,
                                   .ticket_id = 1,
                                   .from = JOB_DELIVERING,
                                   .to = JOB_DELIVERING,
                                   .run_after_ms = INT64_MAX / 2};
        int64_t id, same;

        next(p->s, old.job_id, &id);
        must(store_step_begin(p->s, id, NULL));
        must(store_job_change(p->s, &later, NULL));
        delivering(p->s, 1);
        assert_string_equal(next(p->s, old.job_id, &same), "reply");
        assert_int_equal(same, id);
        assert_int_equal(sql_int(p->path, "SELECT state = 'delivering' FROM job WHERE id = 1"), 1);
        assert_sound(p->path);
}

// Another worker may take the job in the very moment that it is given back: it must know why.
static void a_step_is_over_in_one_with_its_jobs_move(void **state) {
        struct place *p = *state;
        static const enum job_state to[] = {JOB_DROPPED, JOB_FAILED, JOB_QUEUED};

        for (size_t i = 0; i < ARRAY_LEN(to); i++) {
                struct accepted a = delivering(p->s, 1 + (int64_t) i);
                struct step *steps = NULL;
                size_t n = 0;
                int64_t id;

                assert_string_equal(next(p->s, a.job_id, &id), "reply");
                must(store_step_begin(p->s, id, NULL));
                must(store_job_change(p->s,
                                      &(struct job_change){.job_id = a.job_id,
                                                           .ticket_id = a.ticket_id,
                                                           .from = JOB_DELIVERING,
                                                           .to = to[i],
                                                           .step_id = id,
                                                           .step_state = STEP_WITHHELD,
                                                           .step_error = "a person took the ticket"},
                                      NULL));
                must(store_steps(p->s, a.ticket_id, 10, &steps, &n, NULL));
                assert_int_equal(n, 2);
                assert_int_equal(steps[0].state, STEP_WITHHELD);
                assert_string_equal(steps[0].error, "a person took the ticket");
                for (size_t k = 0; k < n; k++)
                        step_clear(&steps[k]);
                free(steps);
        }
        assert_sound(p->path);
}

static void a_dropped_job_withholds_its_steps(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = 1,
                               .from = JOB_DELIVERING,
                               .to = JOB_DROPPED,
                               .error = "a person was faster"};
        struct step *steps = NULL;
        size_t n = 0;

        must(store_job_change(p->s, &c, NULL));
        must(store_steps(p->s, 1, STEPS_MAX, &steps, &n, NULL));
        assert_int_equal(n, 2);
        for (size_t i = 0; i < n; i++) {
                assert_int_equal(steps[i].state, STEP_WITHHELD);
                assert_string_equal(steps[i].error, "a person was faster");
                step_clear(&steps[i]);
        }
        free(steps);
}

static void a_failed_job_shows_its_steps_as_they_are(void **state) {
        struct place *p = *state;
        struct accepted a = delivering(p->s, 1);
        int64_t id;

        next(p->s, a.job_id, &id);
        must(store_step_begin(p->s, id, NULL));
        must(store_step_end(p->s, id, STEP_REFUSED, 0, "400", NULL, 0, NULL));
        must(change(p->s, &a, JOB_DELIVERING, JOB_FAILED));
        assert_int_equal(in_state(p, "refused"), 1);
        assert_int_equal(in_state(p, "waiting"), 1);
}

static void steps_of_a_ticket_come_oldest_first_and_at_most_so_many(void **state) {
        struct place *p = *state;
        struct step *steps = NULL;
        size_t n = 0;

        delivering(p->s, 1);
        delivering(p->s, 2);
        must(store_steps(p->s, 1, STEPS_MAX, &steps, &n, NULL));
        assert_int_equal(n, 2);
        assert_string_equal(steps[0].kind, "reply");
        assert_string_equal(steps[1].kind, "update");
        for (size_t i = 0; i < n; i++)
                step_clear(&steps[i]);
        free(steps);
        must(store_steps(p->s, 1, 1, &steps, &n, NULL));
        assert_int_equal(n, 1);
        step_clear(&steps[0]);
        free(steps);
        must(store_steps(p->s, 3, STEPS_MAX, &steps, &n, NULL));
        assert_int_equal(n, 0);
        free(steps);
}

static int64_t replies_to(struct place *p, const char *who, int64_t since_ms, int64_t but) {
        int64_t n = -1;

        must(store_replies_to(p->s, who, since_ms, but, &n, &p->e));
        return n;
}

static void replies_to_a_requester_are_counted_over_tickets(void **state) {
        struct place *p = *state;
        static const char *const who[] = {"Robin@Example.com", "robin@example.com", "sam@example.com"};
        int64_t ids[ARRAY_LEN(who)];

        for (size_t i = 0; i < ARRAY_LEN(who); i++) {
                struct event ev = {.ticket_id = (int64_t) i + 1, .kind = "created", .body = "{}", .requester = who[i]};
                struct accepted a;
                must(store_accept_wait(p->s, &ev, &a, &p->e));
                assert_int_equal(claim(p->s), a.job_id);
                must(decide(p->s, &a, reply_and_update, 2));
                (void) next(p->s, a.job_id, &ids[i]);
                assert_int_equal(replies_to(p, who[i], 0, 0), (int64_t) (i == 1));
                must(store_step_begin(p->s, ids[i], NULL));
                if (i != 1) // of the second it is not known
                        must(store_step_end(p->s, ids[i], STEP_DONE, 50, NULL, NULL, 0, NULL));
        }
        assert_int_equal(replies_to(p, "ROBIN@example.COM", 0, 0), 2);
        assert_int_equal(replies_to(p, "robin@example.com", 0, ids[1]), 1);
        assert_int_equal(replies_to(p, "robin@example.com", INT64_MAX - 1, 0), 0);
        assert_int_equal(replies_to(p, "sam@example.com", 0, 0), 1);
        assert_int_equal(replies_to(p, "robin", 0, 0), 0);
        must(store_step_end(p->s, ids[1], STEP_WITHHELD, 0, "x", NULL, 0, NULL));
        assert_int_equal(replies_to(p, "robin@example.com", 0, 0), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(steps_are_taken_in_order_and_remembered),
                        TEST(a_failed_attempt_is_counted_and_tried_again),
                        TEST(what_is_over_is_not_begun_or_ended_again),
                        TEST(only_who_holds_the_job_may_begin),
                        TEST(a_cut_off_attempt_is_still_there_after_a_restart),
                        TEST(a_new_decision_replaces_what_is_unsent),
                        TEST(a_newer_jobs_decision_supersedes_an_older_ones_delivery),
                        TEST(an_attempt_cut_off_is_not_withheld),
                        TEST(a_step_is_over_in_one_with_its_jobs_move),
                        TEST(a_dropped_job_withholds_its_steps),
                        TEST(a_failed_job_shows_its_steps_as_they_are),
                        TEST(replies_to_a_requester_are_counted_over_tickets),
                        TEST(steps_of_a_ticket_come_oldest_first_and_at_most_so_many),
        };

        return cmocka_run_group_tests_name("store_outbox", tests, NULL, NULL);
}
