// What a machine may do to a program, on demand: allocations that fail, a wall clock that jumps and a disk that is
// nearly full. For the journeys: loaded before all other libraries (LD_PRELOAD), told what to do through a file of six
// numbers (FAULTS_FILE), which the test writes while the program runs. With FAULTS_THREAD set, a thread is started
// before main, as some libraries do.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct orders {
        _Atomic(int64_t) clock_ms;  // added to the wall clock
        _Atomic(int64_t) countdown; // the allocation that fails: 1 is the next; 0: none
        _Atomic(int64_t) failed;    // how many have
        _Atomic(int64_t) row;       // how many fail, one after the other
        _Atomic(int64_t) live;      // allocations that were not given back yet
        _Atomic(int64_t) disk_free; // bytes that each disk is said to have left; 0: the truth
};

static struct orders none;
static struct orders *orders = &none;

__attribute__((constructor)) static void read_orders(void) {
        const char *path = getenv("FAULTS_FILE");
        int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
        void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (fd >= 0)
                (void) close(fd);
        if (p != MAP_FAILED)
                orders = p;
}

static void *stay(void *arg) {
        for (;;)
                (void) pause();
        return arg;
}

__attribute__((constructor)) static void start_thread(void) {
        pthread_t t;

        if (getenv("FAULTS_THREAD"))
                (void) pthread_create(&t, NULL, stay, NULL);
}

static bool fails(void) {
        atomic_fetch_add(&orders->failed, 1);
        errno = ENOMEM;
        return true;
}

// Above 0 it is counted down to the first that fails, below 0 up through the others of the row.
static bool now_fails(void) {
        int64_t at = atomic_load_explicit(&orders->countdown, memory_order_relaxed), row = atomic_load(&orders->row);

        if (at < 0 && atomic_fetch_add(&orders->countdown, 1) < 0)
                return fails();
        if (at <= 0 || atomic_fetch_sub(&orders->countdown, 1) != 1)
                return false;
        if (row > 1)
                atomic_store(&orders->countdown, 1 - row);
        return fails();
}

// The allocator behind us. Looking it up allocates: what is asked for meanwhile comes from a small store that is never
// given back.
static void *(*real_malloc)(size_t n);
static void *(*real_calloc)(size_t n, size_t size);
static void *(*real_realloc)(void *p, size_t n);
static void (*real_free)(void *p);
static int (*real_memalign)(void **to, size_t alignment, size_t n);
static int (*real_clock)(clockid_t id, struct timespec *t);
static int (*real_statvfs)(const char *path, struct statvfs *ret);
static _Alignas(16) char early[65536];
static size_t early_used;
static _Thread_local bool looking;

static void look_up(void) {
        looking = true;
        *(void **) &real_calloc = dlsym(RTLD_NEXT, "calloc");
        *(void **) &real_realloc = dlsym(RTLD_NEXT, "realloc");
        *(void **) &real_free = dlsym(RTLD_NEXT, "free");
        *(void **) &real_memalign = dlsym(RTLD_NEXT, "posix_memalign");
        *(void **) &real_clock = dlsym(RTLD_NEXT, "clock_gettime");
        *(void **) &real_statvfs = dlsym(RTLD_NEXT, "statvfs64"); // what it is called where files may be large
        *(void **) &real_malloc = dlsym(RTLD_NEXT, "malloc");
        looking = false;
}

static void *early_alloc(size_t n) {
        size_t at = early_used;

        n = (n + 15) & ~(size_t) 15;
        if (at + n > sizeof(early))
                abort();
        early_used += n;
        return early + at;
}

static bool is_early(const void *p) {
        return (const char *) p >= early && (const char *) p < early + sizeof(early);
}

// One more that somebody must give back.
static void *counted(void *p) {
        if (p)
                atomic_fetch_add_explicit(&orders->live, 1, memory_order_relaxed);
        return p;
}

// libc calls its parameters by names that are its own.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
void *malloc(size_t n) {
        if (!real_malloc && !looking)
                look_up();
        if (!real_malloc || looking)
                return early_alloc(n);
        return now_fails() ? NULL : counted(real_malloc(n));
}

void *calloc(size_t n, size_t size) {
        if (!real_malloc && !looking)
                look_up();
        if (!real_malloc || looking)
                return memset(early_alloc(n * size), 0, n * size);
        return now_fails() ? NULL : counted(real_calloc(n, size));
}

void *realloc(void *p, size_t n) {
        if (!real_malloc && !looking)
                look_up();
        if (!real_malloc || looking || is_early(p)) {
                void *copy = malloc(n);
                size_t to_end = is_early(p) ? (size_t) (early + sizeof(early) - (char *) p) : 0;
                if (copy && p)
                        memcpy(copy, p, to_end < n ? to_end : n);
                return copy;
        }
        if (now_fails())
                return NULL;
        return p ? real_realloc(p, n) : counted(real_realloc(p, n));
}

void free(void *p) {
        if (!p || is_early(p))
                return;
        if (!real_free)
                look_up();
        atomic_fetch_sub_explicit(&orders->live, 1, memory_order_relaxed);
        real_free(p);
}

// Given back by free() as well.
int posix_memalign(void **to, size_t alignment, size_t n) {
        if (!real_memalign)
                look_up();
        int r = real_memalign(to, alignment, n);
        if (r == 0)
                (void) counted(*to);
        return r;
}

void *aligned_alloc(size_t alignment, size_t n) {
        void *p = NULL;

        return posix_memalign(&p, alignment, n) == 0 ? p : NULL;
}

void *memalign(size_t alignment, size_t n) {
        return aligned_alloc(alignment, n);
}

int clock_gettime(clockid_t id, struct timespec *t) {
        if (!real_clock)
                look_up();
        int r = real_clock(id, t);
        int64_t ms = atomic_load(&orders->clock_ms);
        if (r == 0 && id == CLOCK_REALTIME && ms != 0) {
                int64_t all = (int64_t) t->tv_sec * 1000000000 + t->tv_nsec + ms * 1000000;
                t->tv_sec = (time_t) (all / 1000000000);
                t->tv_nsec = (long) (all % 1000000000);
        }
        return r;
}

int statvfs(const char *path, struct statvfs *ret) {
        if (!real_statvfs)
                look_up();
        int r = real_statvfs(path, ret);
        int64_t left = atomic_load(&orders->disk_free);
        if (r == 0 && left > 0)
                ret->f_bavail = (fsblkcnt_t) left / ret->f_frsize;
        return r;
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
