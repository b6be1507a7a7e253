#include "base/clock.h"

#include <errno.h>
#include <time.h>

#include "base/memory.h"
#include "unit.h"

static void test_iso(void **state _unused_) {
        static const struct {
                int64_t ms;
                const char *iso;
        } cases[] = {
                        {0, "1970-01-01T00:00:00.000Z"},
                        {-1, "1969-12-31T23:59:59.999Z"},
                        {951782400000, "2000-02-29T00:00:00.000Z"},
                        {1709251199999, "2024-02-29T23:59:59.999Z"},
                        {1769860800123, "2026-01-31T12:00:00.123Z"},
                        {-2203891200001, "1900-02-28T23:59:59.999Z"},
                        {-2203891200000, "1900-03-01T00:00:00.000Z"},
                        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
                        {INT64_MIN, "0000-01-01T00:00:00.000Z"},
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char out[CLOCK_ISO_SIZE];

                clock_iso(cases[i].ms, out);
                assert_string_equal(out, cases[i].iso);
        }
}

// The C library's calendar is the reference.
static void test_iso_agrees_with_the_c_library(void **state _unused_) {
        for (int64_t s = -62167219200; s < 253402300800; s += 86400 * 29 + 3601) {
                char expected[80], out[CLOCK_ISO_SIZE];
                struct tm tm;
                time_t t = (time_t) s;
                int64_t ms = -1;

                assert_non_null(gmtime_r(&t, &tm));
                (void) snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d.000Z", tm.tm_year + 1900,
                                tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
                clock_iso(s * 1000, out);
                assert_string_equal(out, expected);
                assert_int_equal(clock_parse_iso(out, &ms), 0);
                assert_true(ms == s * 1000);
        }
}

static void test_parse(void **state _unused_) {
        static const struct {
                const char *iso;
                int64_t ms;
        } good[] = {
                        {"1970-01-01T00:00:00Z", 0},
                        {"2026-01-31T12:00:00.123Z", 1769860800123},
                        {"2026-01-31T12:00:00.1239999Z", 1769860800123},
                        {"2026-01-31T12:00:00.5Z", 1769860800500},
                        {"2026-01-31T17:30:00+05:30", 1769860800000},
                        {"2026-01-31T04:00:00.000-08:00", 1769860800000},
                        {"2016-12-31T23:59:60Z", 1483228800000},
        };
        static const char *const bad[] = {
                        "",
                        "2026",
                        "2026-01-31",
                        "2026-01-31T12:00:00",
                        "2026-01-31 12:00:00Z",
                        "2026-13-01T00:00:00Z",
                        "2026-00-01T00:00:00Z",
                        "2026-02-29T00:00:00Z",
                        "2026-01-31T24:00:00Z",
                        "2026-01-31T12:60:00Z",
                        "2026-01-31T12:00:61Z",
                        "2026-01-31T12:00:00.Z",
                        "2026-01-31T12:00:00Zx",
                        "2026-01-31T12:00:00+0530",
                        "2026-01-31T12:00:00+24:00",
                        "-026-01-31T12:00:00Z",
        };
        int64_t ms;

        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                assert_int_equal(clock_parse_iso(good[i].iso, &ms), 0);
                assert_true(ms == good[i].ms);
        }
        ms = 77;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(clock_parse_iso(bad[i], &ms), -EINVAL);
        assert_int_equal(clock_parse_iso(NULL, &ms), -EINVAL);
        assert_true(ms == 77);
}

static void test_monotonic_never_goes_back(void **state _unused_) {
        int64_t last = clock_monotonic_us();

        for (int i = 0; i < 10000; i++) {
                int64_t now = clock_monotonic_us();

                assert_true(now >= last);
                last = now;
        }
        assert_true(clock_now_ms() > 1700000000000); // set at all: after 2023
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_iso),
                        cmocka_unit_test(test_iso_agrees_with_the_c_library),
                        cmocka_unit_test(test_parse),
                        cmocka_unit_test(test_monotonic_never_goes_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
