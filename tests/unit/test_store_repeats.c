// Two ways in for one ticket: what the poll found and what a webhook told are worked on once.
#include "store_fixture.h"

#define POLLED "polled"

static const char created_key[] = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

static struct event polled(int64_t ticket_id, int64_t unless_since_ms) {
        return (struct event){.ticket_id = ticket_id,
                              .key = POLLED,
                              .while_queued = true,
                              .unless_since_ms = unless_since_ms,
                              .kind = "polled",
                              .body = "{}"};
}

static struct event created(int64_t ticket_id) {
        return (struct event){.ticket_id = ticket_id,
                              .key = created_key,
                              .also_key = POLLED,
                              .kind = "created",
                              .body = "{}"};
}

static int64_t received_ms(struct store *s, int64_t ticket_id) {
        struct newest_event n = {0};

        assert_int_equal(store_newest_event(s, ticket_id, &n, NULL), 1);
        return n.received_ms;
}

static void work_off(struct store *s, const struct accepted *a) {
        assert_int_equal(claim(s), a->job_id);
        assert_int_equal(change(s, a, JOB_RUNNING, JOB_RECORDED), 0);
}

static void the_newest_event_is_told(void **state) {
        struct place *p = *state;
        struct newest_event n = {.id = 7};
        struct event again = {.ticket_id = 5, .kind = "replied", .body = "{}"};

        assert_int_equal(store_newest_event(p->s, 5, &n, NULL), 0);
        assert_int_equal(n.id, 7);
        struct accepted first = accept_ticket(p->s, 5);
        assert_int_equal(store_newest_event(p->s, 5, &n, NULL), 1);
        assert_int_equal(n.id, first.event_id);
        assert_string_equal(n.kind, "created");
        assert_int_equal(n.state, JOB_QUEUED);
        assert_true(n.received_ms > 1600000000000);
        work_off(p->s, &first);
        struct accepted second = accept_event(p->s, &again);
        assert_int_equal(store_newest_event(p->s, 5, &n, NULL), 1);
        assert_int_equal(n.id, second.event_id);
        assert_string_equal(n.kind, "replied");
}

static void what_a_webhook_brought_is_not_polled_again(void **state) {
        struct place *p = *state;
        struct event poll = polled(1, 1), hook = created(1);
        struct accepted first = accept_event(p->s, &hook);

        work_off(p->s, &first);
        struct accepted second = accept_event(p->s, &poll);
        assert_true(second.duplicate);
        assert_int_equal(second.event_id, first.event_id);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM event"), 1);
        assert_int_equal(sql_int(p->path, "SELECT count(*) FROM audit WHERE step = 'received'"), 1);
}

static void a_webhook_that_comes_after_the_poll_is_a_repeat(void **state) {
        struct place *p = *state;
        struct event poll = polled(1, 1), hook = created(1), other = created(2);
        struct accepted first = accept_event(p->s, &poll);

        work_off(p->s, &first);
        assert_true(accept_event(p->s, &hook).duplicate);
        assert_false(accept_event(p->s, &other).duplicate);
}

// A reply's webhook repeats what was polled while nobody has read the ticket yet; afterwards it may tell of a newer
// one.
static void a_reply_after_the_poll_is_a_repeat_while_that_waits(void **state) {
        struct place *p = *state;
        struct event poll = polled(1, 1);
        struct event reply = {
                        .ticket_id = 1, .also_key = POLLED, .while_queued = true, .kind = "replied", .body = "{}"};
        struct accepted first = accept_event(p->s, &poll);

        assert_true(accept_event(p->s, &reply).duplicate);
        work_off(p->s, &first);
        assert_false(accept_event(p->s, &reply).duplicate);
}

static void words_that_are_newer_than_the_newest_event_are_polled_once(void **state) {
        struct place *p = *state;
        struct event hook = created(1);
        struct accepted first = accept_event(p->s, &hook);
        int64_t at = received_ms(p->s, 1);
        struct event known = polled(1, at), newer = polled(1, at + 1);

        work_off(p->s, &first);
        assert_true(accept_event(p->s, &known).duplicate);
        sql_run(p->path, "UPDATE event SET received_ms = received_ms - 60000");
        newer.unless_since_ms = at - 30000;
        struct accepted second = accept_event(p->s, &newer);
        assert_false(second.duplicate);
        assert_true(accept_event(p->s, &newer).duplicate);
        work_off(p->s, &second);
        assert_true(accept_event(p->s, &newer).duplicate);
}

static void the_poll_says_where_it_came_from(void **state) {
        struct place *p = *state;
        struct event poll = polled(1, 1);

        accept_event(p->s, &poll);
        char *kind = sql_text(p->path, "SELECT json_extract(detail, '$.kind') FROM audit WHERE step = 'received'");
        assert_string_equal(kind, "polled");
        free(kind);
}

static void a_time_before_1970_is_refused(void **state) {
        struct place *p = *state;
        struct event poll = polled(1, -1);
        struct accepted a;

        assert_int_equal(store_accept_wait(p->s, &poll, &a, &p->e), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(the_newest_event_is_told),
                        TEST(what_a_webhook_brought_is_not_polled_again),
                        TEST(a_webhook_that_comes_after_the_poll_is_a_repeat),
                        TEST(a_reply_after_the_poll_is_a_repeat_while_that_waits),
                        TEST(words_that_are_newer_than_the_newest_event_are_polled_once),
                        TEST(the_poll_says_where_it_came_from),
                        TEST(a_time_before_1970_is_refused),
        };

        return cmocka_run_group_tests_name("store_repeats", tests, NULL, NULL);
}
