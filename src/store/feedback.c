// What agents say of an answer or a classification.
#include <errno.h>
#include <stdlib.h>

#include "store/inside.h"

struct put {
        const struct feedback *f;
        const struct audit_row *audit;
        int64_t id;
};

// 1 when the newest that the same one has said of the ticket says the same, 0 or negative.
static int said_before(struct transaction *t, const struct feedback *f, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_FEEDBACK_SAID);

        query_int(&q, 1, f->ticket_id);
        query_text(&q, 2, f->tier);
        query_text(&q, 3, f->category);
        query_text(&q, 4, f->answer);
        query_text(&q, 5, f->by);
        query_int(&q, 6, f->once_since_ms);
        return query_step(&q, e);
}

static int put_run(struct transaction *t, void *arg, struct error *e) {
        struct put *a = arg;
        struct query known _cleanup_query_ = query_from(t->d, STATEMENT_TICKET_SEQ);

        query_int(&known, 1, a->f->ticket_id);
        int r = query_step(&known, e);
        if (r <= 0)
                return r < 0 ? r
                             : error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no ticket %lld",
                                         (long long) a->f->ticket_id);
        int64_t job = query_column_int(&known, 1);
        if (a->f->once_since_ms && (r = said_before(t, a->f, e)) != 0) {
                a->id = 0;
                return MIN(r, 0);
        }
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_FEEDBACK_PUT);
        query_int(&q, 1, a->f->ticket_id);
        query_int(&q, 2, t->now_ms);
        query_text(&q, 3, a->f->tier);
        query_text(&q, 4, a->f->category);
        query_text(&q, 5, a->f->answer);
        query_text(&q, 6, a->f->by);
        if ((r = query_run(&q, e)) < 0)
                return r;
        a->id = sqlite3_last_insert_rowid(t->d->db);
        if ((r = answer_judged(t, a->f, e)) < 0)
                return r;
        return audit_write(t, a->f->ticket_id, job, a->audit, 1, e);
}

int store_feedback_put(struct store *s, const struct feedback *f, const struct audit_row *audit, int64_t *ret_id,
                       struct error *e) {
        struct put a = {.f = f, .audit = audit};
        int r = writer_run(s->writer, put_run, &a, e);

        if (r == 0)
                *ret_id = a.id;
        return r;
}

int store_feedback_labels(struct store *s, void (*fn)(void *arg, const struct feedback_label *row), void *arg,
                          struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_FEEDBACK_LABELS);
        while ((r = query_step(&q, e)) > 0) {
                struct feedback_label row = {.ticket_id = query_column_int(&q, 0),
                                             .tier = query_column_text(&q, 1),
                                             .category = query_column_text(&q, 2),
                                             .subject = query_column_text(&q, 3),
                                             .description = query_column_text(&q, 4)};
                fn(arg, &row);
        }
        return r;
}
