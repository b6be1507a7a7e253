// Statistics and analytics, from the few rows that are kept counted.
#include <errno.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/string.h"
#include "store/inside.h"

enum { DAY_SIZE = sizeof(((struct analytics_row *) NULL)->day), MILLIONTHS = 1000000 };

// By decision: what counts it, and what counts it once Freshdesk has confirmed it in auto mode.
static const struct {
        const char *action;
        size_t decided, delivered;
} actions[] = {
                {"auto_resolve", offsetof(struct store_stats, decided_auto_resolve),
                 offsetof(struct store_stats, auto_resolved)},
                {"answer", offsetof(struct store_stats, decided_answer), offsetof(struct store_stats, answered)},
                {"escalate", offsetof(struct store_stats, decided_escalate), offsetof(struct store_stats, escalated)},
};

static int64_t *member(struct store_stats *st, size_t offset) {
        return (int64_t *) (void *) ((char *) st + offset);
}

static void count(struct store_stats *st, enum job_state state, const char *action, const char *mode, int64_t n) {
        st->total += n;
        if (!job_state_final(state))
                st->pending += n;
        st->failed += state == JOB_FAILED ? n : 0;
        st->dropped += state == JOB_DROPPED ? n : 0;
        st->recorded += state == JOB_RECORDED ? n : 0;
        st->drafted += state == JOB_DELIVERED && str_eq(mode, "draft") ? n : 0;
        st->to_review += state == JOB_DELIVERED && str_eq(mode, "draft") && !str_eq(action, "escalate") ? n : 0;
        st->approved += state == JOB_DELIVERED && str_eq(mode, "approved") ? n : 0;
        for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
                if (!str_eq(action, actions[i].action))
                        continue;
                *member(st, actions[i].decided) += n;
                if (state == JOB_DELIVERED && str_eq(mode, "auto"))
                        *member(st, actions[i].delivered) += n;
        }
}

int store_stats(struct store *s, struct store_stats *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        struct store_stats st = {0};
        int64_t decided = 0, duration_ms = 0;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_STATS);
        while ((r = query_step(&q, e)) > 0) {
                const char *action = query_column_text(&q, 1), *mode = query_column_text(&q, 2);
                int64_t n = query_column_int(&q, 3);
                enum job_state state;
                if (job_state_parse(query_column_text(&q, 0), &state) < 0)
                        return database_error(rd.d, SQLITE_CORRUPT, e);
                count(&st, state, action, mode, n);
                if (!str_empty(action)) {
                        decided += n;
                        duration_ms += query_column_int(&q, 4);
                }
        }
        if (r < 0)
                return r;
        st.average_ms = decided ? (double) duration_ms / (double) decided : 0;
        *ret = st;
        return 0;
}

static void day_text(int64_t day, char out[DAY_SIZE]) {
        char iso[CLOCK_ISO_SIZE];

        clock_iso(day * DAY_MS, iso);
        str_copy(out, DAY_SIZE, iso);
}

// The day of a moment, rounded down before 1970 too.
static int64_t day_of(int64_t ms) {
        return ms / DAY_MS - (ms % DAY_MS < 0);
}

int store_analytics(struct store *s, int64_t from_ms, int64_t to_ms,
                    void (*fn)(void *arg, const struct analytics_row *row), void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_ANALYTICS);
        query_int(&q, 1, day_of(from_ms));
        query_int(&q, 2, day_of(to_ms > INT64_MIN ? to_ms - 1 : to_ms));
        while ((r = query_step(&q, e)) > 0) {
                struct analytics_row row = {.tier = query_column_text(&q, 1),
                                            .category = query_column_text(&q, 2),
                                            .method = query_column_text(&q, 3),
                                            .action = query_column_text(&q, 4),
                                            .state = query_column_text(&q, 5),
                                            .tickets = query_column_int(&q, 6)};
                day_text(query_column_int(&q, 0), row.day);
                row.average_ms = (double) query_column_int(&q, 7) / (double) row.tickets;
                row.average_confidence = (double) query_column_int(&q, 8) / MILLIONTHS / (double) row.tickets;
                fn(arg, &row);
        }
        return r;
}
