// Tickets as they are read: whole, in lists, in the audit trail, in statistics.
#include "store_fixture.h"

#include "base/clock.h"

enum { DAY = 86400000 };

static void must(int r) {
        assert_int_equal(r, 0);
}

#define BORROWED(s) ((char *) (uintptr_t) (s)) // struct ticket owns its texts; what is only written may be a literal

static struct ticket decision(const char *tier, const char *category, const char *action, const char *mode) {
        return (struct ticket){.subject = BORROWED("As read"),
                               .description = BORROWED("Description as read"),
                               .requester = BORROWED("reader@example.com"),
                               .priority = 3,
                               .tier = BORROWED(tier),
                               .category = BORROWED(category),
                               .method = BORROWED("zero_shot"),
                               .action = BORROWED(action),
                               .mode = BORROWED(mode),
                               .confidence = 0.75,
                               .reason = BORROWED("sure enough"),
                               .response = BORROWED("Hello"),
                               .sources = BORROWED("[{\"document\":\"a.txt\"}]"),
                               .duration_ms = 12,
                               .model = BORROWED("m1"),
                               .knowledge = BORROWED("k1")};
}

// A ticket with this decision, its job brought to `to` through delivery where that leads there.
static struct accepted decided(struct store *s, int64_t id, const struct ticket *d, enum job_state to) {
        struct accepted a = accept_ticket(s, id);
        bool delivery = to == JOB_DELIVERED || to == JOB_DELIVERING;
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = id,
                               .from = JOB_RUNNING,
                               .to = delivery ? JOB_DELIVERING : to,
                               .ticket = d};

        assert_int_equal(claim(s), a.job_id);
        must(store_job_change(s, &c, NULL));
        if (to == JOB_DELIVERED)
                must(change(s, &a, JOB_DELIVERING, JOB_DELIVERED));
        return a;
}

static void a_decision_is_read_back_whole(void **state) {
        struct place *p = *state;
        struct ticket d = decision("tier_1", "billing", "answer", "auto"), t _cleanup_ticket_ = {0};

        decided(p->s, 5, &d, JOB_RECORDED);
        assert_int_equal(store_ticket(p->s, 5, &t, NULL), 1);
        assert_int_equal(t.id, 5);
        assert_string_equal(t.subject, "As read");
        assert_string_equal(t.description, "Description as read");
        assert_string_equal(t.requester, "reader@example.com");
        assert_int_equal(t.priority, 3);
        assert_int_equal(t.state, JOB_RECORDED);
        assert_string_equal(t.tier, "tier_1");
        assert_string_equal(t.category, "billing");
        assert_string_equal(t.method, "zero_shot");
        assert_string_equal(t.action, "answer");
        assert_string_equal(t.mode, "auto");
        assert_true(t.confidence == 0.75);
        assert_string_equal(t.reason, "sure enough");
        assert_string_equal(t.response, "Hello");
        assert_string_equal(t.sources, "[{\"document\":\"a.txt\"}]");
        assert_false(t.delivered);
        assert_int_equal(t.duration_ms, 12);
        assert_string_equal(t.model, "m1");
        assert_string_equal(t.knowledge, "k1");
        assert_null(t.error);
        assert_true(t.seq > 0);
}

static void no_such_ticket_is_no_error(void **state) {
        struct place *p = *state;
        struct ticket t = {0};

        assert_int_equal(store_ticket(p->s, 404, &t, &p->e), 0);
        assert_int_equal(p->e.code, ERROR_NONE);
}

static void a_second_decision_replaces_the_first_and_keeps_what_it_does_not_know(void **state) {
        struct place *p = *state;
        struct ticket d = decision("tier_1", "billing", "answer", "auto"), t _cleanup_ticket_ = {0};
        struct ticket bare = {.tier = BORROWED("complex"), .action = BORROWED("escalate")};

        decided(p->s, 5, &d, JOB_DELIVERED);
        decided(p->s, 5, &bare, JOB_RECORDED);
        assert_int_equal(store_ticket(p->s, 5, &t, NULL), 1);
        assert_string_equal(t.tier, "complex");
        assert_null(t.category);
        assert_null(t.response);
        assert_null(t.sources);
        assert_false(t.delivered);
        assert_string_equal(t.subject, "As read");
        assert_string_equal(t.description, "Description as read");
        assert_int_equal(t.priority, 3);
        assert_sound(p->path);
}

