// The budget of calls, by family of endpoints, on a clock of the test's own.
#include "unit.h"

#include <string.h>

#include "base/memory.h"
#include "freshdesk/quota.h"

enum { MINUTE = 60000, T0 = 1000000 };

static struct quota_report said(int64_t total, int64_t remaining) {
        return (struct quota_report){.known = true, .total = total, .remaining = remaining, .used = 1};
}

// One call whose answer shows what is left.
static void call(struct quota *q, enum quota_family f, int64_t total, int64_t remaining, int64_t now) {
        struct quota_report r = said(total, remaining);
        struct quota_call c = {.family = f, .cost = 1};

        quota_begin(q, &c, now);
        quota_end(q, &c, true, &r, now);
}

static struct quota_call begun(struct quota *q, unsigned cost, int64_t now) {
        struct quota_call c = {.family = QUOTA_TICKETS, .cost = cost};

        quota_begin(q, &c, now);
        return c;
}

static void ended(struct quota *q, struct quota_call c, int64_t total, int64_t remaining, int64_t now) {
        struct quota_report r = {.known = true, .total = total, .remaining = remaining, .used = c.cost};

        quota_end(q, &c, true, &r, now);
}

static int64_t used(struct quota *q, int64_t now) {
        struct quota_view v;

        quota_view(q, QUOTA_TICKETS, now, &v);
        return v.used;
}

// ---- before anything is known

static void first_calls_go_one_at_a_time(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 1);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 2, 1, T0), 0);
        struct quota_call first = begun(&q, 2, T0);
        assert_true(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0) > 0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_UPDATE, 1, 0, T0), 0); // of another family nothing is known either
        ended(&q, first, 100, 98, T0 + 500);
        (void) begun(&q, 2, T0 + 500);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 2, 0, T0 + 500), 0);
}

static void first_calls_that_tell_nothing_are_followed_by_as_many_as_come(void **state) {
        const struct quota_report nothing = {.known = false};
        struct quota q;

        (void) state;
        quota_init(&q, 1);
        for (int i = 0; i < 3; i++) {
                struct quota_call c = begun(&q, 1, T0);
                assert_true(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0) > 0);
                quota_end(&q, &c, i != 0, &nothing, T0); // the first one was not even sent
                assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0), 0);
        }
        struct quota_call third = begun(&q, 1, T0);
        quota_end(&q, &third, true, &nothing, T0);
        for (int i = 0; i < 64; i++) {
                assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0), 0);
                (void) begun(&q, 1, T0);
        }
}

// ---- what belongs together

