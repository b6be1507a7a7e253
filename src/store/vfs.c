#include "store/vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// https://www.sqlite.org/fileformat.html, "B-tree Pages".
enum {
        PAGE_MIN = 512,
        PAGE_MAX = 65536,
        FILE_HEADER = 100, // before the header of the first page
        PAGE_HEADER = 8,   // of a leaf
        AT_CELLS = 3,
        AT_CONTENT = 5, // where the cells begin; 0 stands for 65536
        LEAF_INDEX = 0x0a,
        LEAF_TABLE = 0x0d,
        // Other pages begin with the number of a page, four bytes from the highest down: in a file of fewer pages none
        // begins as a leaf does. Those that begin with a small number (0 to 5) are left alone.
        PAGES_MAX = LEAF_INDEX << 24,
};

struct file {
        sqlite3_file base;
        sqlite3_file *real; // behind this struct
        bool database;      // not its log, journal or a temporary file
        unsigned char *page;
};

static sqlite3_vfs *real_vfs;

static struct file *of(sqlite3_file *f) {
        return (struct file *) (void *) f;
}

static sqlite3_file *real(sqlite3_file *f) {
        return of(f)->real;
}

static unsigned two_bytes(const unsigned char *p) {
        return (unsigned) p[0] << 8 | p[1];
}

// The bytes of a page that mean nothing. False when it is no leaf, or not one that is in order.
static bool find_gap(const unsigned char *page, unsigned size, sqlite3_int64 offset, unsigned *ret_from,
                     unsigned *ret_to) {
        unsigned at = offset == 0 ? FILE_HEADER : 0;
        unsigned from = at + PAGE_HEADER + 2 * two_bytes(page + at + AT_CELLS), to = two_bytes(page + at + AT_CONTENT);

        if (page[at] != LEAF_INDEX && page[at] != LEAF_TABLE)
                return false;
        *ret_from = from;
        *ret_to = to ? to : PAGE_MAX;
        return *ret_to <= size && from < *ret_to;
}

static int file_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 offset) {
        unsigned size = (unsigned) n, from, to;

        if (!of(f)->database || n < PAGE_MIN || n > PAGE_MAX || (size & (size - 1)) || offset % n ||
            offset / n >= PAGES_MAX || !find_gap(data, size, offset, &from, &to))
                return real(f)->pMethods->xWrite(real(f), data, n, offset);
        if (!of(f)->page && !(of(f)->page = malloc(PAGE_MAX)))
                return SQLITE_IOERR_NOMEM;
        memcpy(of(f)->page, data, size);
        memset(of(f)->page + from, 0, to - from);
        return real(f)->pMethods->xWrite(real(f), of(f)->page, n, offset);
}

static int file_close(sqlite3_file *f) {
        free(of(f)->page);
        return real(f)->pMethods->xClose(real(f));
}

// ---- the rest goes through

static int file_read(sqlite3_file *f, void *data, int n, sqlite3_int64 offset) {
        return real(f)->pMethods->xRead(real(f), data, n, offset);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
        return real(f)->pMethods->xTruncate(real(f), size);
}

static int file_sync(sqlite3_file *f, int flags) {
        return real(f)->pMethods->xSync(real(f), flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret) {
        return real(f)->pMethods->xFileSize(real(f), ret);
}

static int file_lock(sqlite3_file *f, int level) {
        return real(f)->pMethods->xLock(real(f), level);
}

static int file_unlock(sqlite3_file *f, int level) {
        return real(f)->pMethods->xUnlock(real(f), level);
}

static int file_check_lock(sqlite3_file *f, int *ret) {
        return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int file_control(sqlite3_file *f, int what, void *arg) {
        return real(f)->pMethods->xFileControl(real(f), what, arg);
}

static int file_sector_size(sqlite3_file *f) {
        return real(f)->pMethods->xSectorSize(real(f));
}

static int file_traits(sqlite3_file *f) {
        return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret) {
        return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags) {
        return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void shm_barrier(sqlite3_file *f) {
        real(f)->pMethods->xShmBarrier(real(f));
}

static int shm_unmap(sqlite3_file *f, int remove) {
        return real(f)->pMethods->xShmUnmap(real(f), remove);
}

// Version 2: with shared memory for the log, without mapping the file itself, which would go past file_write.
static const sqlite3_io_methods methods = {
                .iVersion = 2,
                .xClose = file_close,
                .xRead = file_read,
                .xWrite = file_write,
                .xTruncate = file_truncate,
                .xSync = file_sync,
                .xFileSize = file_size,
                .xLock = file_lock,
                .xUnlock = file_unlock,
                .xCheckReservedLock = file_check_lock,
                .xFileControl = file_control,
                .xSectorSize = file_sector_size,
                .xDeviceCharacteristics = file_traits,
                .xShmMap = shm_map,
                .xShmLock = shm_lock,
                .xShmBarrier = shm_barrier,
                .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags) {
        struct file *file = of(f);

        (void) v;
        *file = (struct file){.real = (sqlite3_file *) (void *) (file + 1), .database = flags & SQLITE_OPEN_MAIN_DB};
        int rc = real_vfs->xOpen(real_vfs, name, file->real, flags, ret_flags);
        if (file->real->pMethods) // what could not be opened may have to be closed all the same
                file->base.pMethods = &methods;
        return rc;
}

int vfs_register(void) {
        static sqlite3_vfs own;

        real_vfs = sqlite3_vfs_find(NULL);
        if (!real_vfs)
                return -ENOMEM;
        // All else is the system's own: what it is told of is its own struct, in which it keeps nothing of a file.
        own = *real_vfs;
        own.szOsFile = (int) sizeof(struct file) + real_vfs->szOsFile;
        own.zName = VFS_NAME;
        own.pNext = NULL;
        own.xOpen = vfs_open;
        return sqlite3_vfs_register(&own, 0) == SQLITE_OK ? 0 : -ENOMEM;
}