// ---- lists

struct list {
        struct ticket *tickets;
        size_t n;
};

static struct list listed(struct store *s, const struct ticket_filter *f) {
        struct list l = {0};
        struct error e = ERROR_INIT;

        if (store_tickets(s, f, &l.tickets, &l.n, &e) < 0)
                fail_msg("%s", e.message);
        return l;
}

static void list_free(struct list *l) {
        for (size_t i = 0; i < l->n; i++)
                ticket_clear(&l->tickets[i]);
        free(l->tickets);
}
#define _cleanup_list_ _cleanup_(list_free)

static void a_cursor_walks_all_tickets_once_newest_first(void **state) {
        struct place *p = *state;
        struct ticket_filter f = {.limit = 3};
        int64_t expected = 10;

        for (int64_t i = 1; i <= 10; i++)
                accept_ticket(p->s, i);
        accept_ticket(p->s, 1); // again: order is that of arrival
        for (int page = 0; page < 4; page++) {
                struct list l _cleanup_list_ = listed(p->s, &f);
                assert_int_equal(l.n, page < 3 ? 3 : 1);
                for (size_t i = 0; i < l.n; i++) {
                        assert_int_equal(l.tickets[i].id, expected--);
                        assert_null(l.tickets[i].description);
                        assert_null(l.tickets[i].response);
                        assert_null(l.tickets[i].sources);
                }
                f.before = l.tickets[l.n - 1].seq;
        }
        struct list end _cleanup_list_ = listed(p->s, &f);
        assert_int_equal(end.n, 0);
}

static void filters_pick_and_combine(void **state) {
        struct place *p = *state;
        struct ticket a = decision("tier_1", "billing", "answer", "auto"),
                      b = decision("tier_1", "account", "auto_resolve", "auto"),
                      c = decision("complex", "billing", "escalate", "auto");
        const struct {
                struct ticket_filter f;
                size_t n;
        } cases[] = {
                        {{.tier = "tier_1"}, 2},
                        {{.category = "billing"}, 2},
                        {{.action = "escalate"}, 1},
                        {{.state = "queued"}, 1},
                        {{.state = "recorded"}, 2},
                        {{.state = "delivered"}, 1},
                        {{.tier = "tier_1", .category = "billing"}, 1},
                        {{.tier = "tier_1", .category = "billing", .action = "answer", .state = "recorded"}, 1},
                        {{.tier = "tier_1", .action = "escalate"}, 0},
                        {{.tier = "' OR 1=1 --"}, 0},
                        {{.state = ""}, 0},
                        {{0}, 4},
        };

        decided(p->s, 1, &a, JOB_RECORDED);
        decided(p->s, 2, &b, JOB_DELIVERED);
        decided(p->s, 3, &c, JOB_RECORDED);
        accept_ticket(p->s, 4);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct ticket_filter f = cases[i].f;
                f.limit = 100;
                struct list l _cleanup_list_ = listed(p->s, &f);
                assert_int_equal(l.n, cases[i].n);
        }
}

static void a_search_finds_each_word_in_subject_or_requester(void **state) {
        struct place *p = *state;
        const struct {
                const char *search;
                size_t n;
        } cases[] = {
                        {"password", 1},
                        {"PASSWORD", 1},
                        {"pass", 1},
                        {"alice", 1},
                        {"password alice", 1},
                        {"  alice\t password ", 1},
                        {"bob password", 0},
                        {"100%", 1},
                        {"0%o", 0},
                        {"a_b", 1},
                        {"axb", 0},
                        {"\\", 1},
                        {"'", 0},
                        {"\xc3\xa9t\xc3\xa9", 1},
                        {"", 3},
                        {"   ", 3},
                        {"nothing", 0},
                        {"%", 1},
                        {"_", 1},
        };
        struct event ev = {.ticket_id = 1,
                           .kind = "created",
                           .body = "{}",
                           .subject = "Password reset",
                           .requester = "alice@example.com"};

        accept_event(p->s, &ev);
        ev = (struct event){.ticket_id = 2,
                            .kind = "created",
                            .body = "{}",
                            .subject = "100% off a_b \\ \xc3\xa9t\xc3\xa9",
                            .requester = "Bob"};
        accept_event(p->s, &ev);
        ev = (struct event){.ticket_id = 3, .kind = "created", .body = "{}"};
        accept_event(p->s, &ev);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct ticket_filter f = {.search = cases[i].search, .limit = 100};
                struct list l _cleanup_list_ = listed(p->s, &f);
                if (l.n != cases[i].n)
                        fail_msg("\"%s\" finds %zu", cases[i].search, l.n);
        }
}

