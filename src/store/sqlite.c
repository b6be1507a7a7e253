#include "store/sqlite.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/string.h"
#include "store/blot.h"
#include "store/vfs.h"

enum {
        BUSY_US_MAX = 2000000,     // a webhook's sender waits several times this for its answer
        BUSY_NAP_US = 500,         // short, because another writer's lock is held for about a millisecond
        BUSY_NAP_SPREAD_US = 1024, // two processes that wait do not try in step
};

static void setup_once(void) {
        // Nobody reads SQLite's count of its memory, and keeping it takes a lock on each allocation. It can fail only
        // when somebody has started the library before, and then nothing is lost.
        (void) sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        (void) vfs_register(); // without it nothing can be opened, which then says so
}

void sqlite_setup(void) {
        static pthread_once_t once = PTHREAD_ONCE_INIT;

        pthread_once(&once, setup_once);
}

// SQLite's own handler sleeps up to 100 ms at a time: too seldom to get between the commits of a busy process.
static int on_busy(void *arg, int tries) {
        struct database *d = arg;
        int64_t now = clock_monotonic_us();

        if (tries == 0)
                d->busy_since_us = now;
        if (now - d->busy_since_us > BUSY_US_MAX)
                return 0;
        struct timespec nap = {.tv_nsec = (BUSY_NAP_US + (long) (digest_random() % BUSY_NAP_SPREAD_US)) * 1000};
        nanosleep(&nap, NULL);
        return 1;
}

// temp_store: the few temporary tables are small, and a full disk must not reach them.
// secure_delete: what is erased is overwritten, whatever the distribution's default.
// journal_size_limit: a burst's write-ahead log does not stay on the disk for ever.
// auto_vacuum: pages that became free can be given back; only a file that is still empty takes it.
static const char pragmas_writing[] = "PRAGMA auto_vacuum = INCREMENTAL;"
                                      "PRAGMA journal_mode = WAL;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = ON;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA secure_delete = ON;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA cache_size = -16384;"
                                      "PRAGMA journal_size_limit = 67108864;";
static const char pragmas_reading[] = "PRAGMA query_only = ON;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA cache_size = -4096;";

static int configure(struct database *d, bool writing, struct error *e) {
        sqlite3_extended_result_codes(d->db, 1);
        sqlite3_busy_handler(d->db, on_busy, d);
        (void) sqlite3_db_config(d->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *) NULL);
        int rc = blot_register(d->db);
        if (rc != SQLITE_OK)
                return database_error(d, rc, e);
        if (writing && sqlite3_db_readonly(d->db, "main") == 1)
                return error_set(e, -EROFS, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is read-only: give this user the right to write it and its folder", d->path);
        return writing ? 0 : database_exec(d, pragmas_reading, e);
}

