// Automatic answers: which replies are some, what is held against them, and how they are counted.
#include "store_fixture.h"

#include "base/clock.h"
#include "store/answers.h"

enum { HOUR_MS_ = 3600000 };
static const int64_t WATCH_MS = 72 * (int64_t) HOUR_MS_;

static void must(int r) {
        assert_int_equal(r, 0);
}

// A ticket that was decided so, with its reply confirmed.
static void replied(struct place *p, int64_t ticket_id, const char *mode, const char *action) {
        static char payload[] = "{}";
        char tier[] = "tier_1", category[] = "billing", sources[] = "[{\"document\":\"a.txt\",\"title\":\"A\"}]";
        struct accepted a = accept_ticket(p->s, ticket_id);
        struct ticket t = {.id = ticket_id,
                           .tier = tier,
                           .category = category,
                           .mode = (char *) (uintptr_t) mode,
                           .action = (char *) (uintptr_t) action,
                           .confidence = 0.9,
                           .sources = sources};
        struct step step = {.kind = "reply", .payload = payload}, st _cleanup_step_ = {0};
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = a.ticket_id,
                               .from = JOB_RUNNING,
                               .to = JOB_DELIVERING,
                               .ticket = &t,
                               .steps = &step,
                               .n_steps = 1};

        assert_int_equal(claim(p->s), a.job_id);
        must(store_job_change(p->s, &c, NULL));
        assert_int_equal(store_step_next(p->s, a.job_id, &st, NULL), 1);
        must(store_step_begin(p->s, st.id, NULL));
        must(store_step_end(p->s, st.id, STEP_DONE, 5, NULL, NULL, 0, NULL));
        must(change(p->s, &a, JOB_DELIVERING, JOB_DELIVERED));
}

struct counts {
        int64_t by[ANSWER_FATE_COUNT_], all;
};

static void add(void *arg, const struct answer_count *row) {
        struct counts *c = arg;

        assert_string_equal(row->category, "billing");
        assert_int_equal(strlen(row->day), 10);
        c->by[row->fate] += row->answers;
        c->all += row->answers;
}

static struct counts count(struct place *p, int64_t watch_ms) {
        struct counts c = {0};

        must(store_answer_counts(p->s, 0, INT64_MAX, watch_ms, add, &c, NULL));
        return c;
}

static int64_t say(struct place *p, const struct feedback *f) {
        const struct audit_row row = {.step = "feedback", .detail = "{}"};
        int64_t id = -1;

        must(store_feedback_put(p->s, f, &row, &id, NULL));
        return id;
}

static void only_what_goes_out_unasked_is_an_automatic_answer(void **state) {
        struct place *p = *state;
        struct given_answer a;

        replied(p, 1, "auto", "auto_resolve");
        replied(p, 2, "auto", "answer");
        replied(p, 3, "auto", "escalate"); // an acknowledgement
        replied(p, 4, "approved", "answer");
        assert_int_equal(count(p, WATCH_MS).all, 2);
        assert_int_equal(count(p, WATCH_MS).by[ANSWER_WAITING], 2);
        assert_int_equal(count(p, 0).by[ANSWER_HELD], 2);
        assert_int_equal(store_answer(p->s, 2, &a, NULL), 1);
        assert_string_equal(a.tier, "tier_1");
        assert_false(a.failed);
        assert_int_equal(store_answer(p->s, 4, &a, NULL), 0);
}

static void a_second_reply_and_an_agents_word_count_against_it(void **state) {
        struct place *p = *state;
        struct counts c;

        for (int64_t id = 1; id <= 5; id++)
                replied(p, id, "auto", "answer");
        replied(p, 1, "auto", "answer");
        replied(p, 2, "approved", "answer");
        (void) say(p, &(struct feedback){.ticket_id = 3, .answer = "incomplete"});
        (void) say(p, &(struct feedback){.ticket_id = 4, .category = "account"});
        (void) say(p, &(struct feedback){.ticket_id = 5, .tier = "tier_1", .answer = "right"});
        c = count(p, WATCH_MS);
        assert_int_equal(c.by[ANSWER_AGAIN], 2);
        assert_int_equal(c.by[ANSWER_CORRECTED], 2);
        assert_int_equal(c.by[ANSWER_WAITING], 2);
        assert_int_equal(c.all, 6);
        assert_sound(p->path);
}

