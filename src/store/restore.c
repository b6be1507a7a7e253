// Putting a backup in the place of the database.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "store/backup.h"
#include "store/carry.h"
#include "store/inside.h"
#include "store/inspect.h"
#include "store/part.h"
#include "store/schema.h"

enum {
        COPY_BYTES = 1 << 20, // between two looks at the progress
        ASIDE_TRIES = 100,    // names for the old file; more than one restore a second is no restore
};

// Where SQLite locks: https://www.sqlite.org/src/file?name=src/os.h (PENDING_BYTE and what follows it), and the byte of
// the -shm file that every connection in WAL mode holds (UNIX_SHM_DMS in os_unix.c).
enum { LOCK_START = 0x40000000, LOCK_BYTES = 512, SHM_LOCK_START = 120, SHM_LOCK_BYTES = 9 };

struct restoring {
        char *target;          // the database's place, links followed
        bool there;            // a file is there
        struct database *held; // the old database, locked against everybody; NULL when there is none or it is damaged
        char *aside;
};

static void restoring_clear(struct restoring *s) {
        database_close(s->held);
        free(s->target);
        free(s->aside);
}
#define _cleanup_restoring_ _cleanup_(restoring_clear)

void restored_clear(struct restored *r) {
        free(r->aside);
        *r = (struct restored){0};
}

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory to restore");
}

// ---- where to

// A link in the place of the database stays one: what it points to is replaced.
static int find_target(const char *url, struct restoring *s, struct error *e) {
        const char *path = NULL;
        struct stat st;
        int r = store_url_path(url, &path, e);

        if (r < 0)
                return r;
        s->target = realpath(path, NULL);
        s->there = s->target != NULL;
        if (!s->there && errno == ENOENT && lstat(path, &st) < 0)
                s->target = str_dup(path);
        if (!s->target)
                return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s: %s", path, strerror(errno));
        if (s->there && stat(s->target, &st) == 0 && !S_ISREG(st.st_mode))
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s is not a file", path);
        return 0;
}

// The process that holds a lock in this range, 0 when its number means nothing here, -1: nobody.
static pid_t locked_by(const char *path, off_t start, off_t n) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = n};
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

        if (fd < 0)
                return -1;
        int r = fcntl(fd, F_GETLK, &lock);
        (void) close(fd);
        return r == 0 && lock.l_type != F_UNLCK ? MAX(lock.l_pid, 0) : -1;
}

static int in_use(const struct restoring *s, pid_t pid, struct error *e) {
        char who[48] = "a process";

        if (pid > 0)
                snprintf(who, sizeof(who), "process %ld", (long) pid);
        return error_set(e, -EBUSY, ERROR_CONFLICT, "%s uses %s: stop the server first", who, s->target);
}

static int check_unused(const struct restoring *s, struct error *e) {
        char *shm _cleanup_free_ = str_printf("%s-shm", s->target);

        if (!shm)
                return no_memory(e);
        pid_t by = locked_by(s->target, LOCK_START, LOCK_BYTES);
        if (by < 0)
                by = locked_by(shm, SHM_LOCK_START, SHM_LOCK_BYTES);
        return by < 0 ? 0 : in_use(s, by, e);
}

// ---- what

static int open_backup(const char *from, const struct restoring *s, int *ret, struct stat *st, struct error *e) {
        char *log _cleanup_free_ = str_printf("%s-wal", from);
        struct stat target, beside;
        int fd = open(from, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

        if (fd < 0)
                return error_set(e, -errno, ERROR_NOT_FOUND, "%s: %s", from, strerror(errno));
        *ret = fd;
        if (!log)
                return no_memory(e);
        if (fstat(fd, st) < 0)
                return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s: %s", from, strerror(errno));
        if (s->there && stat(s->target, &target) == 0 && target.st_dev == st->st_dev && target.st_ino == st->st_ino)
                return error_set(e, -EINVAL, ERROR_CONFLICT, "%s is the database itself", from);
        if (stat(log, &beside) == 0 && beside.st_size > 0)
                return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE,
                                 "%s has a log beside it (%s), so it is a database in use and no backup: make one with "
                                 "firstline backup",
                                 from, log);
        return inspect_header(fd, from, e);
}

