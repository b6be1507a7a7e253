// Lists of jobs, newest first, and one job by its number.
#include <errno.h>
#include <stdlib.h>

#include "base/string.h"
#include "store/inside.h"

enum { JOBS_MAX = 1000 }; // in one answer

void job_row_clear(struct job_row *j) {
        free(j->subject);
        free(j->error);
        *j = (struct job_row){0};
}

// In the order of JOB_COLUMNS.
static int read_row(struct query *q, struct job_row *ret, struct error *e) {
        const char *kind = query_column_text(q, 9);

        *ret = (struct job_row){.id = query_column_int(q, 0),
                                .ticket_id = query_column_int(q, 1),
                                .attempts = (unsigned) query_column_int(q, 3),
                                .created_ms = query_column_int(q, 4),
                                .due_ms = query_column_int(q, 5),
                                .leased = query_column_int(q, 6) != 0,
                                .trouble_ms = query_column_int(q, 7)};
        if (job_state_parse(query_column_text(q, 2), &ret->state) < 0)
                return database_error(q->d, SQLITE_CORRUPT, e);
        if (ret->leased)
                ret->due_ms = 0; // of one that is worked on it is when its lease runs out
        str_copy(ret->kind, sizeof(ret->kind), kind ? kind : "");
        int r = query_column_dup(q, 8, &ret->error, e);
        if (r == 0)
                r = query_column_dup(q, 10, &ret->subject, e);
        if (r < 0)
                job_row_clear(ret);
        return r;
}

static void free_all(struct job_row *rows, size_t n) {
        for (size_t i = 0; i < n; i++)
                job_row_clear(&rows[i]);
        free(rows);
}

int store_jobs(struct store *s, const struct job_filter *f, struct job_row **ret, size_t *ret_n, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        struct job_row *rows = NULL;
        size_t n = 0, cap = 0;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_JOBS);
        query_int(&q, 1, f->before > 0 ? f->before : INT64_MAX);
        query_text(&q, 2, f->state);
        query_int(&q, 3, f->open);
        query_int(&q, 4, f->ticket_id);
        query_int(&q, 5, (int64_t) MIN(f->limit, (size_t) JOBS_MAX));
        while ((r = query_step(&q, e)) > 0) {
                r = memory_grow((void **) &rows, &cap, n + 1, sizeof(*rows));
                r = r < 0 ? database_error(rd.d, SQLITE_NOMEM, e) : read_row(&q, &rows[n], e);
                if (r < 0)
                        break;
                n++;
        }
        if (r < 0) {
                free_all(rows, n);
                return r;
        }
        *ret = rows;
        *ret_n = n;
        return 0;
}

int store_job(struct store *s, int64_t id, struct job_row *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        struct job_row row;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_from(rd.d, STATEMENT_JOB_ROW);
        query_int(&q, 1, id);
        r = query_step(&q, e);
        if (r <= 0)
                return r;
        r = read_row(&q, &row, e);
        if (r < 0)
                return r;
        *ret = row;
        return 1;
}
