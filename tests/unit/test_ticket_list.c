#include "unit.h"

#include "base/clock.h"
#include "fake_http.h"
#include "freshdesk/ticket_list.h"

#define SINCE "2026-03-01T10:00:00Z"
#define NEXT_ELSEWHERE "<https://evil.example/api/v2/tickets?page=2>; rel=\"next\""

struct fixture {
        struct freshdesk *f;
        struct freshdesk_result r;
        struct error e;
        struct freshdesk_page page;
        int64_t since_ms;
};

static int set_up(void **state) {
        static struct fixture x;
        struct freshdesk_options o = {.domain = "acme", .api_key = "key", .timeout_ms = 1000};

        fake_reset();
        x = (struct fixture){.e = ERROR_INIT};
        *state = &x;
        return clock_parse_iso(SINCE, &x.since_ms) < 0 ? -1 : freshdesk_open(&o, &x.f, &x.e);
}

static int tear_down(void **state) {
        struct fixture *x = *state;

        freshdesk_page_clear(&x->page);
        x->f = freshdesk_free(x->f);
        return 0;
}

static int read_page(struct fixture *x, unsigned page) {
        freshdesk_page_clear(&x->page);
        return freshdesk_ticket_page(x->f, x->since_ms, page, &x->page, &x->r, &x->e);
}

static void the_second_before_is_asked_for_as_well(void **state) {
        struct fixture *x = *state;

        fake_say_json(200, "[]");
        assert_int_equal(read_page(x, 1), 0);
        assert_string_equal(fake.calls[0].method, "GET");
        assert_string_equal(fake.calls[0].url,
                            "https://acme.freshdesk.com/api/v2/tickets?updated_since=2026-03-01T09:59:59Z"
                            "&order_by=updated_at&order_type=asc&per_page=100&page=1");
        assert_int_equal(x->page.n, 0);
        assert_false(x->page.more);
        assert_true(x->page.ordered);
}

static void a_row_is_read_with_its_times(void **state) {
        struct fixture *x = *state;
        int64_t created, updated;

        fake_say((struct fake_answer){
                        .status = 200,
                        .body = "[{\"id\":7,\"requester_id\":70,\"created_at\":\"2026-03-01T10:00:01Z\","
                                "\"updated_at\":\"2026-03-01T10:00:02Z\",\"status\":2,\"source\":1,\"subject\":\"Hi\","
                                "\"spam\":false,\"deleted\":true,\"of_tomorrow\":{\"a\":[null]}}]",
                        .header_name = "date",
                        .header_value = "Sun, 01 Mar 2026 10:05:00 GMT"});
        assert_int_equal(read_page(x, 1), 0);
        assert_int_equal(clock_parse_iso("2026-03-01T10:00:01Z", &created), 0);
        assert_int_equal(clock_parse_iso("2026-03-01T10:00:02Z", &updated), 0);
        assert_int_equal(x->page.n, 1);
        assert_int_equal(x->page.rows[0].id, 7);
        assert_int_equal(x->page.rows[0].requester_id, 70);
        assert_true(x->page.rows[0].created_ms == created);
        assert_true(x->page.rows[0].updated_ms == updated);
        assert_int_equal(x->page.rows[0].status, 2);
        assert_int_equal(x->page.rows[0].source, 1);
        assert_true(x->page.rows[0].deleted);
        assert_string_equal(x->page.rows[0].subject, "Hi");
        assert_true(x->page.now_ms == x->since_ms + 5 * 60 * 1000);
}

// The Link's address is never used: the next page is one of the host that was set.
static void a_link_to_another_host_leads_nowhere(void **state) {
        struct fixture *x = *state;

        fake_say((struct fake_answer){
                        .status = 200, .body = "[{\"id\":1}]", .header_name = "link", .header_value = NEXT_ELSEWHERE});
        fake_say_json(200, "[]");
        assert_int_equal(read_page(x, 1), 0);
        assert_true(x->page.more);
        assert_int_equal(read_page(x, 2), 0);
        assert_int_equal(fake.n_calls, 2);
        assert_true(str_starts(fake.calls[1].url, "https://acme.freshdesk.com/api/v2/tickets?"));
        assert_true(str_ends(fake.calls[1].url, "&page=2"));
        assert_false(x->page.more);
}

static char *rows(size_t n) {
        struct buffer b = BUFFER_INIT(1 << 20);

        buffer_add_str(&b, "[");
        for (size_t i = 0; i < n; i++)
                buffer_addf(&b, "%s{\"id\":%zu,\"updated_at\":\"2026-03-01T10:00:00Z\"}", i ? "," : "", i + 1);
        buffer_add_str(&b, "]");
        return buffer_take(&b);
}