static void calls_fall_into_families(void **state) {
        static const struct {
                const char *method, *path;
                enum quota_family family;
                unsigned cost;
        } rows[] = {
                        {"GET", "/tickets/12", QUOTA_TICKETS, 1},
                        {"GET", "/tickets/12?include=requester", QUOTA_TICKETS, 2},
                        {"GET", "/tickets/12?include=requester,stats&x=1,2", QUOTA_TICKETS, 3},
                        {"GET", "/tickets/12/conversations?page=1&per_page=100", QUOTA_TICKETS, 1},
                        {"POST", "/tickets/12/reply", QUOTA_TICKETS, 1},
                        {"POST", "/tickets/12/notes", QUOTA_TICKETS, 1},
                        {"PUT", "/tickets/12", QUOTA_UPDATE, 1},
                        {"GET", "/tickets", QUOTA_LIST, 1},
                        {"GET", "/tickets/", QUOTA_LIST, 1},
                        {"GET", "/tickets?updated_since=2026-01-01&include=requester,stats", QUOTA_LIST, 5},
                        {"GET", "/search/tickets?query=x", QUOTA_LIST, 1},
                        {"GET", "/contacts/3", QUOTA_CONTACTS, 1},
                        {"GET", "/agents/me", QUOTA_AGENTS, 1},
                        {"GET", "/ticket_fields", QUOTA_AGENTS, 1},
                        {"GET", "/automations/1/rules", QUOTA_ADMIN, 1},
                        {"GET", "/admin/groups", QUOTA_ADMIN, 1},
                        {"GET", "/solutions/articles/1", QUOTA_OTHER, 1},
                        {"GET", "/ticketsandmore", QUOTA_OTHER, 1},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                if (quota_family_of(rows[i].method, rows[i].path) != rows[i].family ||
                    quota_cost_of(rows[i].method, rows[i].path) != rows[i].cost)
                        fail_msg("%s %s", rows[i].method, rows[i].path);
}

static void headers_that_make_no_sense_say_nothing(void **state) {
        static const struct {
                const char *total, *remaining, *used;
        } rows[] = {
                        {NULL, NULL, NULL},    {"100", NULL, "1"},     {NULL, "99", "1"},      {"", "", ""},
                        {"100", "-1", "1"},    {"0", "0", "1"},        {"-100", "3", "1"},     {"100", "101", "1"},
                        {"many", "some", "a"}, {"100 ", "ninety", ""}, {"1e3", "10", "1"},     {"99999999", "1", "1"},
                        {"100.5", "1", "1"},   {"0x10", "1", "1"},     {"100", "99, 98", "1"},
        };

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                if (quota_report_from(rows[i].total, rows[i].remaining, rows[i].used).known)
                        fail_msg("row %zu", i);

        struct quota_report r = quota_report_from("100", "40", "2");
        assert_true(r.known && r.total == 100 && r.remaining == 40 && r.used == 2);
        // What the request cost is a nicety.
        assert_true(quota_report_from("100", "40", NULL).known);
        assert_int_equal(quota_report_from("100", "40", "-7").used, 1);
        assert_int_equal(quota_report_from("100", "40", "99999999999999999999").used, 1);
}

// ---- without limits

static void without_headers_nothing_is_limited(void **state) {
        struct quota_report none = {.known = false};
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        for (int i = 0; i < 5000; i++) {
                assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 2, 0, T0), 0);
                struct quota_call c = begun(&q, 2, T0);
                quota_end(&q, &c, true, &none, T0);
        }
        // And what was used before the first header does not count against its minute.
        call(&q, QUOTA_TICKETS, 100, 99, T0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 2, 0, T0), 0);
}

static void headers_that_stop_coming_are_forgotten(void **state) {
        struct quota_report none = {.known = false};
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        call(&q, QUOTA_TICKETS, 10, 0, T0);
        assert_true(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0) > 0);
        for (int i = 0; i < 3; i++) {
                struct quota_call c = begun(&q, 1, T0);
                quota_end(&q, &c, true, &none, T0);
        }
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0), 0);
}

// ---- a minute, played to its end

struct play {
        int64_t calls, first_ms, last_ms, gap_ms_max;
        int64_t in_first_second;
};

// Calls as fast as they may go out for `ms`, where others take `others` calls at the begin of each minute. The server's
// minutes begin at multiples of MINUTE from `start` on. Fails when the server had to refuse.
static struct play play(struct quota *q, int64_t total, int64_t others, int64_t start, int64_t ms) {
        struct play p = {.first_ms = -1};
        int64_t used = 0, minute = -1;

        for (int64_t now = start; now < start + ms; now += 10) {
                if ((now - start) / MINUTE != minute) {
                        minute = (now - start) / MINUTE;
                        used = others;
                }
                if (quota_wait_ms(q, QUOTA_TICKETS, 1, 0, now) > 0)
                        continue;
                used++;
                if (used > total)
                        fail_msg("call %d at %d ms is over the limit", (int) p.calls, (int) (now - start));
                call(q, QUOTA_TICKETS, total, total - used, now);
                if (p.first_ms >= 0)
                        p.gap_ms_max = MAX(p.gap_ms_max, now - p.last_ms);
                else
                        p.first_ms = now - start;
                p.in_first_second += now - start < 1000;
                p.last_ms = now;
                p.calls++;
        }
        return p;
}

