#include "base/metrics.h"

#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "unit.h"

static struct buffer exposition;

static const char *expose(void) {
        buffer_reset(&exposition);
        metrics_write(&exposition);
        assert_int_equal(buffer_result(&exposition), 0);
        return buffer_str(&exposition);
}

static bool has_line(const char *expected) {
        char *whole _cleanup_free_ = str_printf("\n%s\n", expected);

        return strstr(expose(), whole) != NULL;
}

static void test_series_exist_before_they_happen(void **state _unused_) {
        assert_true(has_line("firstline_tickets_total{action=\"escalate\"} 0"));
        assert_true(has_line("firstline_step_duration_seconds_count{step=\"embed\"} 0"));
        assert_true(has_line("firstline_part_up{part=\"model\"} 0"));
        assert_true(has_line("firstline_uptime_seconds 0"));
        assert_null(strstr(expose(), "\"other\""));
}

static void test_counter(void **state _unused_) {
        metric_inc(METRIC_TICKETS, "answer");
        metric_add(METRIC_TICKETS, "answer", 4);
        assert_int_equal(metric_read(METRIC_TICKETS, "answer"), 5);
        assert_int_equal(metric_read(METRIC_TICKETS, "auto_resolve"), 0);
        assert_true(has_line("firstline_tickets_total{action=\"answer\"} 5"));
}

static void test_undeclared_value_counts_as_other(void **state _unused_) {
        metric_inc(METRIC_TIERS, "tier_3\"\n");
        metric_inc(METRIC_TIERS, "tier_");
        metric_inc(METRIC_TIERS, "");
        metric_inc(METRIC_TIERS, NULL);
        assert_true(has_line("firstline_tickets_tier_total{tier=\"other\"} 4"));
        assert_int_equal(metric_read(METRIC_TIERS, "tier_1"), 0);
        assert_null(strstr(expose(), "tier_3"));
}

static void test_gauge(void **state _unused_) {
        metric_set(METRIC_PART_UP, "model", 1);
        metric_set(METRIC_UPTIME, NULL, 12.5);
        metric_set(METRIC_MEMORY, NULL, 123456789012.0);
        metric_set(METRIC_JOBS, "queued", (double) NAN);
        metric_set(METRIC_JOBS, "failed", (double) INFINITY);
        assert_true(has_line("firstline_part_up{part=\"model\"} 1"));
        assert_true(has_line("firstline_uptime_seconds 12.5"));
        assert_true(has_line("process_resident_memory_bytes 123456789012"));
        assert_true(has_line("firstline_jobs{state=\"queued\"} NaN"));
        assert_true(has_line("firstline_jobs{state=\"failed\"} +Inf"));
}

static void test_kinds_do_not_mix(void **state _unused_) {
        metric_set(METRIC_RETRIEVAL_RUNG, "semantic", 7);
        metric_inc(METRIC_KNOWLEDGE, "documents");
        metric_observe_us(METRIC_RETRIEVAL_RUNG, "semantic", 7);
        metric_inc((enum metric_id) 9999, NULL);
        assert_int_equal(metric_read(METRIC_RETRIEVAL_RUNG, "semantic"), 0);
        assert_true(has_line("firstline_knowledge_items{kind=\"documents\"} 0"));
        assert_int_equal(metric_read(METRIC_KNOWLEDGE, "documents"), 0);
}

static void test_histogram(void **state _unused_) {
        assert_true(metric_mean_ms(METRIC_FRESHDESK_SECONDS, NULL) == 0);
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, 100); // a bound is part of its bucket
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, 101);
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, 2000000);
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, 61000000);
        metric_observe_us(METRIC_FRESHDESK_SECONDS, NULL, -5); // a clock that went back
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"0.0001\"} 2"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"0.00025\"} 3"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"1\"} 3"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"2.5\"} 4"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"60\"} 4"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_bucket{le=\"+Inf\"} 5"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_sum 63.000201"));
        assert_true(has_line("firstline_freshdesk_request_duration_seconds_count 5"));
        assert_true(fabs(metric_mean_ms(METRIC_FRESHDESK_SECONDS, NULL) - 12600.0402) < 1e-6);
        metric_observe_us(METRIC_STEP_SECONDS, "embed", 3000);
        assert_true(has_line("firstline_step_duration_seconds_bucket{step=\"embed\",le=\"0.005\"} 1"));
}