static void what_comes_after_the_hours_does_not_count(void **state) {
        struct place *p = *state;
        struct feedback f = {.ticket_id = 1, .answer = "wrong", .fate = "reopened"};

        replied(p, 1, "auto", "answer");
        f.at_ms = clock_now_ms() + 2 * HOUR_MS_;
        (void) say(p, &f);
        assert_int_equal(count(p, HOUR_MS_).by[ANSWER_WAITING], 1);
        assert_int_equal(count(p, 3 * HOUR_MS_).by[ANSWER_REOPENED], 1);
        assert_sound(p->path);
}

static void the_same_is_written_once(void **state) {
        struct place *p = *state;
        struct feedback f = {.ticket_id = 1, .tier = "complex", .by = "freshdesk", .once_since_ms = 1};

        replied(p, 1, "auto", "answer");
        assert_true(say(p, &f) > 0);
        assert_int_equal(say(p, &f), 0);
        f.category = "account";
        assert_true(say(p, &f) > 0);
        f.category = NULL;
        assert_true(say(p, &f) > 0);
        f.by = "ada";
        assert_true(say(p, &f) > 0);
        f.once_since_ms = clock_now_ms() + HOUR_MS_;
        assert_true(say(p, &f) > 0);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM feedback"), 5);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'feedback'"), 5);
}

struct known {
        int n, right;
};

static void know(void *arg, const struct known_decision *row) {
        struct known *k = arg;

        assert_string_equal(row->category, "billing");
        assert_string_equal(row->tier, "tier_1");
        assert_true(row->confidence > 0.8);
        k->n++;
        k->right += row->right;
}

static void the_truth_of_a_decision_is_what_agents_said_else_what_became_of_it(void **state) {
        struct place *p = *state;
        struct known k = {0};

        for (int64_t id = 1; id <= 5; id++)
                replied(p, id, "auto", "answer");
        replied(p, 6, "draft", "answer");
        (void) say(p, &(struct feedback){.ticket_id = 1, .tier = "complex"});
        (void) say(p, &(struct feedback){.ticket_id = 2, .answer = "right"});
        (void) say(p, &(struct feedback){.ticket_id = 6, .tier = "tier_1"});
        replied(p, 3, "auto", "answer");
        must(store_known_decisions(p->s, 0, WATCH_MS, 100, know, &k, NULL));
        assert_int_equal(k.n, 4); // 1, 2, 6, and the first answer to 3
        assert_int_equal(k.right, 2);
        k = (struct known){0};
        must(store_known_decisions(p->s, 0, 0, 100, know, &k, NULL));
        assert_int_equal(k.n, 7);
}

static void document(void *arg, const char *name, int64_t answers, int64_t failed) {
        int64_t *n = arg;

        assert_string_equal(name, "a.txt");
        n[0] += answers;
        n[1] += failed;
}

static void documents_are_counted_and_looks_are_remembered(void **state) {
        struct place *p = *state;
        struct given_answer a;
        int64_t n[2] = {0};

        replied(p, 1, "auto", "answer");
        replied(p, 2, "auto", "answer");
        (void) say(p, &(struct feedback){.ticket_id = 2, .answer = "wrong"});
        must(store_answer_documents(p->s, 0, document, n, NULL));
        assert_int_equal(n[0], 2);
        assert_int_equal(n[1], 1);
        must(store_answer_looked(p->s, 1, 7000, NULL));
        must(store_answer_looked(p->s, 1, 6000, NULL));
        assert_int_equal(store_answer(p->s, 1, &a, NULL), 1);
        assert_int_equal(a.looked_ms, 7000);
}

enum { DAYS_ = 12, CATEGORIES_ = 3, DAY_MS_ = 24 * HOUR_MS_ };
static const char *const category_names[CATEGORIES_] = {"account", "billing", "technical"};

struct grid { // answers by day since grid.from_ms, category and fate
        int64_t from_ms, n[DAYS_ + 2][CATEGORIES_][ANSWER_FATE_COUNT_];
};

