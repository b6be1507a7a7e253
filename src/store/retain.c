// What time takes: the words of old tickets, vectors that nobody needs, free pages.
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/string.h"
#include "store/erase.h"
#include "store/forget.h"

enum {
        SCAN_ROWS = 512,        // tickets looked at in one call
        VECTOR_KEPT_DAYS = 30,  // a document that was away for a while costs nothing when it is back
        VECTORS_MAX = 256,      // in one transaction
        FREE_PAGES_KEPT = 1024, // the next tickets take these
        RETAIN_MAX = 64,        // tickets in one transaction at most
};

struct retention {
        int64_t ids[RETAIN_MAX];
        size_t n;
};

// From the one after `after` on: which may go. *ret_next: the last one looked at, 0 when there are no older ones.
static int find_old(struct store *s, int64_t before_ms, int64_t after, size_t max, struct retention *ret,
                    int64_t *ret_next, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        size_t seen = 0;
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_prepare(
                        rd.d,
                        "SELECT seq, id, created_ms, updated_ms < ?1 AND NOT EXISTS(SELECT 1 FROM job WHERE due_ms "
                        "IS NOT NULL AND job.id IN (SELECT job_id FROM audit WHERE audit.ticket_id = ticket.id)) "
                        "FROM ticket INDEXED BY ticket_kept WHERE erased_ms IS NULL AND seq > ?2 ORDER BY seq");
        query_int(&q, 1, before_ms);
        query_int(&q, 2, after);
        *ret_next = 0;
        while ((r = query_step(&q, e)) > 0 && query_column_int(&q, 2) < before_ms) {
                *ret_next = query_column_int(&q, 0);
                if (query_column_int(&q, 3))
                        ret->ids[ret->n++] = query_column_int(&q, 1);
                if (ret->n >= max || ++seen >= SCAN_ROWS)
                        return 0;
        }
        *ret_next = 0;
        return MIN(r, 0);
}

static int forget_run(struct transaction *t, void *arg, struct error *e) {
        static const struct forgetting how = {.by = "retention"};
        const struct retention *a = arg;
        int64_t jobs = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < a->n; i++)
                r = forget_ticket(t, a->ids[i], &how, &jobs, e);
        return r;
}

static int tidy_run(struct transaction *t, void *arg _unused_, struct error *e) {
        // 2 MB, some milliseconds. A file of an older version is not made for it, and this does nothing.
        struct query pages _cleanup_query_ = query_prepare(t->d, "PRAGMA incremental_vacuum(512)");
        int64_t spare = 0;
        int r = forget_keys(t, e);

        if (r == 0)
                r = database_pragma(t->d, "freelist_count", &spare, e);
        if (r < 0 || spare <= FREE_PAGES_KEPT)
                return r;
        r = query_run(&pages, e);
        int64_t before = spare;
        if (r == 0)
                r = database_pragma(t->d, "freelist_count", &spare, e);
        return r < 0 ? r : spare < before;
}

int store_retain(struct store *s, int64_t before_ms, int64_t after, size_t max, size_t *ret_n, int64_t *ret_next,
                 struct error *e) {
        struct retention a = {0};
        int64_t next = 0;
        int r = find_old(s, before_ms, after, MIN(max, (size_t) RETAIN_MAX), &a, &next, e);

        if (r == 0 && a.n > 0)
                r = writer_run(s->writer, forget_run, &a, e);
        if (r < 0)
                return r;
        *ret_n = a.n;
        *ret_next = next;
        return 0;
}

int store_tidy(struct store *s, struct error *e) {
        return writer_run(s->writer, tidy_run, NULL, e);
}

static int prune_run(struct transaction *t, void *arg, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(
                        t->d, "DELETE FROM vector WHERE id IN (SELECT id FROM vector WHERE used_day < ?1 LIMIT ?2)");

        query_int(&q, 1, t->now_ms / DAY_MS - VECTOR_KEPT_DAYS);
        query_int(&q, 2, VECTORS_MAX);
        int r = query_run(&q, e);
        if (r == 0)
                *(int *) arg = sqlite3_changes(t->d->db);
        return r;
}

int store_vectors_prune(struct store *s, struct error *e) {
        int n = VECTORS_MAX, r = 0;

        while (r == 0 && n == VECTORS_MAX)
                r = writer_run(s->writer, prune_run, &n, e);
        return r;
}

int store_newest(struct store *s, int64_t *ret_ms, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        int r = reader_take(s->readers, &rd, e);

        if (r < 0)
                return r;
        struct query q _cleanup_query_ = query_prepare(rd.d, "SELECT at_ms FROM audit ORDER BY id DESC LIMIT 1");
        r = query_step(&q, e);
        if (r < 0)
                return r;
        *ret_ms = r > 0 ? query_column_int(&q, 0) : 0;
        return 0;
}

int store_size(struct store *s, struct store_size *ret, struct error *e) {
        struct reader rd _cleanup_reader_ = {0};
        char *log _cleanup_free_ = str_printf("%s-wal", s->path);
        int64_t page = 0, pages = 0, spare = 0;
        struct stat st;
        struct statvfs disk;
        int r = reader_take(s->readers, &rd, e);

        if (r == 0)
                r = database_pragma(rd.d, "page_size", &page, e);
        if (r == 0)
                r = database_pragma(rd.d, "page_count", &pages, e);
        if (r == 0)
                r = database_pragma(rd.d, "freelist_count", &spare, e);
        if (r < 0)
                return r;
        *ret = (struct store_size){.bytes = page * pages, .free_bytes = page * spare};
        if (log && stat(log, &st) == 0)
                ret->log_bytes = st.st_size;
        if (statvfs(s->path, &disk) == 0) {
                ret->disk_bytes = (int64_t) disk.f_blocks * (int64_t) disk.f_frsize;
                ret->disk_free_bytes = (int64_t) disk.f_bavail * (int64_t) disk.f_frsize;
        }
        return 0;
}