static void a_search_has_limits(void **state) {
        struct place *p = *state;
        char many[260], words[256];
        struct ticket_filter f = {.search = many, .limit = 10};
        struct ticket *tickets = NULL;
        size_t n;

        memset(many, 'a', sizeof(many) - 1);
        many[sizeof(many) - 1] = '\0';
        assert_int_equal(store_tickets(p->s, &f, &tickets, &n, &p->e), -EINVAL);
        assert_int_equal(p->e.code, ERROR_INVALID_REQUEST);
        for (size_t i = 0; i < sizeof(words); i++)
                words[i] = i % 2 ? ' ' : '%';
        words[sizeof(words) - 1] = '\0';
        f.search = words;
        struct list l _cleanup_list_ = listed(p->s, &f);
        assert_int_equal(l.n, 0);
}

// ---- audit

struct trail {
        int64_t last, n;
        char steps[512];
};

static void follow(void *arg, const struct audit_row *row) {
        struct trail *t = arg;

        assert_true(row->id > t->last);
        assert_true(row->at_ms > 1600000000000);
        t->last = row->id;
        t->n++;
        size_t at = strlen(t->steps);
        snprintf(t->steps + at, sizeof(t->steps) - at, "%lld:%s ", (long long) row->ticket_id, row->step);
}

static void the_audit_trail_is_in_order_and_has_a_cursor(void **state) {
        struct place *p = *state;
        const struct audit_row rows[] = {{.step = "read", .detail = "{}"},
                                         {.step = "decided", .detail = NULL},
                                         {.ticket_id = 2, .step = "merged", .detail = "{}"}};
        struct accepted a = accept_ticket(p->s, 1);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = 1,
                               .from = JOB_RUNNING,
                               .to = JOB_RECORDED,
                               .audit = rows,
                               .n_audit = ARRAY_LEN(rows)};
        struct trail all = {0}, one = {0}, part = {0};

        accept_ticket(p->s, 2);
        assert_int_equal(claim(p->s), a.job_id);
        must(store_job_change(p->s, &c, NULL));
        must(store_audit(p->s, 0, 0, 100, follow, &all, NULL));
        assert_string_equal(all.steps, "1:received 2:received 1:read 1:decided 2:merged ");
        must(store_audit(p->s, 1, 0, 100, follow, &one, NULL));
        assert_string_equal(one.steps, "1:received 1:read 1:decided ");
        must(store_audit(p->s, 0, 0, 2, follow, &part, NULL));
        assert_int_equal(part.n, 2);
        must(store_audit(p->s, 0, part.last, 100, follow, &part, NULL));
        assert_string_equal(part.steps, all.steps);
}

static void a_change_that_fails_leaves_no_audit(void **state) {
        struct place *p = *state;
        const struct audit_row row = {.step = "decided", .detail = "{}"};
        struct accepted a = accept_ticket(p->s, 1);
        struct job_change c = {.job_id = a.job_id,
                               .ticket_id = 1,
                               .from = JOB_RUNNING,
                               .to = JOB_RECORDED,
                               .audit = &row,
                               .n_audit = 1};

        assert_int_equal(store_job_change(p->s, &c, NULL), -ESTALE);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit"), 1);
}

// ---- statistics