// A name that begins with "file:" would be taken for a URI.
static int open_named(const char *folder, const char *path, bool writing, struct database **ret, struct error *e) {
        struct database *d _cleanup_(database_close_p) = calloc(1, sizeof(*d));

        sqlite_setup();
        if (!d || !(d->path = str_printf("%s%s", folder, path)))
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "%s: not enough memory", path);
        errno = 0;
        int rc = sqlite3_open_v2(d->path, &d->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, VFS_NAME);
        if (rc != SQLITE_OK)
                return database_error(d, rc, e);
        int r = configure(d, writing, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

int database_open(const char *path, bool writing, struct database **ret, struct error *e) {
        return open_named(*path == '/' ? "" : "./", path, writing, ret, e);
}

int database_memory(struct database **ret, struct error *e) {
        return open_named("", ":memory:", true, ret, e);
}

int database_journal(struct database *d, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(d, "PRAGMA journal_mode");
        int r = database_exec(d, pragmas_writing, e);

        if (r < 0)
                return r;
        r = query_step(&q, e);
        if (r < 0)
                return r;
        if (r == 0 || !str_eq(query_column_text(&q, 0), "wal"))
                return error_set(e, -EIO, ERROR_STORAGE_UNAVAILABLE,
                                 "%s: the file system cannot hold a write-ahead log; use a local one", d->path);
        return 0;
}

int database_empty_log(struct database *d, struct error *e) {
        sqlite3_busy_handler(d->db, NULL, NULL); // it would wait with the right to write in its hands
        errno = 0;
        int rc = sqlite3_wal_checkpoint_v2(d->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        int r = rc == SQLITE_OK ? 0 : database_error(d, rc, e);
        sqlite3_busy_handler(d->db, on_busy, d);
        return r;
}

struct database *database_close(struct database *d) {
        if (!d)
                return NULL;
        for (size_t i = 0; i < STATEMENT_COUNT_; i++)
                sqlite3_finalize(d->statements[i]);
        sqlite3_close_v2(d->db);
        free(d->path);
        free(d);
        return NULL;
}

// ---- errors

// The cause in the words of this program, and what to do. The first row that fits counts.
static const struct {
        int rc; // primary result code
        int r;
        const char *words;
} failures[] = {
                {SQLITE_BUSY, -EAGAIN, "locked by another program; it is tried again with the next request"},
                {SQLITE_LOCKED, -EAGAIN, "locked by another program; it is tried again with the next request"},
                {SQLITE_READONLY, -EROFS, "read-only: give this user the right to write it and its folder"},
                {SQLITE_FULL, -ENOSPC, "the disk is full: make room"},
                {SQLITE_CORRUPT, -EBADMSG, "damaged: restore it from a backup"},
                {SQLITE_NOTADB, -EBADMSG, "not a database of Firstline"},
                {SQLITE_NOMEM, -ENOMEM, "not enough memory"},
};

// What the operating system said, where SQLite's own code only says that input or output failed.
static const struct {
        int number;
        int r;
        const char *words;
} causes[] = {
                {ENOSPC, -ENOSPC, "the disk is full: make room"},
                {EDQUOT, -ENOSPC, "the quota of this user is used up: make room"},
                {EFBIG, -ENOSPC, "the file may not grow any more: raise the limit on file sizes, or make room"},
                {EROFS, -EROFS, "read-only file system"},
                {EACCES, -EROFS, "not allowed: give this user the right to write it and its folder"},
                {EPERM, -EROFS, "not allowed: give this user the right to write it and its folder"},
                {ENOMEM, -ENOMEM, "not enough memory"},
};

int database_error(struct database *d, int rc, struct error *e) {
        int number = errno; // sqlite3_system_errno knows nothing of a write that failed in a commit
        int primary = rc & 0xff;

        if (primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG) // the fault of what was to be written
                return error_set(e, -EINVAL, ERROR_INTERNAL, "the database refused a value: %s", sqlite3_errmsg(d->db));
        for (size_t i = 0; i < ARRAY_LEN(failures); i++)
                if (failures[i].rc == primary)
                        return error_set(e, failures[i].r, ERROR_STORAGE_UNAVAILABLE, "%s: %s", d->path,
                                         failures[i].words);
        if (rc == SQLITE_IOERR_NOMEM)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "%s: not enough memory", d->path);
        if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)
                for (size_t i = 0; i < ARRAY_LEN(causes); i++)
                        if (causes[i].number == number)
                                return error_set(e, causes[i].r, ERROR_STORAGE_UNAVAILABLE, "%s: %s", d->path,
                                                 causes[i].words);
        return error_set(e, -EIO, ERROR_STORAGE_UNAVAILABLE, "%s: %s (%d%s%s)", d->path,
                         d->db ? sqlite3_errmsg(d->db) : sqlite3_errstr(rc), rc, number ? ", " : "",
                         number ? strerror(number) : "");
}

int database_exec(struct database *d, const char *sql, struct error *e) {
        errno = 0;
        int rc = sqlite3_exec(d->db, sql, NULL, NULL, NULL);
        return rc == SQLITE_OK ? 0 : database_error(d, rc, e);
}

int database_pragma(struct database *d, const char *name, int64_t *ret, struct error *e) {
        char *sql _cleanup_free_ = str_printf("PRAGMA %s", name);

        if (!sql)
                return database_error(d, SQLITE_NOMEM, e);
        struct query q _cleanup_query_ = query_prepare(d, sql);
        int r = query_step(&q, e);
        if (r > 0)
                *ret = query_column_int(&q, 0);
        return MIN(r, 0);
}