static void our_share_is_spread_over_the_minute_behind_a_small_burst(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        struct play p = play(&q, 200, 0, T0, MINUTE);
        assert_int_equal(p.first_ms, 0);
        assert_in_range(p.calls, 90, 100);          // half of 200, and no more
        assert_in_range(p.in_first_second, 10, 25); // the first tickets do not wait
        assert_in_range(p.gap_ms_max, 300, 3000);   // and nobody waits half a minute for the next
}

static void small_allowances_are_kept_too(void **state) {
        static const int64_t totals[] = {1, 2, 3, 10, 20, 50};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
                struct quota q;
                quota_init(&q, 0.5);
                struct play p = play(&q, totals[i], 0, T0, MINUTE);
                assert_in_range(p.calls, 1, MAX(totals[i] / 2, 1));
        }
}

static void the_next_minute_brings_the_same_again(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        struct play p = play(&q, 100, 0, T0, 10 * MINUTE);
        assert_in_range(p.calls, 450, 500);
}

static void what_others_use_is_not_there_for_us(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        // Others have taken 160 of 200: of what is left, something stays for them all the time.
        struct play p = play(&q, 200, 160, T0, MINUTE);
        assert_in_range(p.calls, 10, 39);

        // Others have taken everything: nothing goes out, then the next minute.
        quota_init(&q, 0.5);
        call(&q, QUOTA_TICKETS, 100, 0, T0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 10), MINUTE - 10);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + MINUTE), 0);
}

static void all_of_it_is_used_when_all_of_it_is_ours(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 1);
        struct play p = play(&q, 100, 0, T0, MINUTE);
        assert_in_range(p.calls, 95, 100);
}

static void one_family_does_not_hold_up_another(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        call(&q, QUOTA_LIST, 20, 0, T0);
        quota_pause(&q, QUOTA_CONTACTS, T0 + 30000);
        assert_true(quota_wait_ms(&q, QUOTA_LIST, 1, 0, T0) > 0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_CONTACTS, 1, 0, T0), 30000);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 2, 0, T0), 0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_UPDATE, 1, 0, T0), 0);
}

// ---- 429

static void a_pause_ends_when_it_was_said_to(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        call(&q, QUOTA_TICKETS, 100, 80, T0);
        quota_pause(&q, QUOTA_TICKETS, T0 + 5000);
        quota_pause(&q, QUOTA_TICKETS, T0 + 3000); // a later, shorter one does not shorten it
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0), 5000);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 4999), 1);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 5000), 0);
}

// ---- what ends a ticket comes before what begins one

static void what_ends_a_ticket_goes_before_what_begins_one(void **state) {
        struct quota q;
        int reads = 0;

        (void) state;
        quota_init(&q, 0.5);
        call(&q, QUOTA_TICKETS, 200, 199, T0);
        while (reads < 100 && quota_wait_ms(&q, QUOTA_TICKETS, 1, 4, T0) == 0) {
                call(&q, QUOTA_TICKETS, 200, 198 - reads, T0);
                reads++;
        }
        assert_in_range(reads, 7, 19); // one ticket at least
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0), 0);
}

// Workers that begin tickets as fast as they may, in any order: what a minute allows is not spent on beginnings only.
static void some_tickets_come_to_their_end_in_each_minute(void **state) {
        enum { WORKERS = 8 };
        static const struct {
                unsigned cost, then;
        } calls[] = {{2, 4}, {1, 4}, {2, 2}, {1, 1}, {1, 0}}; // of one ticket: CALL_THEN_* in call.h
        static const int64_t totals[] = {20, 30, 40, 100, 400};
        uint32_t dice = 1;

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(totals) * 40; i++) {
                size_t next[WORKERS] = {0};
                int64_t total = totals[i % ARRAY_LEN(totals)], left = total;
                int ends = 0;
                struct quota q;
                quota_init(&q, 0.5);
                call(&q, QUOTA_TICKETS, total, --left, T0);
                for (int64_t now = T0; now < T0 + MINUTE; now += 5) {
                        dice = dice * 1664525 + 1013904223;
                        size_t *n = &next[dice >> 16 & (WORKERS - 1)];
                        if (quota_wait_ms(&q, QUOTA_TICKETS, calls[*n].cost, calls[*n].then, now) > 0)
                                continue;
                        left -= calls[*n].cost;
                        ended(&q, begun(&q, calls[*n].cost, now), total, left, now);
                        if (++*n == ARRAY_LEN(calls))
                                ends++, *n = 0;
                }
                if (ends == 0)
                        fail_msg("round %zu: no ticket of a total of %d", i, (int) total);
        }
}

