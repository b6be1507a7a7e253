#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/build.h"
#include "base/sandbox.h"
#include "base/string.h"

enum { FILE_CHUNK = 65536 }; // bytes asked for at first when a file does not tell its size

static void file_close_p(int *fd) {
        if (*fd >= 0)
                (void) close(*fd);
}
#define _cleanup_close_ _cleanup_(file_close_p)

// What to do about it, in words, where there is something to be said.
static const char *file_advice(int r) {
        switch (r) {
        case -EACCES:
        case -EPERM:
                return "; check its owner and permissions";
        case -EROFS:
                return "; choose a folder that can be written";
        case -ENOSPC:
        case -EDQUOT:
                return "; free some space";
        default:
                return "";
        }
}

static int file_failed(struct error *e, int r, const char *path) {
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "%s: not enough memory", path);
        return error_set(e, r, ERROR_FILE_INVALID, "%s: %s%s", path, strerror(-r), file_advice(r));
}

// Reads to the end or to max + 1 bytes, whichever comes first: a file may grow, and those of /proc say that they are
// empty.
static int file_read_fd(int fd, size_t size, size_t max, char **ret, size_t *ret_len) {
        char *data _cleanup_free_ = NULL;
        size_t cap = 0, len = 0;
        int r = memory_grow((void **) &data, &cap, size > 0 ? size + 2 : FILE_CHUNK, 1);

        if (r < 0)
                return r;
        while (len <= max) {
                ssize_t k;

                if (len + 1 >= cap) {
                        r = memory_grow((void **) &data, &cap, cap + FILE_CHUNK, 1);
                        if (r < 0)
                                return r;
                }
                k = read(fd, data + len, MIN(cap - len - 1, max - len + 1));
                if (k < 0 && errno == EINTR)
                        continue;
                if (k < 0)
                        return -errno;
                if (k == 0) {
                        data[len] = '\0';
                        *ret = TAKE_PTR(data);
                        *ret_len = len;
                        return 0;
                }
                len += (size_t) k;
        }
        return -EFBIG;
}

int file_read(const char *path, size_t max, char **ret, size_t *ret_len, struct error *e) {
        int fd _cleanup_close_ = -1;
        struct stat st;
        int r;

        // A pipe without a writer must not block us: what it is is asked after opening.
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return file_failed(e, -errno, path);
        if (fstat(fd, &st) < 0)
                return file_failed(e, -errno, path);
        if (S_ISDIR(st.st_mode))
                return error_set(e, -EISDIR, ERROR_FILE_INVALID, "%s: is a folder, expected a file", path);
        if (!S_ISREG(st.st_mode))
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s: is not a regular file", path);
        max = MIN(max, (size_t) SSIZE_MAX - 2);
        r = st.st_size > 0 && (uintmax_t) st.st_size > max ? -EFBIG
                                                           : file_read_fd(fd, (size_t) st.st_size, max, ret, ret_len);
        if (r == -EFBIG)
                return error_set(e, r, ERROR_FILE_INVALID, "%s: larger than %zu bytes", path, max);
        return r < 0 ? file_failed(e, r, path) : 0;
}

static int file_write_all(int fd, const char *data, size_t n) {
        while (n > 0) {
                ssize_t k = write(fd, data, MIN(n, (size_t) SSIZE_MAX));

                if (k < 0 && errno == EINTR)
                        continue;
                if (k < 0)
                        return -errno;
                data += k;
                n -= (size_t) k;
        }
        return fsync(fd) < 0 ? -errno : 0;
}

int file_sync_folder(const char *path) {
        const char *slash = strrchr(path, '/');
        char *folder _cleanup_free_ =
                        slash ? str_ndup(path, slash == path ? 1 : (size_t) (slash - path)) : str_dup(".");
        int fd _cleanup_close_ = -1;

        if (!folder)
                return -ENOMEM;
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        // Some file systems cannot sync a folder and say EINVAL; there is nothing more to be had from them.
        return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

int file_write(const char *path, const void *data, size_t n, bool secret, struct error *e) {
        char *part _cleanup_free_ = str_printf("%s.tmp", path);
        int fd, r;

        if (!part)
                return file_failed(e, -ENOMEM, path);
        // One that a crash left may have other permissions; O_EXCL also refuses to follow a link that was put there.
        if (unlink(part) < 0 && errno != ENOENT)
                return file_failed(e, -errno, part);
        fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
                return file_failed(e, -errno, part);
        r = file_write_all(fd, data, n);
        if (r == 0 && !secret && fchmod(fd, 0644 & ~sandbox_umask()) < 0)
                r = -errno;
        if (close(fd) < 0 && r == 0)
                r = -errno;
        if (r == 0 && rename(part, path) < 0)
                r = -errno;
        if (r < 0) {
                (void) unlink(part);
                return file_failed(e, r, path);
        }
        r = file_sync_folder(path);
        return r < 0 ? file_failed(e, r, path) : 0;
}

char *file_join(const char *dir, const char *name) {
        size_t n = strlen(dir);

        while (*name == '/' && n > 0)
                name++;
        return str_printf("%s%s%s", dir, n == 0 || dir[n - 1] == '/' ? "" : "/", name);
}

bool file_exists(const char *path) {
        return path && access(path, F_OK) == 0;
}

bool file_is_dir(const char *path) {
        struct stat st;

        return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// "/opt/firstline/build" for a binary in that folder; NULL when the kernel does not tell.
static char *file_binary_folder(void) {
        char path[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
        char *slash;

        if (n <= 0)
                return NULL;
        path[n] = '\0';
        slash = strrchr(path, '/');
        return slash ? str_ndup(path, (size_t) (slash - path)) : NULL;
}

static char *file_below(const char *base, const char *between, const char *name) {
        char *path = str_printf("%s%s/%s", base, between, name);

        if (file_exists(path))
                return path;
        free(path);
        return NULL;
}

char *file_find_data(const char *name) {
        char *binary _cleanup_free_ = NULL;
        char *found = NULL;

        if (!name || !*name)
                return NULL;
        if (file_exists(name))
                return str_dup(name);
        if (*name == '/')
                return NULL;

        binary = file_binary_folder();
        // An installed binary looks beside itself first, so that a moved prefix works, and never into a source tree.
        if (binary && str_ends(binary, "/bin"))
                found = file_below(binary, "/../share/firstline", name);
        else if (binary)
                found = file_below(binary, "/..", name);
        if (!found && !(binary && str_ends(binary, "/bin")))
                found = file_below(FIRSTLINE_SOURCE_DIR, "", name);
        return found ? found : file_below(FIRSTLINE_DATA_DIR, "", name);
}
