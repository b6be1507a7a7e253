// Each allocation of SQLite fails in turn: an error or a success, never a crash, and the file stays sound.
#include "store_fixture.h"

#include <stdatomic.h>

enum {
        POINTS_MAX = 100000, // the loop ends at the first point that is never reached
        SPREAD = 13,         // neighbours fail alike: one point in so many is tried
};

static sqlite3_mem_methods real;
static atomic_int countdown; // 0: none fails

static bool now_fails(void) {
        int before = atomic_load(&countdown);

        return before > 0 && atomic_fetch_sub(&countdown, 1) == 1;
}

static void *failing_malloc(int n) {
        return now_fails() ? NULL : real.xMalloc(n);
}

static void *failing_realloc(void *p, int n) {
        return now_fails() ? NULL : real.xRealloc(p, n);
}

// One ticket's way through the store. 0, or the first error.
static int journey(struct place *p) {
        struct event ev = {.kind = "created", .body = "{}", .key = "k", .subject = "s", .description = "d"};
        char tier[] = "tier_1", text[] = "text";
        struct ticket d = {.tier = tier, .action = text, .description = text, .response = text}, t = {0};
        struct step steps[] = {{.kind = "reply", .payload = text}}, next = {0};
        struct ticket_filter f = {.search = "s", .limit = 10};
        struct ticket *list = NULL;
        struct store_stats stats;
        struct accepted a = {0};
        struct job j = {0};
        size_t n = 0;

        int r = store_accept_wait(p->s, &ev, &a, &p->e);
        if (r == 0)
                r = store_job_claim(p->s, LEASE_MS, &j, &p->e);
        if (r > 0) {
                struct job_change c = {.job_id = j.id,
                                       .ticket_id = j.ticket_id,
                                       .from = j.state,
                                       .to = JOB_DELIVERING,
                                       .ticket = &d,
                                       .steps = steps,
                                       .n_steps = 1};
                r = store_job_change(p->s, &c, &p->e);
                if (r == 0)
                        r = store_step_next(p->s, j.id, &next, &p->e);
                if (r > 0)
                        r = store_step_begin(p->s, next.id, &p->e);
                if (r == 0)
                        r = store_step_end(p->s, next.id, STEP_DONE, 1, NULL, NULL, 0, &p->e);
                if (r == 0) {
                        c = (struct job_change){.job_id = j.id,
                                                .ticket_id = j.ticket_id,
                                                .from = JOB_DELIVERING,
                                                .to = JOB_DELIVERED};
                        r = store_job_change(p->s, &c, &p->e);
                }
        }
        if (r >= 0)
                r = store_ticket(p->s, STORE_LOCAL_TICKET, &t, &p->e);
        if (r >= 0)
                r = store_tickets(p->s, &f, &list, &n, &p->e);
        if (r >= 0)
                r = store_stats(p->s, &stats, &p->e);
        for (size_t i = 0; i < n; i++)
                ticket_clear(&list[i]);
        free(list);
        ticket_clear(&t);
        step_clear(&next);
        job_clear(&j);
        return r;
}

static void a_failing_allocation_is_an_error_and_nothing_worse(void **state) {
        struct place *p = *state;
        bool beyond = false;
        int failures = 0;

        for (int point = 1; !beyond && point < POINTS_MAX; point += SPREAD) {
                p->s = store_close(p->s);
                p->e = ERROR_INIT;
                atomic_store(&countdown, point);
                int r = store_open(p->url, &p->s, &p->e);
                if (r == 0)
                        r = journey(p);
                bool failed = atomic_exchange(&countdown, 0) == 0;
                beyond |= !failed;
                if (r < 0) {
                        failures++;
                        assert_true(failed);
                        assert_int_not_equal(p->e.code, ERROR_NONE);
                }
                if (!p->s)
                        place_reopen(p);
                p->e = ERROR_INIT;
                r = journey(p); // the next works
                if (r < 0)
                        fail_msg("after allocation %d failed: %s", point, p->e.message);
        }
        assert_true(failures > 50);
        assert_true(beyond); // all points there are were among them
        assert_sound(p->path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_free)

int main(void) {
        const struct CMUnitTest tests[] = {
                        TEST(a_failing_allocation_is_an_error_and_nothing_worse),
        };
        sqlite3_mem_methods failing;

        if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
                return 1;
        failing = real;
        failing.xMalloc = failing_malloc;
        failing.xRealloc = failing_realloc;
        if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK)
                return 1;
        return cmocka_run_group_tests_name("store_memory", tests, NULL, NULL);
}
