#include "store/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/string.h"

static int failed(const char *path, int r, struct error *e) {
        if (r == -ENOSPC || r == -EDQUOT || r == -EFBIG)
                return error_set(e, -ENOSPC, ERROR_STORAGE_UNAVAILABLE, "%s: no space for it (%s): make room", path,
                                 strerror(-r));
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "%s: not enough memory", path);
        return error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "%s cannot be written: %s%s", path, strerror(-r),
                         r == -ENOENT ? "; create its folder first" : "");
}

// Whoever may write the folder could have put a link there, or a file that others hold open.
static int check(int fd, const char *path, struct error *e) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return failed(path, -errno, e);
        if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid())
                return error_set(e, -EINVAL, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is there and is not a file that this program left: remove it", path);
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? error_set(e, -EBUSY, ERROR_STORAGE_UNAVAILABLE,
                                                        "%s is being written by another process", path)
                                            : failed(path, -errno, e);
        if (fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0)
                return failed(path, -errno, e);
        return 0;
}

static void remove_helpers(const char *path) {
        static const char *const ends[] = {"-journal", "-wal", "-shm"};

        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char *name _cleanup_free_ = str_printf("%s%s", path, ends[i]);
                if (name)
                        (void) unlink(name);
        }
}

int part_open(const char *path, struct part *ret, struct error *e) {
        char *copy _cleanup_free_ = str_dup(path);

        if (!copy)
                return failed(path, -ENOMEM, e);
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR))
                return error_set(e, -EINVAL, ERROR_STORAGE_UNAVAILABLE,
                                 "%s is there and is not a file that this program left: remove it", path);
        if (fd < 0)
                return failed(path, -errno, e);
        int r = check(fd, path, e);
        if (r < 0) {
                (void) close(fd);
                return r;
        }
        remove_helpers(path); // of a crash: SQLite would take their word for it
        *ret = (struct part){.path = TAKE_PTR(copy), .fd = fd};
        return 0;
}

int part_sync(const struct part *p, struct error *e) {
        return fsync(p->fd) < 0 ? failed(p->path, -errno, e) : 0;
}

// Some file systems know no rename that spares what is there: then a look before it must do.
static int rename_to(const char *from, const char *to, bool replace) {
        if (!replace) {
                if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
                        return 0;
                if (errno != EINVAL && errno != ENOSYS)
                        return -errno;
                if (access(to, F_OK) == 0)
                        return -EEXIST;
        }
        return rename(from, to) < 0 ? -errno : 0;
}

int part_place(struct part *p, const char *to, bool replace, struct error *e) {
        int r = rename_to(p->path, to, replace);

        if (r == -EEXIST)
                return error_set(e, r, ERROR_CONFLICT, "%s is there already", to);
        if (r < 0)
                return failed(to, r, e);
        (void) close(p->fd);
        free(p->path);
        *p = PART_NONE;
        r = file_sync_folder(to);
        return r < 0 ? failed(to, r, e) : 0;
}

void part_drop(struct part *p) {
        if (p->path) {
                remove_helpers(p->path);
                (void) unlink(p->path);
        }
        if (p->fd >= 0)
                (void) close(p->fd);
        free(p->path);
        *p = PART_NONE;
}
