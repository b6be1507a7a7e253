// The audit trail: rows are added with what they tell of, in one transaction, and never changed.
#include <errno.h>

#include "store/inside.h"

int audit_write(struct transaction *t, int64_t ticket_id, int64_t job_id, const struct audit_row *rows, size_t n,
                struct error *e) {
        for (size_t i = 0; i < n; i++) {
                struct query q _cleanup_query_ = query_from(t->d, STATEMENT_AUDIT_INSERT);
                query_int(&q, 1, rows[i].ticket_id ? rows[i].ticket_id : ticket_id);
                query_int(&q, 2, rows[i].job_id ? rows[i].job_id : job_id);
                query_int(&q, 3, t->now_ms);
                query_text(&q, 4, rows[i].step);
                query_text(&q, 5, rows[i].detail);
                int r = query_run(&q, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

int store_audit(struct store *s, int64_t ticket_id, int64_t after, size_t max,
                void (*fn)(void *arg, const struct audit_row *row), void *arg, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ =
                        query_from(rd.d, ticket_id ? STATEMENT_AUDIT_OF_TICKET : STATEMENT_AUDIT_OF_ALL);
        query_int(&q, 1, after);
        query_int(&q, 2, (int64_t) MIN(max, (size_t) INT64_MAX));
        if (ticket_id)
                query_int(&q, 3, ticket_id);
        while ((r = query_step(&q, e)) > 0) {
                struct audit_row row = {.id = query_column_int(&q, 0),
                                        .ticket_id = query_column_int(&q, 1),
                                        .job_id = query_column_int(&q, 2),
                                        .at_ms = query_column_int(&q, 3),
                                        .step = query_column_text(&q, 4),
                                        .detail = query_column_text(&q, 5)};
                fn(arg, &row);
        }
        return r;
}

int store_audit_last(struct store *s, int64_t *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_AUDIT_LAST);
        r = query_step(&q, e);
        if (r > 0)
                *ret = query_column_int(&q, 0);
        return MIN(r, 0);
}