static void statistics_count_each_ticket_once(void **state) {
        struct place *p = *state;
        struct ticket resolve = decision("tier_1", "billing", "auto_resolve", "auto"),
                      answer = decision("tier_2", "billing", "answer", "auto"),
                      escalate = decision("complex", "technical", "escalate", "auto"),
                      draft = decision("tier_1", "billing", "auto_resolve", "draft"),
                      shadow = decision("tier_1", "billing", "auto_resolve", "shadow");
        struct store_stats st;

        resolve.duration_ms = 30;
        decided(p->s, 1, &resolve, JOB_DELIVERED);
        decided(p->s, 2, &answer, JOB_DELIVERED);
        decided(p->s, 3, &escalate, JOB_DELIVERED);
        decided(p->s, 4, &draft, JOB_DELIVERED);
        decided(p->s, 5, &shadow, JOB_RECORDED);
        decided(p->s, 6, &answer, JOB_FAILED);
        decided(p->s, 7, &answer, JOB_DELIVERING);
        accept_ticket(p->s, 8);
        accept_ticket(p->s, 1); // again: pending now, the decision still counts as one
        must(store_stats(p->s, &st, NULL));
        assert_int_equal(st.total, 8);
        assert_int_equal(st.pending, 3);
        assert_int_equal(st.failed, 1);
        assert_int_equal(st.dropped, 0);
        assert_int_equal(st.auto_resolved, 0);
        assert_int_equal(st.answered, 1);
        assert_int_equal(st.escalated, 1);
        assert_int_equal(st.drafted, 1);
        assert_int_equal(st.recorded, 1);
        assert_int_equal(st.decided_auto_resolve, 3);
        assert_int_equal(st.decided_answer, 3);
        assert_int_equal(st.decided_escalate, 1);
        assert_true(st.average_ms == (30 + 6 * 12) / 7.0);
        assert_int_equal(st.total, st.pending + st.failed + st.dropped + st.auto_resolved + st.answered + st.escalated +
                                                   st.drafted + st.recorded);
        assert_sound(p->path);
}

static void an_empty_store_has_statistics(void **state) {
        struct place *p = *state;
        struct store_stats st;

        must(store_stats(p->s, &st, NULL));
        assert_int_equal(st.total, 0);
        assert_true(st.average_ms == 0);
}

struct days {
        int64_t rows, tickets, undecided;
        double ms, confidence;
        char first[11], last[11];
};

static void add_day(void *arg, const struct analytics_row *row) {
        struct days *d = arg;

        if (d->rows++ == 0)
                str_copy(d->first, sizeof(d->first), row->day);
        assert_true(strcmp(row->day, d->last) >= 0);
        str_copy(d->last, sizeof(d->last), row->day);
        d->tickets += row->tickets;
        if (!*row->tier) {
                assert_string_equal(row->category, "");
                assert_string_equal(row->method, "");
                assert_string_equal(row->action, "");
                d->undecided += row->tickets;
        } else {
                d->ms = row->average_ms;
                d->confidence = row->average_confidence;
        }
}

static void analytics_are_by_day_of_arrival(void **state) {
        struct place *p = *state;
        struct ticket d1 = decision("tier_1", "billing", "answer", "auto"), d2 = d1;
        struct days all = {0}, first_day = {0}, none = {0};
        int64_t today = clock_now_ms() / DAY * DAY;

        d2.duration_ms = 24;
        d2.confidence = 0.25;
        decided(p->s, 1, &d1, JOB_RECORDED);
        decided(p->s, 2, &d2, JOB_RECORDED);
        accept_ticket(p->s, 3);
        // Moved to another day, as if they had arrived then: what is kept goes by the ticket's row.
        sql_run(p->path, "UPDATE ticket SET created_ms = 86400000 * 2 + 5; UPDATE tally SET day = 2");
        accept_ticket(p->s, 4);
        assert_sound(p->path);
        must(store_analytics(p->s, 0, today + DAY, add_day, &all, NULL));
        assert_int_equal(all.rows, 3);
        assert_int_equal(all.tickets, 4);
        assert_string_equal(all.first, "1970-01-03");
        must(store_analytics(p->s, DAY * 2 + 7, DAY * 2 + 8, add_day, &first_day, NULL));
        assert_int_equal(first_day.tickets, 3);
        assert_int_equal(first_day.undecided, 1);
        assert_true(first_day.ms == 18);
        assert_true(first_day.confidence == 0.5);
        must(store_analytics(p->s, DAY * 3, DAY * 4, add_day, &none, NULL));
        assert_int_equal(none.rows, 0);
        must(store_analytics(p->s, INT64_MIN, INT64_MIN, add_day, &none, NULL));
        assert_int_equal(none.rows, 0);
}

// ---- beside the tickets