static int copy_bytes(int from, const char *path, const struct part *to, off_t all,
                      const struct backup_progress *progress, struct error *e) {
        char *block _cleanup_free_ = malloc(COPY_BYTES);
        off_t done = 0;

        if (!block)
                return no_memory(e);
        for (;;) {
                ssize_t n = pread(from, block, COPY_BYTES, done);
                if (n < 0)
                        return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s cannot be read: %s", path,
                                         strerror(errno));
                for (ssize_t k = 0, w = 0; k < n; k += w) {
                        w = pwrite(to->fd, block + k, (size_t) (n - k), done + k);
                        if (w < 0)
                                return error_set(e, errno == EFBIG ? -ENOSPC : -errno, ERROR_STORAGE_UNAVAILABLE,
                                                 "%s cannot be written: %s", to->path, strerror(errno));
                }
                done += n;
                if (progress->fn && n > 0)
                        progress->fn(progress->arg, (size_t) done, (size_t) MAX(all, done));
                if (n == 0)
                        return 0;
        }
}

// Whoever runs the service must be able to open it: as root, the new file goes to the owner of the old one, or of the
// folder.
static int give_owner(const struct restoring *s, const struct part *part, struct error *e) {
        char *copy _cleanup_free_ = str_dup(s->target);
        struct stat st;

        if (geteuid() != 0)
                return 0;
        if (!copy)
                return no_memory(e);
        char *slash = strrchr(copy, '/');
        if (!s->there && slash)
                slash[slash == copy ? 1 : 0] = '\0';
        if (stat(s->there ? s->target : slash ? copy : ".", &st) < 0 || fchown(part->fd, st.st_uid, st.st_gid) < 0)
                return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s: %s", part->path, strerror(errno));
        return 0;
}

// What had not been sent when the backup was made may have been since.
static int mark_unsent(struct database *d, int64_t *ret, struct error *e) {
        int r = database_exec(d,
                              "UPDATE step SET state = 'sending', attempts = max(attempts, 1), first_ms = "
                              "coalesce(first_ms, (SELECT created_ms FROM job WHERE job.id = step.job_id)) "
                              "WHERE state = 'waiting'",
                              e);

        if (r == 0)
                *ret = sqlite3_changes(d->db);
        return r;
}

static int check_copy(const struct part *part, struct restored *ret, struct error *e) {
        struct database *d _cleanup_(database_close_p) = NULL;
        int r = database_open(part->path, true, &d, e);

        // Made by another tool it may want a log, which has no business beside the copy.
        if (r == 0)
                r = database_exec(d, "PRAGMA journal_mode = DELETE", e);
        if (r == 0)
                r = inspect_whole(d, &ret->facts, e);
        if (r == 0)
                r = mark_unsent(d, &ret->unsent, e);
        return r;
}

// ---- the exchange

// A path that leads to the file of another program is a mistake, and not one to be paid for with that file.
static bool foreign(struct database *d) {
        int64_t application = 0;

        return database_pragma(d, "application_id", &application, NULL) == 0 && application != SCHEMA_APPLICATION_ID;
}

// Nobody can open the old database until it is exchanged, and its log is in it. One that is damaged has nothing to
// lock.
static int hold_old(struct restoring *s, struct error *e) {
        struct error why = ERROR_INIT;
        struct database *d _cleanup_(database_close_p) = NULL;

        if (!s->there)
                return 0;
        int r = database_open(s->target, true, &d, &why);
        if (r == 0)
                r = schema_recognise(d, &why);
        if (r == -EBADMSG && d && foreign(d))
                return error_set(e, r, why.code, "%s", why.message);
        if (r == -EPROTONOSUPPORT) // a newer version's is a database all the same
                r = 0;
        if (r == 0)
                r = database_exec(d,
                                  "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; "
                                  "COMMIT",
                                  &why);
        if (r == -EBADMSG || r == -EIO) {
                log_warning("the old database cannot be used any more, it is kept as it is: %s", why.message);
                if (d)
                        (void) sqlite3_db_config(d->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *) NULL);
                return 0;
        }
        if (r == -EAGAIN)
                return in_use(s, 0, e);
        if (r < 0)
                return error_set(e, r, why.code, "%s", why.message);
        s->held = TAKE_PTR(d);
        return 0;
}