static int64_t *cell(struct grid *g, int64_t at_ms, const char *category, enum answer_fate fate) {
        int c = 0;

        while (strcmp(category_names[c], category) != 0)
                c++;
        return &g->n[at_ms / DAY_MS_ - g->from_ms / DAY_MS_][c][fate];
}

static void take_count(void *arg, const struct answer_count *row) {
        char stamp[32];
        int64_t ms = 0;

        snprintf(stamp, sizeof(stamp), "%sT00:00:00Z", row->day);
        must(clock_parse_iso(stamp, &ms));
        *cell(arg, ms, row->category, row->fate) += row->answers;
}

struct looking {
        struct grid *g;
        int64_t to_ms;
};

static void take_each(void *arg, const char *category, int64_t at_ms, enum answer_fate fate) {
        struct looking *l = arg;

        if (at_ms < l->to_ms)
                ++*cell(l->g, at_ms, category, fate);
}

// Written as before they were kept counted, and brought up to date.
static void answers_of_days(struct place *p, int64_t from_ms) {
        char *sql _cleanup_free_ = str_printf(
                        "DROP TABLE answer_tally; PRAGMA user_version = 8;"
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                        "INSERT INTO answer(id, ticket_id, at_ms, tier, category, confidence, failed, failed_ms) "
                        "SELECT i, i, %lld + i * 331777, 'tier_1', "
                        "CASE i %% 3 WHEN 0 THEN 'billing' WHEN 1 THEN 'account' ELSE 'technical' END, 0.5, "
                        "CASE i %% 7 WHEN 0 THEN 'reopened' WHEN 1 THEN 'corrected' WHEN 2 THEN 'answered_again' END, "
                        "CASE WHEN i %% 7 < 3 THEN %lld + i * 331777 + (i %% 11 - 1) * 3600000 + i %% 3 - 1 END FROM n",
                        (long long) from_ms, (long long) from_ms);

        accept_ticket(p->s, 1);
        p->s = store_close(p->s);
        sql_run(p->path, sql);
        place_reopen(p);
        assert_sound(p->path);
}

static void days_that_are_kept_counted_say_what_each_answer_says(void **state) {
        struct place *p = *state;
        int64_t day = DAY_MS_, first = (clock_now_ms() / day - 10) * day + 5000; // to a day and a half after now
        const int64_t watches[] = {0, HOUR_MS_, 5 * HOUR_MS_, 3 * day, 30 * day};
        const int64_t spans[][2] = {{0, DAYS_ * day},        {day - 5000, 3 * day - 5000},  {HOUR_MS_, 2 * HOUR_MS_},
                                    {day / 2, 9 * day + 77}, {3 * day - 5000, 3 * day + 1}, {day, day}};

        answers_of_days(p, first);
        for (size_t w = 0; w < ARRAY_LEN(watches); w++)
                for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
                        struct grid kept = {.from_ms = first}, each = {.from_ms = first};
                        struct looking l = {&each, first + spans[i][1]};
                        must(store_answer_counts(p->s, first + spans[i][0], l.to_ms, watches[w], take_count, &kept,
                                                 NULL));
                        must(store_answers(p->s, first + spans[i][0], watches[w], 5000, take_each, &l, NULL));
                        assert_memory_equal(&kept, &each, sizeof(kept));
                }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(only_what_goes_out_unasked_is_an_automatic_answer, place_open,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(a_second_reply_and_an_agents_word_count_against_it, place_open,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(what_comes_after_the_hours_does_not_count, place_open,
                                                        place_free),
                        cmocka_unit_test_setup_teardown(the_same_is_written_once, place_open, place_free),
                        cmocka_unit_test_setup_teardown(
                                        the_truth_of_a_decision_is_what_agents_said_else_what_became_of_it, place_open,
                                        place_free),
                        cmocka_unit_test_setup_teardown(days_that_are_kept_counted_say_what_each_answer_says,
                                                        place_open, place_free),
                        cmocka_unit_test_setup_teardown(documents_are_counted_and_looks_are_remembered, place_open,
                                                        place_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
