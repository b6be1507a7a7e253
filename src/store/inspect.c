#include "store/inspect.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/string.h"
#include "store/schema.h"

// The header of a database file: https://www.sqlite.org/fileformat.html, "The Database Header".
enum {
        HEADER_SIZE = 100,
        AT_PAGE_SIZE = 16, // two bytes; 1 stands for 65536
        AT_PAGES = 28,
        AT_VERSION = 60,
        AT_APPLICATION = 68,
};
static const char magic[16] = "SQLite format 3";

static uint32_t big_endian(const unsigned char *p, int n) {
        uint32_t v = 0;

        for (int i = 0; i < n; i++)
                v = v << 8 | p[i];
        return v;
}

static int refuse(const char *path, const char *why, struct error *e) {
        return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s is %s", path, why);
}

int inspect_header(int fd, const char *path, struct error *e) {
        unsigned char h[HEADER_SIZE];
        struct stat st;

        if (fstat(fd, &st) < 0)
                return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s: %s", path, strerror(errno));
        if (!S_ISREG(st.st_mode))
                return refuse(path, "not a file", e);
        if (st.st_size == 0)
                return refuse(path, "empty", e);
        ssize_t n = pread(fd, h, sizeof(h), 0);
        if (n < 0)
                return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s cannot be read: %s", path, strerror(errno));
        if ((size_t) n < sizeof(h) || memcmp(h, magic, sizeof(magic)) != 0)
                return refuse(path, "not a database", e);
        if (big_endian(h + AT_APPLICATION, 4) != SCHEMA_APPLICATION_ID)
                return refuse(path, "a database of another program", e);
        int64_t version = big_endian(h + AT_VERSION, 4);
        if (version > SCHEMA_VERSION)
                return error_set(e, -EPROTONOSUPPORT, ERROR_STORAGE_UNAVAILABLE,
                                 "%s was written by a newer version (schema %lld, this one knows %d): use that version",
                                 path, (long long) version, SCHEMA_VERSION);
        int64_t page = big_endian(h + AT_PAGE_SIZE, 2);
        int64_t whole = (page == 1 ? 65536 : page) * (int64_t) big_endian(h + AT_PAGES, 4);
        if (st.st_size < whole)
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is cut off: it has %lld bytes of %lld; copy it again", path,
                                 (long long) st.st_size, (long long) whole);
        return 0;
}

static int count(struct database *d, const char *sql, int64_t *ret, struct error *e) {
        struct query q _cleanup_query_ = query_prepare(d, sql);
        int r = query_step(&q, e);

        if (r > 0)
                *ret = query_column_int(&q, 0);
        return MIN(r, 0);
}

int inspect_count(struct database *d, struct backup_facts *ret, struct error *e) {
        struct backup_facts f = {0};
        int64_t version = 0, pages = 0, page_size = 0;
        const struct {
                const char *sql;
                int64_t *to;
        } counts[] = {{"SELECT count(*) FROM ticket", &f.tickets},
                      {"SELECT count(*) FROM event", &f.events},
                      {"SELECT count(*) FROM job", &f.jobs},
                      {"SELECT count(*) FROM audit", &f.audit_rows},
                      {"PRAGMA user_version", &version},
                      {"PRAGMA page_count", &pages},
                      {"PRAGMA page_size", &page_size}};
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(counts); i++)
                r = count(d, counts[i].sql, counts[i].to, e);
        if (r < 0)
                return r;
        f.schema = (int) version;
        f.bytes = pages * page_size;
        *ret = f;
        return 0;
}

int inspect_whole(struct database *d, struct backup_facts *ret, struct error *e) {
        int64_t loose = 0;
        int r = schema_recognise(d, e);

        if (r == 0)
                r = schema_compare(d, e);
        if (r < 0)
                return r;
        // Indexes against their tables too: a backup is looked at once and relied on later.
        struct query q _cleanup_query_ = query_prepare(d, "PRAGMA integrity_check(1)");
        r = query_step(&q, e);
        if (r < 0)
                return r;
        const char *finding = query_column_text(&q, 0);
        if (r == 0 || !str_eq(finding, "ok"))
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s is damaged: %s", d->path,
                                 finding ? finding : "it cannot be checked");
        r = count(d, "SELECT count(*) FROM pragma_foreign_key_check", &loose, e);
        if (r == 0 && loose > 0)
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is damaged: %lld reference%s to what is not there", d->path, (long long) loose,
                                 str_s(loose));
        return r < 0 ? r : inspect_count(d, ret, e);
}