// The second name comes first, so that at every instant there is a database in its place.
static int name_aside(struct restoring *s, struct error *e) {
        char stamp[CLOCK_ISO_SIZE];
        int r = -EEXIST;

        clock_iso(clock_now_ms(), stamp);
        for (char *p = stamp; *p; p++)
                if (*p == ':' || *p == '.')
                        *p = '-';
        for (int i = 0; r == -EEXIST && i < ASIDE_TRIES; i++) {
                free(s->aside);
                s->aside = i ? str_printf("%s.before-%s-%d", s->target, stamp, i)
                             : str_printf("%s.before-%s", s->target, stamp);
                if (!s->aside)
                        return no_memory(e);
                r = link(s->target, s->aside) < 0 ? -errno : 0;
        }
        if (r == -EPERM || r == -EOPNOTSUPP || r == -ENOSYS) // a file system without second names
                r = rename(s->target, s->aside) < 0 ? -errno : 0;
        return r < 0 ? error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "%s cannot be kept aside: %s", s->target,
                                 strerror(-r))
                     : 0;
}

// A log that is left beside the new file would be taken for its own.
static const char *const helper_ends[] = {"-wal", "-shm", "-journal"};

static int move_helpers(const struct restoring *s, struct error *e) {
        for (size_t i = 0; !s->held && i < ARRAY_LEN(helper_ends); i++) {
                char *from _cleanup_free_ = str_printf("%s%s", s->target, helper_ends[i]);
                char *to _cleanup_free_ = str_printf("%s%s", s->aside ? s->aside : s->target, helper_ends[i]);
                if (!from || !to)
                        return no_memory(e);
                int k = s->aside ? rename(from, to) : unlink(from);
                if (k < 0 && errno != ENOENT)
                        return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s cannot be moved: %s", from,
                                         strerror(errno));
        }
        return 0;
}

static int exchange(struct restoring *s, struct part *part, struct error *e) {
        int r = s->there ? name_aside(s, e) : 0;

        if (r == 0)
                r = move_helpers(s, e);
        if (r == 0)
                r = part_place(part, s->target, s->there, e);
        if (r < 0 && s->aside && rename(s->aside, s->target) == 0)
                (void) unlink(s->aside); // two names of one file: renaming does nothing then
        return r;
}

// The log of a copy that a crash left would be taken for this one's.
static int drop_helpers(const char *name, struct error *e) {
        for (size_t i = 0; i < ARRAY_LEN(helper_ends); i++) {
                char *path _cleanup_free_ = str_printf("%s%s", name, helper_ends[i]);
                if (!path)
                        return no_memory(e);
                if (unlink(path) < 0 && errno != ENOENT)
                        return error_set(e, -errno, ERROR_STORAGE_UNAVAILABLE, "%s cannot be removed: %s", path,
                                         strerror(errno));
        }
        return 0;
}

static int make_copy(const char *from, const struct restoring *s, struct part *part,
                     const struct backup_progress *progress, struct restored *ret, struct error *e) {
        struct stat st;
        int fd = -1;
        int r = open_backup(from, s, &fd, &st, e);

        if (r == 0)
                r = check_unused(s, e);
        char *name _cleanup_free_ = str_printf("%s.restoring", s->target);
        if (r == 0)
                r = name ? part_open(name, part, e) : no_memory(e);
        if (r == 0)
                r = drop_helpers(name, e);
        if (r == 0)
                r = copy_bytes(fd, from, part, st.st_size, progress, e);
        if (fd >= 0)
                (void) close(fd);
        if (r == 0)
                r = check_copy(part, ret, e);
        if (r == 0)
                r = give_owner(s, part, e);
        return r < 0 ? r : part_sync(part, e);
}

// The database that is held can get no erasure any more.
static int keep_erased(const struct restoring *s, const struct part *part, struct restored *ret, struct error *e) {
        struct carried c = {0};

        if (!s->held)
                return 0;
        int r = carry_erasures(s->held, part->path, &c, e);
        if (r < 0)
                return error_prefix(e, r, "what was erased since cannot be erased in the backup");
        ret->erasures_known = true;
        ret->erasures = c.erasures;
        ret->again = c.again;
        return part_sync(part, e);
}

int backup_restore(const char *url, const char *from, const struct backup_progress *progress, struct restored *ret,
                   struct error *e) {
        struct restoring s _cleanup_restoring_ = {0};
        struct part part _cleanup_part_ = PART_NONE;
        struct restored done = {0};
        int r = find_target(url, &s, e);

        if (r == 0)
                r = make_copy(from, &s, &part, progress, &done, e);
        if (r == 0)
                r = hold_old(&s, e);
        if (r == 0)
                r = keep_erased(&s, &part, &done, e);
        if (r == 0)
                r = exchange(&s, &part, e);
        if (r < 0)
                return r;
        done.aside = TAKE_PTR(s.aside);
        *ret = done;
        return 0;
}
