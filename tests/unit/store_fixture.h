// A store on a real file in a folder of its own, and a second look at what stands in that file.
#pragma once

#include "unit.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "store/store.h"

enum { LEASE_MS = 60000 };

struct place {
        char *folder, *path, *url;
        struct store *s;
        struct error e;
};

static inline void place_reopen(struct place *p) {
        p->s = store_close(p->s);
        p->e = ERROR_INIT;
        if (store_open(p->url, &p->s, &p->e) < 0)
                fail_msg("%s", p->e.message);
}

static inline struct place *place_new(void) {
        struct place *p = calloc(1, sizeof(*p));

        assert_non_null(p);
        p->folder = scratch_new();
        p->path = str_printf("%s/test.db", p->folder);
        p->url = str_printf("sqlite:%s", p->path);
        return p;
}

static inline int place_free(void **state) {
        struct place *p = *state;

        store_close(p->s);
        scratch_free(p->folder);
        free(p->path);
        free(p->url);
        free(p);
        return 0;
}

static inline int place_empty(void **state) {
        *state = place_new();
        return 0;
}

static inline int place_open(void **state) {
        struct place *p = place_new();

        *state = p;
        place_reopen(p);
        return 0;
}

// ---- the file, seen from outside

static inline sqlite3 *sql_open(const char *path) {
        sqlite3 *db = NULL;

        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        sqlite3_busy_timeout(db, 5000);
        return db;
}

static inline void sql_run(const char *path, const char *sql) {
        sqlite3 *db = sql_open(path);
        char *words = NULL;

        if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
                fail_msg("%s: %s", sql, words);
        sqlite3_close(db);
}

static inline char *sql_text(const char *path, const char *sql) {
        sqlite3 *db = sql_open(path);
        sqlite3_stmt *st = NULL;
        char *text = NULL;

        if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
                fail_msg("%s: %s", sql, sqlite3_errmsg(db));
        if (sqlite3_step(st) == SQLITE_ROW)
                text = str_dup((const char *) sqlite3_column_text(st, 0));
        sqlite3_finalize(st);
        sqlite3_close(db);
        return text;
}

static inline int64_t sql_int(const char *path, const char *sql) {
        char *text = sql_text(path, sql);
        int64_t n = -1;

        if (text && str_to_int64(text, INT64_MIN, INT64_MAX, &n) < 0)
                fail_msg("%s gives %s", sql, text);
        free(text);
        return n;
}

// What is kept counted is what counting finds, no rule between the tables is broken, and SQLite finds no damage.
static inline void assert_sound(const char *path) {
        static const char key[] = "day, tier, category, method, action, mode, state";
        static const char counted[] =
                        "SELECT created_ms / 86400000 AS day, coalesce(tier, '') AS tier, coalesce(category, '') AS "
                        "category, coalesce(method, '') AS method, coalesce(action, '') AS action, coalesce(mode, '') "
                        "AS mode, state, count(*) AS tickets, sum(duration_ms) AS duration_ms, "
                        "sum(CAST(round(confidence * 1000000) AS INTEGER)) AS confidence_millionths "
                        "FROM ticket GROUP BY 1, 2, 3, 4, 5, 6, 7";
        char *kept = str_printf("SELECT %s, tickets, duration_ms, confidence_millionths FROM tally WHERE tickets <> 0",
                                key);
        char *missing = str_printf("SELECT count(*) FROM (%s EXCEPT %s)", counted, kept);
        char *extra = str_printf("SELECT count(*) FROM (%s EXCEPT SELECT * FROM (%s))", kept, counted);
        char *integrity = sql_text(path, "PRAGMA integrity_check");

        assert_int_equal(sql_int(path, missing), 0);
        assert_int_equal(sql_int(path, extra), 0);
        assert_int_equal(sql_int(path, "SELECT count(*) FROM (SELECT state, count(*) FROM job GROUP BY state EXCEPT "
                                       "SELECT state, jobs FROM job_count)"),
                         0);
        assert_int_equal(sql_int(path, "SELECT (SELECT count(*) FROM job) - (SELECT sum(jobs) FROM job_count)"), 0);
        assert_int_equal(sql_int(path, "SELECT count(*) FROM (SELECT at_ms / 86400000, category, coalesce(failed, ''), "
                                       "max(ceil((failed_ms - at_ms) / 3600000.0), 0), count(*) FROM answer "
                                       "WHERE failed IS NOT NULL GROUP BY 1, 2, 3, 4 UNION ALL "
                                       "SELECT at_ms / 86400000, category, '', 0, count(*) FROM answer "
                                       "WHERE failed IS NULL GROUP BY 1, 2 EXCEPT SELECT * FROM answer_tally)"),
                         0);
        assert_int_equal(sql_int(path, "SELECT (SELECT count(*) FROM answer) - (SELECT coalesce(sum(answers), 0) FROM "
                                       "answer_tally)"),
                         0);
        assert_int_equal(sql_int(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert_string_equal(integrity, "ok");
        free(kept);
        free(missing);
        free(extra);
        free(integrity);
}

// ---- what most tests begin with

static inline struct accepted accept_event(struct store *s, const struct event *ev) {
        struct error e = ERROR_INIT;
        struct accepted a = {0};

        if (store_accept_wait(s, ev, &a, &e) < 0)
                fail_msg("%s", e.message);
        return a;
}

static inline struct accepted accept_ticket(struct store *s, int64_t ticket_id) {
        struct event ev = {.ticket_id = ticket_id, .kind = "created", .body = "{}", .subject = "Subject"};

        return accept_event(s, &ev);
}

// The oldest job, in the hands of this thread. 0 when there is none.
static inline int64_t claim(struct store *s) {
        struct job j _cleanup_job_ = {0};
        struct error e = ERROR_INIT;
        int r = store_job_claim(s, LEASE_MS, &j, &e);

        if (r < 0)
                fail_msg("%s", e.message);
        return r ? j.id : 0;
}

static inline int change(struct store *s, const struct accepted *a, enum job_state from, enum job_state to) {
        struct job_change c = {.job_id = a->job_id, .ticket_id = a->ticket_id, .from = from, .to = to};

        return store_job_change(s, &c, NULL);
}