// ---- answers that come in any order, or never

static void answers_that_overtook_each_other_are_no_new_minute(void **state) {
        static const int64_t totals[] = {40, 100, 4000};

        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
                struct quota_call calls[4];
                int64_t total = totals[i];
                struct quota q;
                quota_init(&q, 0.5);
                call(&q, QUOTA_TICKETS, total, total - 1, T0);
                for (size_t k = 0; k < ARRAY_LEN(calls); k++)
                        calls[k] = begun(&q, 3, T0);
                for (size_t k = ARRAY_LEN(calls); k-- > 0;) // the last is answered first
                        ended(&q, calls[k], total, total - 4 - (int64_t) k * 3, T0 + 100);
                struct quota_view v;
                quota_view(&q, QUOTA_TICKETS, T0 + 100, &v);
                assert_int_equal(v.used, 13);
                assert_int_equal(v.remaining, total - 13);
        }
}

// The answer of one that went out in the minute before, and comes late, does not make the next one look like another
// new minute.
static void an_answer_of_the_minute_before_says_nothing_of_this_one(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        for (int i = 0; i < 15; i++)
                call(&q, QUOTA_TICKETS, 40, 39 - i, T0);
        struct quota_call late = begun(&q, 1, T0 + 1000), first = begun(&q, 1, T0 + 1000);
        ended(&q, first, 40, 39, T0 + 2000);
        ended(&q, late, 40, 24, T0 + 2100);
        assert_int_equal(used(&q, T0 + 2100), 2); // that one counts all the same: it may be of this minute
        call(&q, QUOTA_TICKETS, 40, 38, T0 + 2200);
        assert_int_equal(used(&q, T0 + 2200), 3);
}

// Workers that go as fast as they may, in the order that chance gives to sending, counting and answering.
static void no_order_of_answers_gets_us_more_than_our_part(void **state) {
        enum { WORKERS = 4, TOTAL = 40 };
        uint32_t dice = 1;

        (void) state;
        for (int round = 0; round < 200; round++) {
                struct { // a call is sent, then counted, then answered
                        struct quota_call call;
                        int step;
                        int64_t remaining;
                } workers[WORKERS] = {0};
                int64_t taken = 0;
                struct quota q;
                quota_init(&q, 0.5);
                for (int64_t now = T0; now < T0 + MINUTE / 2; now += 20) {
                        dice = dice * 1664525 + 1013904223;
                        size_t i = dice >> 16 & (WORKERS - 1);
                        unsigned cost = 1 + (dice >> 20 & 1);
                        if (workers[i].step == 0 && quota_wait_ms(&q, QUOTA_TICKETS, cost, false, now) == 0) {
                                workers[i].call = begun(&q, cost, now);
                                workers[i].step = 1;
                        } else if (workers[i].step == 1) {
                                taken += workers[i].call.cost;
                                workers[i].remaining = TOTAL - taken;
                                workers[i].step = 2;
                        } else if (workers[i].step == 2) {
                                ended(&q, workers[i].call, TOTAL, workers[i].remaining, now);
                                workers[i].step = 0;
                        }
                }
                if (taken > TOTAL / 2)
                        fail_msg("round %d: %d of %d were taken", round, (int) taken, TOTAL);
        }
}