static void a_full_page_has_another_one_behind_it(void **state) {
        struct fixture *x = *state;
        char *full _cleanup_free_ = rows(TICKET_LIST_PAGE), *more _cleanup_free_ = rows(TICKET_LIST_PAGE + 1),
                   *less _cleanup_free_ = rows(TICKET_LIST_PAGE - 1);

        fake_say_json(200, full);
        fake_say_json(200, more);
        fake_say_json(200, less);
        assert_int_equal(read_page(x, 1), 0);
        assert_true(x->page.more);
        assert_int_equal(x->page.n, TICKET_LIST_PAGE);
        assert_int_equal(read_page(x, 2), 0);
        assert_int_equal(x->page.n, TICKET_LIST_PAGE); // no more than was asked for
        assert_int_equal(read_page(x, 3), 0);
        assert_false(x->page.more);
}

static void rows_out_of_order_are_noticed(void **state) {
        struct fixture *x = *state;

        fake_say_json(200, "[{\"id\":1,\"updated_at\":\"2026-03-01T10:00:02Z\"},"
                           "{\"id\":2,\"updated_at\":\"2026-03-01T10:00:01Z\"}]");
        fake_say_json(200, "[{\"id\":1,\"updated_at\":\"2026-03-01T10:00:02Z\"},{\"id\":2,\"updated_at\":null}]");
        assert_int_equal(read_page(x, 1), 0);
        assert_false(x->page.ordered);
        assert_int_equal(read_page(x, 1), 0);
        assert_false(x->page.ordered);
}

static void hostile_lists_are_read_as_far_as_they_go(void **state) {
        struct fixture *x = *state;
        char *long_subject _cleanup_free_ = NULL;
        struct buffer b = BUFFER_INIT(8192);

        fake_say_json(200, "[null, 7, \"x\", [], {}, {\"id\":null}, {\"id\":\"9\"}, {\"id\":-3}, {\"id\":1.5},"
                           "{\"id\":8,\"requester_id\":\"x\",\"created_at\":7,\"updated_at\":\"yesterday\","
                           "\"status\":-2,\"source\":99999999999,\"subject\":null,\"spam\":\"yes\"}]");
        assert_int_equal(read_page(x, 1), 0);
        assert_int_equal(x->page.n, 1);
        assert_int_equal(x->page.rows[0].id, 8);
        assert_int_equal(x->page.rows[0].requester_id, 0);
        assert_int_equal(x->page.rows[0].updated_ms, 0);
        assert_int_equal(x->page.rows[0].status, 0);
        assert_int_equal(x->page.rows[0].source, INT32_MAX);
        assert_string_equal(x->page.rows[0].subject, "");
        assert_false(x->page.ordered);

        buffer_add_str(&b, "[{\"id\":1,\"subject\":\"");
        for (int i = 0; i < 2000; i++)
                buffer_add_str(&b, "é");
        buffer_add_str(&b, "\"}]");
        long_subject = buffer_take(&b);
        fake_say_json(200, long_subject);
        assert_int_equal(read_page(x, 1), 0);
        assert_true(utf8_valid(x->page.rows[0].subject, strlen(x->page.rows[0].subject)));
        assert_true(strlen(x->page.rows[0].subject) >= 250);
}

static void what_is_no_list_is_no_answer(void **state) {
        struct fixture *x = *state;

        fake_say_json(200, "{\"id\":1}");
        fake_say_json(200, "[{\"id\":1}");
        fake_say_json(403, "{\"code\":\"access_denied\",\"message\":\"You are not authorized\"}");
        assert_true(read_page(x, 1) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY);
        assert_null(x->page.rows);
        assert_true(read_page(x, 1) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_RETRY);
        assert_true(read_page(x, 1) < 0);
        assert_int_equal(x->r.outcome, FRESHDESK_REFUSED);
}

static void there_is_no_page_beyond_the_services_limit(void **state) {
        struct fixture *x = *state;

        assert_int_equal(read_page(x, 0), -EINVAL);
        assert_int_equal(read_page(x, TICKET_LIST_PAGES_MAX + 1), -EINVAL);
        assert_int_equal(fake.n_calls, 0);
}

static void a_malformed_date_is_no_date(void **state) {
        static const char *const dates[] = {"", "yesterday", "Sun, 01 Mar 2026 10:05:00 CET",
                                            "Sun, 01 Mar 2026 10:05:00 GMT and more", "Sun, 41 Mar 2026 10:05:00 GMT"};
        struct fixture *x = *state;

        for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
                fake_say((struct fake_answer){
                                .status = 200, .body = "[]", .header_name = "date", .header_value = dates[i]});
                assert_int_equal(read_page(x, 1), 0);
                assert_int_equal(x->page.now_ms, 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test_setup_teardown(the_second_before_is_asked_for_as_well, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_row_is_read_with_its_times, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_link_to_another_host_leads_nowhere, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_full_page_has_another_one_behind_it, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(rows_out_of_order_are_noticed, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(hostile_lists_are_read_as_far_as_they_go, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(what_is_no_list_is_no_answer, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(there_is_no_page_beyond_the_services_limit, set_up, tear_down),
                        cmocka_unit_test_setup_teardown(a_malformed_date_is_no_date, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
