#include "store/lease.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/string.h"
#include "store/inside.h"

enum {
        HOLD_MS_MAX = 3600000, // no journey takes an hour: a thread that holds a job longer has lost it
        CLOCK_JUMP_MS = 5000,  // more than a clock is set right by, and than a transaction waits
        CLOCK_LOOK_MS = 60000, // a look at all that waits, in case a jump was overlooked
        OWNERS_MAX = 64,       // processes on one database that are looked at in one claim
        MACHINE_SIZE = 64,     // boot id (36) and the number of the process namespace
        PROC_FILE_MAX = 4096,
        PROC_STATE_FIELD = 3, // see proc(5), /proc/PID/stat
        PROC_START_FIELD = 22,
};

struct hold {
        int64_t thread, job_id, since_ms;
};

struct leases {
        int64_t owner;
        int64_t skew_ms; // the writer's thread only: wall clock less monotonic clock, at the last look...
        int64_t look_ms; // ...and when the next look at all that waits is due (monotonic); 0: none was made yet
        pthread_mutex_t lock;
        bool registered; // others can look up who we are
        struct hold *holds;
        size_t n, cap;
};

// ---- tokens

static int64_t token(void) {
        return (int64_t) (digest_random() | 1);
}

int64_t lease_thread(void) {
        static _Thread_local int64_t mine;
        static _Thread_local pid_t mine_in;
        pid_t pid = getpid();

        if (mine == 0 || mine_in != pid) {
                mine = token();
                mine_in = pid;
        }
        return mine;
}

int leases_new(struct leases **ret, struct error *e) {
        struct leases *l = calloc(1, sizeof(*l));

        if (!l)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "not enough memory for the leases");
        l->owner = token();
        pthread_mutex_init(&l->lock, NULL);
        *ret = l;
        return 0;
}

struct leases *leases_free(struct leases *l) {
        if (!l)
                return NULL;
        pthread_mutex_destroy(&l->lock);
        free(l->holds);
        free(l);
        return NULL;
}

int64_t leases_owner(const struct leases *l) {
        return l->owner;
}

// ---- which processes live

// The boot and the namespace in which a process number means something. Empty where the system does not tell.
static void machine(char out[MACHINE_SIZE]) {
        char *boot _cleanup_free_ = NULL;
        size_t n;
        struct stat st;

        *out = '\0';
        if (file_read("/proc/sys/kernel/random/boot_id", PROC_FILE_MAX, &boot, &n, NULL) == 0 &&
            stat("/proc/self/ns/pid", &st) == 0)
                snprintf(out, MACHINE_SIZE, "%.36s/%ju", boot, (uintmax_t) st.st_ino);
}

// When it was started, in clock ticks since the boot; 0 when it is not there or only waits to be buried, negative when
// that cannot be told.
static int64_t process_started(int64_t pid) {
        char path[32];
        char *text _cleanup_free_ = NULL;
        size_t n;
        int64_t started;

        if (kill((pid_t) pid, 0) < 0 && errno == ESRCH)
                return 0;
        snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
        if (file_read(path, PROC_FILE_MAX, &text, &n, NULL) < 0)
                return -1;
        char *p = strrchr(text, ')'); // the name before it may hold anything
        for (int field = 2; p && field < PROC_START_FIELD; field++) {
                p = strchr(p + 1, ' ');
                if (p && field + 1 == PROC_STATE_FIELD && (p[1] == 'Z' || p[1] == 'X'))
                        return 0;
        }
        if (!p)
                return -1;
        p[1 + strcspn(p + 1, " ")] = '\0';
        return str_to_int64(p + 1, 0, INT64_MAX, &started) == 0 ? started : -1;
}

// Dead for sure? One in another namespace of the same boot may live: then its lease decides.
static bool process_dead(const char *its_machine, int64_t pid, int64_t started) {
        char here[MACHINE_SIZE];

        machine(here);
        size_t boot = strcspn(here, "/");
        if (!*here || !*its_machine)
                return false;
        if (strncmp(here, its_machine, boot + 1) != 0)
                return true; // before the last boot
        if (!str_eq(here, its_machine))
                return false;
        int64_t now = process_started(pid);
        return now == 0 || (now > 0 && now != started);
}

static int register_process(struct leases *l, struct transaction *t, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_PROCESS_INSERT);
        char here[MACHINE_SIZE];

        machine(here);
        query_int(&q, 1, l->owner);
        query_text(&q, 2, here);
        query_int(&q, 3, getpid());
        query_int(&q, 4, process_started(getpid()));
        return query_run(&q, e);
}

static int release_owner(struct transaction *t, int64_t owner, struct error *e) {
        struct query jobs _cleanup_query_ = query_from(t->d, STATEMENT_LEASE_RELEASE_OWNER);
        struct query process _cleanup_query_ = query_from(t->d, STATEMENT_PROCESS_DELETE);

        query_int(&jobs, 1, owner);
        query_int(&jobs, 2, t->now_ms);
        int r = query_run(&jobs, e);
        if (r < 0)
                return r;
        t->due += (unsigned) sqlite3_changes(t->d->db);
        query_int(&process, 1, owner);
        return query_run(&process, e);
}

static int find_dead(struct leases *l, struct transaction *t, int64_t *dead, size_t *ret_n, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_LEASE_OWNERS);
        size_t n = 0;
        int r;

        query_int(&q, 1, l->owner);
        while ((r = query_step(&q, e)) > 0 && n < OWNERS_MAX) {
                const char *where = query_column_text(&q, 1);
                if (where && process_dead(where, query_column_int(&q, 2), query_column_int(&q, 3)))
                        dead[n++] = query_column_int(&q, 0);
        }
        *ret_n = n;
        return MIN(r, 0);
}