static void a_name_and_its_text_outlive_the_process(void **state) {
        struct place *p = *state;
        char *value _cleanup_free_ = NULL, *second _cleanup_free_ = NULL;

        assert_int_equal(store_meta_get(p->s, "cursor", &value, NULL), 0);
        assert_null(value);
        must(store_meta_put(p->s, "cursor", "1", NULL));
        must(store_meta_put(p->s, "cursor", "2", NULL));
        must(store_meta_put(p->s, "other", "", NULL));
        place_reopen(p);
        assert_int_equal(store_meta_get(p->s, "cursor", &value, NULL), 1);
        assert_string_equal(value, "2");
        assert_int_equal(store_meta_get(p->s, "other", &second, NULL), 1);
        assert_string_equal(second, "");
}

enum { VECTORS = 600, WIDTH = 7 };

struct vectors {
        int n;
        float sum;
};

static void add_vector(void *arg, const struct vector_row *row) {
        struct vectors *v = arg;

        assert_int_equal(strlen(row->hash), 64);
        v->n++;
        for (int i = 0; i < WIDTH; i++)
                v->sum += row->values[i];
}

static void vectors_belong_to_a_model_and_a_text(void **state) {
        struct place *p = *state;
        static struct vector_row rows[VECTORS];
        static float values[VECTORS][WIDTH];
        struct vectors all = {0}, other = {0}, narrow = {0}, again = {0};

        for (int i = 0; i < VECTORS; i++) {
                snprintf(rows[i].hash, sizeof(rows[i].hash), "%064d", i);
                rows[i].values = values[i];
                for (int k = 0; k < WIDTH; k++)
                        values[i][k] = (float) i;
        }
        must(store_vectors_put(p->s, "m1", WIDTH, rows, VECTORS, NULL));
        must(store_vectors_put(p->s, "m2", WIDTH, rows, 1, NULL));
        place_reopen(p);
        must(store_vectors_get(p->s, "m1", WIDTH, add_vector, &all, NULL));
        assert_int_equal(all.n, VECTORS);
        assert_true(all.sum == 0.5F * WIDTH * VECTORS * (VECTORS - 1));
        must(store_vectors_get(p->s, "m2", WIDTH, add_vector, &other, NULL));
        assert_int_equal(other.n, 1);
        must(store_vectors_get(p->s, "m1", WIDTH - 1, add_vector, &narrow, NULL));
        assert_int_equal(narrow.n, 0);

        values[0][0] = 1000;
        must(store_vectors_put(p->s, "m1", WIDTH, rows, 1, NULL));
        must(store_vectors_get(p->s, "m1", WIDTH, add_vector, &again, NULL));
        assert_int_equal(again.n, VECTORS);
        assert_true(again.sum == all.sum + 1000);
        assert_int_equal(store_vectors_get(p->s, "m1", 0, add_vector, &again, NULL), -EINVAL);
        assert_int_equal(store_vectors_put(p->s, "m1", 1 << 20, rows, 1, NULL), -EINVAL);
        must(store_vectors_put(p->s, "m1", WIDTH, NULL, 0, NULL));
}

static void a_damaged_vector_is_passed_over(void **state) {
        struct place *p = *state;
        static const float values[WIDTH];
        struct vector_row row = {.values = values};
        struct vectors all = {0};

        memset(row.hash, 'a', 64);
        must(store_vectors_put(p->s, "m", WIDTH, &row, 1, NULL));
        sql_run(p->path, "UPDATE vector SET floats = x'00'");
        must(store_vectors_get(p->s, "m", WIDTH, add_vector, &all, NULL));
        assert_int_equal(all.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(a_decision_is_read_back_whole),
                        TEST(no_such_ticket_is_no_error),
                        TEST(a_second_decision_replaces_the_first_and_keeps_what_it_does_not_know),
                        TEST(a_cursor_walks_all_tickets_once_newest_first),
                        TEST(filters_pick_and_combine),
                        TEST(a_search_finds_each_word_in_subject_or_requester),
                        TEST(a_search_has_limits),
                        TEST(the_audit_trail_is_in_order_and_has_a_cursor),
                        TEST(a_change_that_fails_leaves_no_audit),
                        TEST(statistics_count_each_ticket_once),
                        TEST(an_empty_store_has_statistics),
                        TEST(analytics_are_by_day_of_arrival),
                        TEST(a_name_and_its_text_outlive_the_process),
                        TEST(vectors_belong_to_a_model_and_a_text),
                        TEST(a_damaged_vector_is_passed_over),
        };

        return cmocka_run_group_tests_name("store_tickets", tests, NULL, NULL);
}
