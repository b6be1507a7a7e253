// One connection to SQLite: opened with the house's settings, statements prepared once, errors as errno and words.
//
// A connection is used by one thread at a time.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "store/statement_table.h"

enum statement_id {
#define STATEMENT(id, sql) STATEMENT_##id,
        STATEMENT_TABLE(STATEMENT)
#undef STATEMENT
                        STATEMENT_COUNT_
};

struct database {
        sqlite3 *db;
        char *path;
        int64_t busy_since_us; // when the wait for another program's lock began
        sqlite3_stmt *statements[STATEMENT_COUNT_];
};

// Prepares the library for the process; before the first connection of any kind. Any thread.
void sqlite_setup(void);

// Opens an existing file: for reading and writing, or only for reading from a database that somebody writes.
_warn_unused_ int database_open(const char *path, bool writing, struct database **ret, struct error *e);
_warn_unused_ int database_memory(struct database **ret, struct error *e); // an empty one, in memory alone
struct database *database_close(struct database *d);
DEFINE_CLEANUP(struct database, database_close);

// What SQLite has just answered as negative errno, with ERROR_STORAGE_UNAVAILABLE and its words in e. errno is to be 0
// before that call: where SQLite knows only that input or output failed, it tells why.
int database_error(struct database *d, int rc, struct error *e);
// Sets the journal and the rest of what a writing connection needs. After the file was recognised, because it may write
// to it.
_warn_unused_ int database_journal(struct database *d, struct error *e);
// Copies the write-ahead log into the file and cuts it to nothing. -EAGAIN while another connection needs it: not
// waited for.
_warn_unused_ int database_empty_log(struct database *d, struct error *e);
_warn_unused_ int database_exec(struct database *d, const char *sql, struct error *e); // constant SQL without results
_warn_unused_ int database_pragma(struct database *d, const char *name, int64_t *ret, struct error *e);

// One use of a statement. Failures of binding stick until query_step reports them.
struct query {
        struct database *d;
        sqlite3_stmt *st;
        int rc;
        bool owned; // not one of the table: finalized at the end
};
struct query query_from(struct database *d, enum statement_id id);
struct query query_prepare(struct database *d, const char *sql);
void query_end(struct query *q);
#define _cleanup_query_ _cleanup_(query_end)

// Texts and blobs are borrowed until query_end; a NULL is stored as NULL.
void query_int(struct query *q, int index, int64_t v);
void query_real(struct query *q, int index, double v);
void query_text(struct query *q, int index, const char *v);
void query_blob(struct query *q, int index, const void *v, size_t n);

_warn_unused_ int query_step(struct query *q, struct error *e); // 1: a row, 0: no more, or negative
_warn_unused_ int query_run(struct query *q, struct error *e);  // to the end, whatever rows there are: 0 or negative

int64_t query_column_int(struct query *q, int column);
double query_column_real(struct query *q, int column);
const char *query_column_text(struct query *q, int column); // NULL stays NULL; valid until the next step
// A copy that the caller frees; NULL stays NULL. 0 or -ENOMEM.
_warn_unused_ int query_column_dup(struct query *q, int column, char **ret, struct error *e);