static int repair(struct transaction *t, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, STATEMENT_LEASE_REPAIR);

        query_int(&q, 1, t->now_ms);
        return query_run(&q, e);
}

static int by_clock(struct transaction *t, enum statement_id which, int64_t by_ms, struct error *e) {
        struct query q _cleanup_query_ = query_from(t->d, which);

        query_int(&q, 1, t->now_ms);
        query_int(&q, 2, by_ms);
        return query_run(&q, e);
}

// When a job is due, when its lease runs out and since when it is in trouble are told by the wall clock, because they
// outlive the process. When that clock jumps, nothing may wait for years, no lease run out early, no patience end.
static int follow_clock(struct leases *l, struct transaction *t, struct error *e) {
        int64_t monotonic = clock_monotonic_ms(), skew = t->now_ms - monotonic;
        int64_t jump = l->look_ms ? skew - l->skew_ms : 0;
        bool jumped = jump > CLOCK_JUMP_MS || jump < -CLOCK_JUMP_MS;
        int r = 0;

        if (jumped)
                log_warning("the clock jumped by %" PRId64 " s", jump / 1000);
        if (jump > CLOCK_JUMP_MS)
                r = by_clock(t, STATEMENT_CLOCK_FORTH, jump, e);
        if (r == 0 && jumped)
                r = by_clock(t, STATEMENT_CLOCK_PATIENCE, MAX(jump, (int64_t) 0), e);
        if (r == 0 && (jumped || monotonic >= l->look_ms)) {
                r = by_clock(t, STATEMENT_CLOCK_BACK, CLOCK_JUMP_MS, e);
                l->look_ms = monotonic + CLOCK_LOOK_MS;
        }
        l->skew_ms = skew;
        return r;
}

int leases_tidy(struct leases *l, struct transaction *t, struct error *e) {
        int64_t dead[OWNERS_MAX];
        size_t n = 0;
        int r = follow_clock(l, t, e);

        if (r == 0)
                r = repair(t, e);
        if (r == 0)
                r = find_dead(l, t, dead, &n, e);
        for (size_t i = 0; r == 0 && i < n; i++) {
                log_info("a process that worked on tickets is gone: its jobs are taken up again");
                r = release_owner(t, dead[i], e);
        }
        return r;
}

int leases_register(struct leases *l, struct transaction *t, struct error *e) {
        pthread_mutex_lock(&l->lock);
        bool registered = l->registered;
        pthread_mutex_unlock(&l->lock);
        return registered ? 0 : register_process(l, t, e);
}

int leases_release_all(struct leases *l, struct transaction *t, struct error *e) {
        return release_owner(t, l->owner, e);
}

// ---- what this process works on

void leases_hold(struct leases *l, int64_t thread, int64_t job_id) {
        size_t i = 0;

        pthread_mutex_lock(&l->lock);
        l->registered = true;
        while (i < l->n && l->holds[i].thread != thread)
                i++;
        if (i < l->n || memory_grow((void **) &l->holds, &l->cap, l->n + 1, sizeof(*l->holds)) == 0) {
                l->holds[i] = (struct hold){thread, job_id, clock_monotonic_ms()};
                l->n = MAX(l->n, i + 1);
        }
        pthread_mutex_unlock(&l->lock);
}

void leases_drop(struct leases *l, int64_t job_id) {
        pthread_mutex_lock(&l->lock);
        for (size_t i = 0; i < l->n; i++)
                if (l->holds[i].job_id == job_id)
                        l->holds[i--] = l->holds[--l->n];
        pthread_mutex_unlock(&l->lock);
}

bool leases_any(struct leases *l) {
        pthread_mutex_lock(&l->lock);
        bool any = l->registered;
        pthread_mutex_unlock(&l->lock);
        return any;
}

struct renewal {
        int64_t owner, lease_ms;
        struct hold *holds;
        size_t n;
};

static int renew(struct transaction *t, void *arg, struct error *e) {
        struct renewal *a = arg;

        for (size_t i = 0; i < a->n; i++) {
                struct query q _cleanup_query_ = query_from(t->d, STATEMENT_LEASE_RENEW);
                query_int(&q, 1, a->holds[i].job_id);
                query_int(&q, 2, a->owner);
                query_int(&q, 3, a->holds[i].thread);
                query_int(&q, 4, t->now_ms + a->lease_ms);
                query_int(&q, 5, a->lease_ms);
                int r = query_run(&q, e);
                if (r < 0)
                        return r;
        }
        return 0;
}

int store_leases_renew(struct store *s, int64_t lease_ms, struct error *e) {
        struct leases *l = s->leases;
        int64_t since = clock_monotonic_ms() - HOLD_MS_MAX;
        struct hold *holds _cleanup_free_ = NULL;
        size_t n = 0;

        pthread_mutex_lock(&l->lock);
        if (l->n > 0)
                holds = malloc(l->n * sizeof(*holds));
        bool short_of_memory = l->n > 0 && !holds;
        for (size_t i = 0; holds && i < l->n; i++)
                if (l->holds[i].since_ms >= since)
                        holds[n++] = l->holds[i];
        pthread_mutex_unlock(&l->lock);
        if (short_of_memory)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "not enough memory to renew the leases");
        if (n == 0)
                return 0;
        struct renewal a = {.owner = l->owner, .lease_ms = lease_ms, .holds = holds, .n = n};
        return writer_run(s->writer, renew, &a, e);
}