static void a_header_that_rises_begins_a_new_minute(void **state) {
        struct quota_view v;
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        for (int i = 0; i < 50; i++)
                call(&q, QUOTA_TICKETS, 100, 99 - i, T0);
        assert_true(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 20000) > 0);
        call(&q, QUOTA_TICKETS, 100, 98, T0 + 20000); // one was under way when the server's minute turned
        quota_view(&q, QUOTA_TICKETS, T0 + 20000, &v);
        assert_int_equal(v.used, 1);
        assert_int_equal(v.remaining, 98);
        assert_int_equal(v.ours, 50);
        assert_int_equal(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 20000), 0);
}

static void what_was_not_sent_is_given_back(void **state) {
        struct quota_report none = {.known = false};
        struct quota_view v;
        struct quota q;

        (void) state;
        quota_init(&q, 0.5);
        call(&q, QUOTA_TICKETS, 100, 99, T0);
        struct quota_call c = begun(&q, 2, T0);
        quota_end(&q, &c, false, &none, T0);
        quota_view(&q, QUOTA_TICKETS, T0, &v);
        assert_int_equal(v.used, 1);
        assert_int_equal(v.remaining, 99);
}

static void a_total_that_changes_is_taken_over(void **state) {
        struct quota_view v;
        struct quota q;

        (void) state;
        quota_init(&q, 0.25);
        call(&q, QUOTA_TICKETS, 50, 49, T0);
        call(&q, QUOTA_TICKETS, 400, 399, T0 + 1000);
        quota_view(&q, QUOTA_TICKETS, T0 + 1000, &v);
        assert_int_equal(v.ours, 100);
        call(&q, QUOTA_TICKETS, 20, 3, T0 + 2000);
        quota_view(&q, QUOTA_TICKETS, T0 + 2000, &v);
        assert_int_equal(v.ours, 5);
        assert_in_range(quota_wait_ms(&q, QUOTA_TICKETS, 1, 0, T0 + 2000), 0, MINUTE);
}

// A call that costs more than our whole part must go out all the same, alone.
static void a_call_that_costs_more_than_there_is_ever_goes_out(void **state) {
        struct quota q;

        (void) state;
        quota_init(&q, 0.1);
        call(&q, QUOTA_LIST, 10, 9, T0);
        assert_true(quota_wait_ms(&q, QUOTA_LIST, 5, 0, T0) > 0);
        assert_int_equal(quota_wait_ms(&q, QUOTA_LIST, 5, 0, T0 + MINUTE), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(first_calls_go_one_at_a_time),
                        cmocka_unit_test(first_calls_that_tell_nothing_are_followed_by_as_many_as_come),
                        cmocka_unit_test(calls_fall_into_families),
                        cmocka_unit_test(headers_that_make_no_sense_say_nothing),
                        cmocka_unit_test(without_headers_nothing_is_limited),
                        cmocka_unit_test(headers_that_stop_coming_are_forgotten),
                        cmocka_unit_test(our_share_is_spread_over_the_minute_behind_a_small_burst),
                        cmocka_unit_test(small_allowances_are_kept_too),
                        cmocka_unit_test(the_next_minute_brings_the_same_again),
                        cmocka_unit_test(what_others_use_is_not_there_for_us),
                        cmocka_unit_test(all_of_it_is_used_when_all_of_it_is_ours),
                        cmocka_unit_test(one_family_does_not_hold_up_another),
                        cmocka_unit_test(a_pause_ends_when_it_was_said_to),
                        cmocka_unit_test(what_ends_a_ticket_goes_before_what_begins_one),
                        cmocka_unit_test(some_tickets_come_to_their_end_in_each_minute),
                        cmocka_unit_test(answers_that_overtook_each_other_are_no_new_minute),
                        cmocka_unit_test(an_answer_of_the_minute_before_says_nothing_of_this_one),
                        cmocka_unit_test(no_order_of_answers_gets_us_more_than_our_part),
                        cmocka_unit_test(a_header_that_rises_begins_a_new_minute),
                        cmocka_unit_test(what_was_not_sent_is_given_back),
                        cmocka_unit_test(a_total_that_changes_is_taken_over),
                        cmocka_unit_test(a_call_that_costs_more_than_there_is_ever_goes_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