// Each line is a HELP, a TYPE or a sample, and no name or label is malformed.
static void test_exposition_is_well_formed(void **state _unused_) {
        char *text _cleanup_free_ = str_dup(expose());
        size_t lines = 0;
        regex_t re;

        assert_int_equal(regcomp(&re,
                                 "^(# HELP [a-z_]+ [^\\]+|# TYPE [a-z_]+ (counter|gauge|histogram)|"
                                 "[a-z_]+(\\{[a-z_]+=\"[^\"\\]+\"(,le=\"[0-9.+a-zA-Z]+\")?\\})? "
                                 "(-?[0-9.]+(e[+-][0-9]+)?|NaN|[+-]Inf))$",
                                 REG_EXTENDED | REG_NOSUB),
                         0);
        assert_true(str_ends(text, "\n"));
        for (char *s = text; *s; lines++) {
                char *end = strchr(s, '\n');

                *end = '\0';
                if (regexec(&re, s, 0, NULL, 0) != 0)
                        fail_msg("malformed: %s", s);
                s = end + 1;
        }
        regfree(&re);
        assert_true(lines > 3 * METRIC_COUNT_);
}

static void *count_up(void *arg _unused_) {
        for (int i = 0; i < 10000; i++) {
                metric_inc(METRIC_EVENTS, "accepted");
                metric_observe_us(METRIC_COMMIT_SECONDS, NULL, 1000);
        }
        return NULL;
}

static void test_threads_lose_nothing(void **state _unused_) {
        pthread_t threads[4];

        for (int i = 0; i < 4; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, count_up, NULL), 0);
        for (int i = 0; i < 4; i++)
                pthread_join(threads[i], NULL);
        assert_int_equal(metric_read(METRIC_EVENTS, "accepted"), 40000);
        assert_true(has_line("firstline_database_commit_duration_seconds_count 40000"));
        assert_true(has_line("firstline_database_commit_duration_seconds_sum 40"));
}

// Every declared value has a series of its own: the table does not outgrow its room.
static void test_every_declared_value_has_room(void **state _unused_) {
        static const struct {
                enum metric_id id;
                const char *name, *values;
        } metrics[] = {
#define METRIC_VALUES(id, kind, name, label, values, help) {METRIC_##id, name, values},
                        METRICS_TABLE(METRIC_VALUES)
#undef METRIC_VALUES
        };

        for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
                for (const char *v = metrics[i].values; v; v = strchr(v, '|') ? strchr(v, '|') + 1 : NULL) {
                        char *label _cleanup_free_ = str_printf("=\"%.*s\"", (int) strcspn(v, "|"), v);
                        char *help _cleanup_free_ = str_printf("# HELP %s ", metrics[i].name);
                        const char *at = strstr(expose(), help);

                        assert_non_null(at);
                        at = strstr(at + 1, label);
                        assert_non_null(at);
                }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_series_exist_before_they_happen),
                        cmocka_unit_test(test_counter),
                        cmocka_unit_test(test_undeclared_value_counts_as_other),
                        cmocka_unit_test(test_gauge),
                        cmocka_unit_test(test_kinds_do_not_mix),
                        cmocka_unit_test(test_histogram),
                        cmocka_unit_test(test_exposition_is_well_formed),
                        cmocka_unit_test(test_threads_lose_nothing),
                        cmocka_unit_test(test_every_declared_value_has_room),
        };
        int r;

        exposition = BUFFER_INIT(1 << 20);
        r = cmocka_run_group_tests(tests, NULL, NULL);
        buffer_free(&exposition);
        return r;
}
