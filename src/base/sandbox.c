#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "base/string.h"

// Sanitizers look for leaks by tracing the process, which one that is not dumpable does not allow.
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void keep_memory_private(void) {
#if defined(__linux__) && !defined(SANITIZED)
        (void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static mode_t umask_at_start = S_IWGRP | S_IWOTH;

mode_t sandbox_umask(void) {
        return umask_at_start;
}

void sandbox_private(void) {
        static const struct rlimit none = {0, 0};

        umask_at_start = umask(S_IRWXG | S_IRWXO);
        (void) setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
        (void) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
        keep_memory_private();
}

// ---- another user

enum { USER_MEMORY = 16384, USER_ID_MAX = 0x7ffffffe };

struct identity {
        uid_t uid;
        gid_t gid;
        bool named; // it may have more groups
};

static int identity_of(const char *user, struct identity *ret, struct error *e) {
        char memory[USER_MEMORY], uid_text[16];
        const char *colon = strchr(user, ':');
        struct passwd entry, *found = NULL;
        int64_t uid, gid;

        if (getpwnam_r(user, &entry, memory, sizeof(memory), &found) == 0 && found) {
                *ret = (struct identity){found->pw_uid, found->pw_gid, true};
                return 0;
        }
        (void) str_copy(uid_text, sizeof(uid_text), user);
        uid_text[strcspn(uid_text, ":")] = '\0';
        if (str_to_int64(uid_text, 0, USER_ID_MAX, &uid) < 0)
                return error_set(e, -ENOENT, ERROR_SETTING_INVALID, "RUN_AS: there is no user %s", user);
        gid = uid;
        if (colon && str_to_int64(colon + 1, 0, USER_ID_MAX, &gid) < 0)
                return error_set(e, -ENOENT, ERROR_SETTING_INVALID,
                                 "RUN_AS: the group must be a number, as in 1000:1000");
        *ret = (struct identity){(uid_t) uid, (gid_t) gid, false};
        return 0;
}

int sandbox_become(const char *user, struct error *e) {
        struct identity who;
        int r;

        if (!*user)
                return 0;
        r = identity_of(user, &who, e);
        if (r < 0)
                return r;
        if (geteuid() == who.uid)
                return 0;
        if (geteuid() != 0)
                return error_set(e, -EPERM, ERROR_SETTING_INVALID, "RUN_AS: only root can become %s", user);
        if ((who.named ? initgroups(user, who.gid) : setgroups(0, NULL)) < 0 || setgid(who.gid) < 0 ||
            setuid(who.uid) < 0)
                return error_set(e, -errno, ERROR_SETTING_INVALID, "RUN_AS: cannot become %s: %s", user,
                                 strerror(errno));
        if (who.uid != 0 && setuid(0) == 0)
                return error_set(e, -EPERM, ERROR_INTERNAL, "RUN_AS: root was not given up");
        keep_memory_private(); // another user, another memory: the kernel has forgotten
        return 0;
}

// ---- Landlock

#ifdef __linux__

// As in linux/landlock.h (the kernel's Documentation/userspace-api/landlock.rst), which older systems do not have.
enum {
        LANDLOCK_CREATE = 444, // system calls; the same numbers on every machine
        LANDLOCK_ADD_RULE = 445,
        LANDLOCK_RESTRICT = 446,
        LANDLOCK_VERSION_FLAG = 1,
        LANDLOCK_PATH_BENEATH = 1,
};

#define RIGHT_EXECUTE (UINT64_C(1) << 0)
#define RIGHT_WRITE (UINT64_C(1) << 1)
#define RIGHT_REMOVE_FOLDER (UINT64_C(1) << 4)
#define RIGHT_REMOVE_FILE (UINT64_C(1) << 5)
#define RIGHT_MAKE_FILE (UINT64_C(1) << 8)
#define RIGHT_MAKE_ANY (UINT64_C(0x7f) << 6)  // device, folder, file, socket, pipe, block device, link
#define RIGHT_REFER (UINT64_C(1) << 13)       // since version 2
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)    // since version 3
#define SCOPE_SOCKETS_AND_SIGNALS UINT64_C(3) // since version 6

struct ruleset {
        uint64_t files, network, scoped;
};

struct path_rule {
        uint64_t allowed;
        int32_t fd;
} __attribute__((packed));

static int allow(int rules, const char *path, uint64_t rights) {
        struct path_rule rule = {.allowed = rights, .fd = open(path, O_PATH | O_CLOEXEC)};
        int r;

        if (rule.fd < 0)
                return -errno;
        r = syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
        (void) close(rule.fd);
        return r;
}

static struct ruleset rules_of(long version) {
        struct ruleset r = {.files = RIGHT_EXECUTE | RIGHT_WRITE | RIGHT_REMOVE_FOLDER | RIGHT_REMOVE_FILE |
                                     RIGHT_MAKE_ANY};

        if (version >= 2)
                r.files |= RIGHT_REFER;
        if (version >= 3)
                r.files |= RIGHT_TRUNCATE;
        if (version >= 6)
                r.scoped = SCOPE_SOCKETS_AND_SIGNALS;
        return r;
}

int sandbox_write_only_below(const char *folder, struct error *e) {
        long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION_FLAG);
        struct ruleset set = rules_of(version);
        uint64_t here = (RIGHT_WRITE | RIGHT_REMOVE_FILE | RIGHT_MAKE_FILE | RIGHT_TRUNCATE) & set.files;
        size_t size = version >= 6 ? sizeof(set) : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
        int rules, r;

        if (version < 1)
                return SANDBOX_NONE;
        rules = (int) syscall(LANDLOCK_CREATE, &set, size, 0);
        if (rules < 0)
                return error_set(e, -errno, ERROR_INTERNAL, "Landlock: %s", strerror(errno));
        r = allow(rules, folder, here);
        if (r == 0)
                (void) allow(rules, "/dev/null", here & (RIGHT_WRITE | RIGHT_TRUNCATE));
        if (r == 0 && syscall(LANDLOCK_RESTRICT, rules, 0) < 0)
                r = -errno;
        (void) close(rules);
        return r < 0 ? error_set(e, r, ERROR_INTERNAL, "Landlock: %s: %s", folder, strerror(-r)) : SANDBOX_FULL;
}

#else

int sandbox_write_only_below(const char *folder, struct error *e) {
        (void) folder, (void) e;
        return SANDBOX_NONE;
}

#endif
