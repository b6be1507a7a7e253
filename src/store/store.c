// Opening and closing.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/string.h"
#include "base/wait.h"
#include "store/inside.h"
#include "store/schema.h"

static const char url_scheme[] = "sqlite:";

// Held while a file is made and first opened: closing any descriptor of a database takes away this process's locks on
// it, those of another store in this process too.
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

int store_url_path(const char *url, const char **ret, struct error *e) {
        if (!str_starts(url, url_scheme))
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "DATABASE_URL must be sqlite:PATH");
        const char *path = url + strlen(url_scheme);
        if (str_empty(path) || *path == ':')
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "DATABASE_URL must be sqlite:PATH, and PATH a file");
        *ret = path;
        return 0;
}

// SQLite gives its two helping files the mode of the first.
static int create_file(const char *path, struct error *e) {
        struct stat st;

        if (stat(path, &st) == 0) {
                if (!S_ISREG(st.st_mode))
                        return error_set(e, -EBADMSG, ERROR_STORAGE_UNAVAILABLE, "%s is not a file", path);
                return 0;
        }
        if (errno == EACCES)
                return error_set(e, -EACCES, ERROR_STORAGE_UNAVAILABLE,
                                 "%s cannot be reached: give this user the right to enter its folder", path);
        int fd = errno == ENOENT ? open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600) : -1;
        if (fd < 0) {
                int r = -errno;
                return error_set(e, r, ERROR_STORAGE_UNAVAILABLE, "%s cannot be created: %s%s", path, strerror(-r),
                                 r == -ENOENT ? "; create its folder first" : "");
        }
        (void) close(fd);
        return 0;
}

// A restore exchanges the file under its name while it has it locked: whoever was waiting then has the old one.
static int still_there(struct database *d, struct error *e) {
        int moved = 0;

        if (sqlite3_file_control(d->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
                return error_set(e, -EAGAIN, ERROR_STORAGE_UNAVAILABLE, "%s was exchanged just now; it is tried again",
                                 d->path);
        return 0;
}

static int open_file(const char *path, struct database **ret, struct error *e) {
        struct database *d _cleanup_(database_close_p) = NULL;
        int r = create_file(path, e);

        if (r == 0)
                r = database_open(path, true, &d, e);
        if (r == 0)
                r = schema_recognise(d, e);
        if (r == 0)
                r = still_there(d, e);
        if (r < 0) {
                // What is refused is not tidied either.
                if (d)
                        (void) sqlite3_db_config(d->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *) NULL);
                return r;
        }
        r = database_journal(d, e);
        if (r == 0)
                r = schema_upgrade(d, SCHEMA_VERSION, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

static void after_commit(void *arg, const struct transaction *t) {
        struct store *s = arg;

        if (t->due)
                bell_ring(&s->bell, t->due);
        bell_commit(&s->bell);
}

static void bell_init(struct bell *b) {

        pthread_mutex_init(&b->lock, NULL);
        wait_init(&b->rung);
        wait_init(&b->committed);
}

int store_open(const char *url, struct store **ret, struct error *e) {
        struct store *s _cleanup_(store_close_p) = NULL;
        const char *path = NULL;
        int r = store_url_path(url, &path, e);

        if (r < 0)
                return r;
        s = calloc(1, sizeof(*s));
        if (!s)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "%s: not enough memory", path);
        bell_init(&s->bell);
        s->path = str_dup(path);
        if (!s->path)
                return error_set(e, -ENOMEM, ERROR_STORAGE_UNAVAILABLE, "%s: not enough memory", path);
        pthread_mutex_lock(&opening);
        r = open_file(path, &s->d, e);
        pthread_mutex_unlock(&opening);
        if (r == 0)
                r = readers_new(path, &s->readers, e);
        if (r == 0)
                r = leases_new(&s->leases, e);
        if (r == 0)
                r = writer_new(s->d, after_commit, s, &s->writer, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(s);
        return 0;
}

static int give_back(struct transaction *t, void *arg, struct error *e) {
        struct store *s = arg;

        return leases_release_all(s->leases, t, e);
}

struct store *store_close(struct store *s) {
        struct error e = ERROR_INIT;

        if (!s)
                return NULL;
        if (s->writer && s->leases && leases_any(s->leases) && writer_run(s->writer, give_back, s, &e) < 0)
                log_warning("jobs not given back, their leases will run out: %s", e.message);
        writer_free(s->writer);
        readers_free(s->readers);
        leases_free(s->leases);
        database_close(s->d);
        pthread_cond_destroy(&s->bell.rung);
        pthread_cond_destroy(&s->bell.committed);
        pthread_mutex_destroy(&s->bell.lock);
        free(s->path);
        free(s);
        return NULL;
}

int store_health(struct store *s, struct error *e) {
        return writer_health(s->writer, e);
}

uint64_t store_recoveries(struct store *s) {
        return writer_recoveries(s->writer);
}

const char *store_path(const struct store *s) {
        return s->path;
}
