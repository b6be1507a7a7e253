// Prepared statements: taken from the table or made for once, bound, stepped, read.
#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "store/sqlite.h"

static const char *const statement_sql[STATEMENT_COUNT_] = {
#define STATEMENT(id, sql) [STATEMENT_##id] = sql,
                STATEMENT_TABLE(STATEMENT)
#undef STATEMENT
};

struct query query_from(struct database *d, enum statement_id id) {
        struct query q = {.d = d};

        errno = 0;
        if (!d->statements[id])
                q.rc = sqlite3_prepare_v3(d->db, statement_sql[id], -1, SQLITE_PREPARE_PERSISTENT, &d->statements[id],
                                          NULL);
        q.st = d->statements[id];
        return q;
}

struct query query_prepare(struct database *d, const char *sql) {
        struct query q = {.d = d, .owned = true};

        errno = 0;
        q.rc = sqlite3_prepare_v2(d->db, sql, -1, &q.st, NULL);
        return q;
}

void query_end(struct query *q) {
        if (q->owned) {
                sqlite3_finalize(q->st);
                return;
        }
        if (!q->st)
                return;
        sqlite3_reset(q->st);
        sqlite3_clear_bindings(q->st); // what was bound belongs to the caller and may go now
}

static void bound(struct query *q, int rc) {
        if (q->rc == SQLITE_OK)
                q->rc = rc;
}

void query_int(struct query *q, int index, int64_t v) {
        if (q->st)
                bound(q, sqlite3_bind_int64(q->st, index, v));
}

void query_real(struct query *q, int index, double v) {
        if (q->st)
                bound(q, sqlite3_bind_double(q->st, index, v));
}

void query_text(struct query *q, int index, const char *v) {
        if (q->st)
                bound(q, v ? sqlite3_bind_text64(q->st, index, v, strlen(v), SQLITE_STATIC, SQLITE_UTF8)
                           : sqlite3_bind_null(q->st, index));
}

void query_blob(struct query *q, int index, const void *v, size_t n) {
        if (q->st)
                bound(q, sqlite3_bind_blob64(q->st, index, v, n, SQLITE_STATIC));
}

int query_step(struct query *q, struct error *e) {
        if (q->rc != SQLITE_OK)
                return database_error(q->d, q->rc, e);
        errno = 0;
        int rc = sqlite3_step(q->st);
        if (rc == SQLITE_ROW)
                return 1;
        return rc == SQLITE_DONE ? 0 : database_error(q->d, rc, e);
}

int query_run(struct query *q, struct error *e) {
        int r;

        do
                r = query_step(q, e);
        while (r > 0);
        return r;
}

int64_t query_column_int(struct query *q, int column) {
        return sqlite3_column_int64(q->st, column);
}

double query_column_real(struct query *q, int column) {
        return sqlite3_column_double(q->st, column);
}

const char *query_column_text(struct query *q, int column) {
        return (const char *) sqlite3_column_text(q->st, column);
}

int query_column_dup(struct query *q, int column, char **ret, struct error *e) {
        char *copy = NULL;

        if (sqlite3_column_type(q->st, column) != SQLITE_NULL) {
                const char *text = query_column_text(q, column);
                copy = text ? str_dup(text) : NULL;
                if (!copy)
                        return database_error(q->d, SQLITE_NOMEM, e);
        }
        *ret = copy;
        return 0;
}
