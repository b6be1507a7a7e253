#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#define MS_PER_DAY INT64_C(86400000)
// The years that four digits can write.
#define CLOCK_MIN_MS INT64_C(-62167219200000) // 0000-01-01T00:00:00.000Z
#define CLOCK_MAX_MS INT64_C(253402300799999) // 9999-12-31T23:59:59.999Z

int64_t clock_now_ms(void) {
        struct timespec t;

        clock_gettime(CLOCK_REALTIME, &t);
        return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_monotonic_us(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool leap(int64_t y) {
        return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int64_t y, int m) {
        static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        return days[m - 1] + (m == 2 && leap(y));
}

// Days before January 1st of year y (0 to 9999) in the Gregorian calendar, counted from 0000-01-01.
static int64_t days_before_year(int64_t y) {
        return y == 0 ? 0 : 365 * y + (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400 + 1;
}

static char *put_digits(char *p, int64_t v, int n) {
        for (int i = n - 1; i >= 0; i--) {
                p[i] = (char) ('0' + v % 10);
                v /= 10;
        }
        return p + n;
}

void clock_iso(int64_t ms, char out[CLOCK_ISO_SIZE]) {
        int64_t days, rest, y;
        int m = 1;

        ms = ms < CLOCK_MIN_MS ? CLOCK_MIN_MS : ms > CLOCK_MAX_MS ? CLOCK_MAX_MS : ms;
        ms -= CLOCK_MIN_MS;
        days = ms / MS_PER_DAY;
        rest = ms % MS_PER_DAY;

        // 146097 days are 400 years; the estimate is at most one year too late or early.
        y = days * 400 / 146097;
        while (days_before_year(y) > days)
                y--;
        while (days_before_year(y + 1) <= days)
                y++;
        days -= days_before_year(y);
        for (; days >= month_days(y, m); m++)
                days -= month_days(y, m);

        out = put_digits(out, y, 4);
        *out++ = '-';
        out = put_digits(out, m, 2);
        *out++ = '-';
        out = put_digits(out, days + 1, 2);
        *out++ = 'T';
        out = put_digits(out, rest / 3600000, 2);
        *out++ = ':';
        out = put_digits(out, rest / 60000 % 60, 2);
        *out++ = ':';
        out = put_digits(out, rest / 1000 % 60, 2);
        *out++ = '.';
        out = put_digits(out, rest % 1000, 3);
        *out++ = 'Z';
        *out = '\0';
}

// n digits and then, when `after` is not NUL, that character. Moves *s behind them.
static bool take_digits(const char **s, int n, char after, int64_t *ret) {
        int64_t v = 0;

        for (int i = 0; i < n; i++, (*s)++) {
                if (**s < '0' || **s > '9')
                        return false;
                v = v * 10 + (**s - '0');
        }
        if (after && *(*s)++ != after)
                return false;
        *ret = v;
        return true;
}

static bool take_fraction(const char **s, int64_t *ret_ms) {
        int64_t scale = 100;

        *ret_ms = 0;
        if (**s != '.')
                return true;
        (*s)++;
        if (**s < '0' || **s > '9')
                return false;
        for (; **s >= '0' && **s <= '9'; (*s)++) {
                *ret_ms += (**s - '0') * scale;
                scale /= 10;
        }
        return true;
}

static bool take_zone(const char **s, int64_t *ret_minutes) {
        int64_t hours, minutes;
        char sign = *(*s)++;

        *ret_minutes = 0;
        if (sign == 'Z' || sign == 'z')
                return true;
        if (sign != '+' && sign != '-')
                return false;
        if (!take_digits(s, 2, ':', &hours) || !take_digits(s, 2, 0, &minutes) || hours > 23 || minutes > 59)
                return false;
        *ret_minutes = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
        return true;
}

int clock_parse_iso(const char *s, int64_t *ret_ms) {
        int64_t y, mo, d, h, mi, sec, ms, zone, days;

        if (!s || !take_digits(&s, 4, '-', &y) || !take_digits(&s, 2, '-', &mo) || !take_digits(&s, 2, 'T', &d) ||
            !take_digits(&s, 2, ':', &h) || !take_digits(&s, 2, ':', &mi) || !take_digits(&s, 2, 0, &sec) ||
            !take_fraction(&s, &ms) || !take_zone(&s, &zone) || *s)
                return -EINVAL;
        // A leap second is written as :60 and counts as the second after it.
        if (mo < 1 || mo > 12 || d < 1 || d > month_days(y, (int) mo) || h > 23 || mi > 59 || sec > 60)
                return -EINVAL;

        days = days_before_year(y) + d - 1;
        for (int m = 1; m < mo; m++)
                days += month_days(y, m);
        *ret_ms = CLOCK_MIN_MS + days * MS_PER_DAY + ((h * 60 + mi - zone) * 60 + sec) * 1000 + ms;
        return 0;
}
