// Writing a backup.
#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "store/inside.h"
#include "store/inspect.h"
#include "store/part.h"
#include "store/schema.h"

enum {
        STEP_PAGES = 512,  // copied between two looks at the progress: 2 MB
        KEPT_MAX = 100000, // names that are looked at in a folder of backups
};

static int open_source(const char *url, struct database **ret, struct error *e) {
        struct database *d _cleanup_(database_close_p) = NULL;
        const char *path = NULL;
        int r = store_url_path(url, &path, e);

        if (r < 0)
                return r;
        if (!file_exists(path))
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "%s: no such database; see DATABASE_URL", path);
        r = database_open(path, false, &d, e);
        if (r == 0)
                r = schema_recognise(d, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

static bool same_file(const char *a, const char *b) {
        struct stat x, y;

        return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// A backup over the database, or over its log, would be its end.
static int check_place(const char *source, const char *to, bool replace, struct error *e) {
        static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
        struct stat st;

        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char *name _cleanup_free_ = str_printf("%s%s", source, ends[i]);
                if (!name)
                        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the backup");
                if (same_file(name, to) || str_eq(name, to))
                        return error_set(e, -EINVAL, ERROR_CONFLICT, "%s is the database itself: name another file",
                                         to);
        }
        if (lstat(to, &st) < 0)
                return 0; // whatever else is wrong shows when it is written
        if (!S_ISREG(st.st_mode) && !(replace && S_ISLNK(st.st_mode)))
                return error_set(e, -EINVAL, ERROR_CONFLICT, "%s is there and is not a regular file", to);
        return replace ? 0 : error_set(e, -EEXIST, ERROR_CONFLICT, "%s is there already", to);
}

// The transaction on the source that the caller has begun keeps what it shows: others may write meanwhile.
static int copy_pages(struct database *from, struct database *to, const struct backup_progress *progress,
                      struct error *e) {
        sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
        int rc = SQLITE_OK;

        if (!b)
                return database_error(to, sqlite3_errcode(to->db), e);
        do {
                errno = 0;
                rc = sqlite3_backup_step(b, STEP_PAGES);
                size_t all = (size_t) MAX(sqlite3_backup_pagecount(b), 0);
                if (rc == SQLITE_OK && progress->fn)
                        progress->fn(progress->arg, all - (size_t) sqlite3_backup_remaining(b), all);
                if (rc == SQLITE_DONE && progress->fn)
                        progress->fn(progress->arg, all, all);
        } while (rc == SQLITE_OK);
        int number = errno;
        int end = sqlite3_backup_finish(b);
        errno = number;
        return rc == SQLITE_DONE && end == SQLITE_OK ? 0 : database_error(to, rc == SQLITE_DONE ? end : rc, e);
}

// No journal: a copy that is cut off is thrown away. Nor a log beside it at the end: a backup is one file.
static int copy_to(struct database *from, const char *path, const struct backup_progress *progress, struct error *e) {
        struct database *to _cleanup_(database_close_p) = NULL;
        int r = database_open(path, true, &to, e);

        if (r == 0)
                r = database_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", e);
        if (r == 0)
                r = copy_pages(from, to, progress, e);
        return r < 0 ? r : database_exec(to, "PRAGMA journal_mode = DELETE", e);
}

static int check_copy(const char *path, const struct backup_facts *wanted, struct backup_facts *ret, struct error *e) {
        struct database *d _cleanup_(database_close_p) = NULL;
        int r = database_open(path, false, &d, e);

        if (r == 0)
                r = inspect_whole(d, ret, e);
        if (r == 0 && (ret->tickets != wanted->tickets || ret->events != wanted->events || ret->jobs != wanted->jobs ||
                       ret->audit_rows != wanted->audit_rows))
                r = error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s has not what the database has", path);
        return r;
}

static int copy_database(const char *url, struct part *part, const struct backup_progress *progress,
                         struct backup_facts *ret, struct error *e) {
        struct database *from _cleanup_(database_close_p) = NULL;
        struct backup_facts wanted;
        int r = open_source(url, &from, e);

        if (r == 0)
                r = database_exec(from, "BEGIN", e);
        if (r == 0)
                r = inspect_count(from, &wanted, e); // the first read: from here on it shows this moment
        if (r == 0)
                r = copy_to(from, part->path, progress, e);
        if (r == 0)
                r = part_sync(part, e);
        return r < 0 ? r : check_copy(part->path, &wanted, ret, e);
}

int backup_write(const char *url, const char *to, bool replace, const struct backup_progress *progress,
                 struct backup_facts *ret, struct error *e) {
        struct part part _cleanup_part_ = PART_NONE;
        struct backup_facts facts;
        char *name _cleanup_free_ = str_printf("%s.part", to);
        const char *source = NULL;
        int r = store_url_path(url, &source, e);

        if (r == 0)
                r = check_place(source, to, replace, e);
        if (r == 0 && !name)
                r = error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the backup");
        if (r == 0)
                r = part_open(name, &part, e);
        if (r == 0)
                r = copy_database(url, &part, progress, &facts, e);
        if (r == 0)
                r = part_place(&part, to, replace, e);
        if (r < 0)
                return r;
        *ret = facts;
        return 0;
}

// ---- a folder of them

#define NAME_START "firstline-"
#define NAME_END ".db"
enum { NAME_STAMP = 16, NAME_SIZE = sizeof(NAME_START) + NAME_STAMP + sizeof(NAME_END) };

static bool is_backup_name(const char *name) {
        const char *p = name + strlen(NAME_START);

        if (!str_starts(name, NAME_START) || strlen(p) != NAME_STAMP + strlen(NAME_END) ||
            !str_eq(p + NAME_STAMP, NAME_END))
                return false;
        for (int i = 0; i < NAME_STAMP; i++)
                if (i == 8 ? p[i] != 'T' : i == NAME_STAMP - 1 ? p[i] != 'Z' : p[i] < '0' || p[i] > '9')
                        return false;
        return true;
}

static char *backup_name(int64_t now_ms) {
        char iso[CLOCK_ISO_SIZE], stamp[NAME_STAMP + 1];
        int n = 0;

        clock_iso(now_ms, iso); // "2026-01-31T12:00:00.000Z"
        for (const char *p = iso; *p && *p != '.'; p++)
                if (*p != '-' && *p != ':')
                        stamp[n++] = *p;
        stamp[n++] = 'Z';
        stamp[n] = '\0';
        return str_printf("%s%s%s", NAME_START, stamp, NAME_END);
}

static int descending(const void *a, const void *b) {
        return strcmp(b, a);
}

// What cannot be removed stays: the backup itself is made.
static void prune(const char *folder, unsigned keep) {
        char(*names)[NAME_SIZE] = NULL;
        size_t n = 0, cap = 0;
        DIR *dir = opendir(folder);
        struct dirent *entry;

        if (!dir) {
                log_warning("%s: old backups stay: %s", folder, strerror(errno));
                return;
        }
        while (n < KEPT_MAX && (entry = readdir(dir)))
                if (is_backup_name(entry->d_name) && memory_grow((void **) &names, &cap, n + 1, sizeof(*names)) == 0)
                        str_copy(names[n++], NAME_SIZE, entry->d_name);
        if (n > 0)
                qsort(names, n, sizeof(*names), descending); // the time is in the name, the largest is the newest
        for (size_t i = keep; i < n; i++)
                if (unlinkat(dirfd(dir), names[i], 0) < 0)
                        log_warning("%s/%s stays: %s", folder, names[i], strerror(errno));
        free(names);
        closedir(dir);
}

int backup_write_in(const char *url, const char *folder, int64_t now_ms, unsigned keep,
                    const struct backup_progress *progress, char **ret_path, struct backup_facts *ret,
                    struct error *e) {
        char *name _cleanup_free_ = backup_name(now_ms);
        char *path _cleanup_free_ = name ? file_join(folder, name) : NULL;

        if (!path)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the backup");
        int r = backup_write(url, path, false, progress, ret, e);
        if (r < 0)
                return r;
        if (keep > 0)
                prune(folder, keep);
        *ret_path = TAKE_PTR(path);
        return 0;
}
