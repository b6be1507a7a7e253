#include "model/headroom.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/string.h"

enum {
        TEXT_MAX = 64 << 10,    // bytes of a file of the kernel's
        MEMORY_FACTOR = 2,      // a session holds the weights once as read and once as its kernels want them
        MEMORY_BASE = 64 << 20, // bytes of the library itself and of a run
};

static char *read_text(const char *path) {
        char *text = NULL;
        size_t n;

        return file_read(path, TEXT_MAX, &text, &n, NULL) == 0 ? text : NULL;
}

// The number behind `key` in "key:  123 kB" lines, in bytes; -1 when it is not there.
static int64_t read_kib(const char *path, const char *key) {
        char *text _cleanup_free_ = read_text(path);
        const char *line = text ? strstr(text, key) : NULL;
        int64_t kib;

        if (!line || sscanf(line + strlen(key), " %" SCNd64, &kib) != 1 || kib < 0 || kib > INT64_MAX / 1024)
                return -1;
        return kib * 1024;
}

// A file that holds one number; -1 when it holds none ("max") or is not there.
static int64_t read_number(const char *path) {
        char *text _cleanup_free_ = read_text(path);
        int64_t n;

        return text && str_to_int64(str_trim(text), 0, INT64_MAX, &n) == 0 ? n : -1;
}

static int64_t of_machine(void) {
        int64_t available = read_kib("/proc/meminfo", "MemAvailable:");

        return available < 0 ? INT64_MAX : available;
}

// Version 2 of control groups, as a container sees its own; what is cached can be given back, so it does not count as
// used.
static int64_t of_group(void) {
        int64_t max = read_number("/sys/fs/cgroup/memory.max"), used = read_number("/sys/fs/cgroup/memory.current");
        char *text _cleanup_free_ = read_text("/sys/fs/cgroup/memory.stat");
        const char *line = text ? strstr(text, "\ninactive_file ") : NULL;
        int64_t cached = 0;

        if (max < 0 || used < 0)
                return INT64_MAX;
        if (line && sscanf(line, " inactive_file %" SCNd64, &cached) != 1)
                cached = 0;
        used -= MIN(used, MAX(cached, (int64_t) 0));
        return max > used ? max - used : 0;
}

static int64_t of_address_space(void) {
        struct rlimit limit;
        int64_t used = read_kib("/proc/self/status", "VmSize:");

        if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY || used < 0)
                return INT64_MAX;
        return (uint64_t) used >= limit.rlim_cur ? 0 : (int64_t) (limit.rlim_cur - (uint64_t) used);
}

int64_t headroom_bytes(void) {
        int64_t least = of_machine(), group = of_group(), space = of_address_space();

        return MIN(least, MIN(group, space));
}

int headroom_check(const char *onnx, int64_t bytes, struct error *e) {
        int64_t needed = bytes * MEMORY_FACTOR + MEMORY_BASE, available = headroom_bytes();

        if (available >= needed)
                return 0;
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE,
                         "%s: not enough memory: about %" PRId64 " MB are needed, %" PRId64 " MB are available", onnx,
                         needed >> 20, available >> 20);
}
