#include "freshdesk/retry_after.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/string.h"

enum {
        WAIT_MIN_MS = 1000,
        WAIT_DEFAULT_MS = 60 * 1000, // Freshdesk counts by the minute
        WAIT_MAX_MS = 3600 * 1000,
};

// Not strptime: its names depend on the locale.
int http_date_parse(const char *s, int64_t *ret_ms) {
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        char weekday[4], month[4], zone[4];
        struct tm tm = {0};
        const char *at;
        int end = 0;

        if (sscanf(s, "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d %3s%n", weekday, &tm.tm_mday, month, &tm.tm_year,
                   &tm.tm_hour, &tm.tm_min, &tm.tm_sec, zone, &end) != 8 ||
            s[end] != '\0' || strlen(month) != 3 || !str_eq(zone, "GMT"))
                return -EINVAL;
        at = strstr(months, month);
        if (!at || (at - months) % 3 != 0 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_year < 1970 ||
            tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 || tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
                return -EINVAL;
        tm.tm_mon = (int) (at - months) / 3;
        tm.tm_year -= 1900;
        *ret_ms = (int64_t) timegm(&tm) * 1000;
        return 0;
}

int64_t retry_after_ms(const char *value, int64_t now_ms) {
        int64_t seconds, at_ms, wait = WAIT_DEFAULT_MS;

        if (value && str_to_int64(value, 0, INT64_MAX, &seconds) == 0)
                wait = seconds > WAIT_MAX_MS / 1000 ? WAIT_MAX_MS : seconds * 1000;
        else if (value && http_date_parse(value, &at_ms) == 0)
                wait = at_ms - now_ms;
        return MIN(MAX(wait, (int64_t) WAIT_MIN_MS), (int64_t) WAIT_MAX_MS);
}
