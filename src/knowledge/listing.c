#include "knowledge/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/string.h"

enum {
        FILES_MAX = 10000, // documents; a help centre has hundreds
        FOLDERS_MAX = 2000,
        LINKS_MAX = 10000,
        ENTRIES_MAX = 200000,  // names looked at in one scan, of whatever kind
        DEPTH_MAX = 16,        // folders within folders
        FRESH_NS = 1000000000, // file times move in steps of up to some milliseconds, on some disks of a second
        FILE_SIZE_MAX = 4 * 1024 * 1024, // bytes of one document: a long book
};

struct place {                  // a folder to be read
        char *full_path, *path; // path: within the scanned folder, "" for itself
        unsigned depth;
};

struct seen {
        uint64_t device, inode;
};

struct scan {
        struct listing *out;
        char root[PATH_MAX];        // resolved
        struct place *todo, *links; // links: entries that are links, looked at when all the others are known
        size_t n_todo, cap_todo, n_links, cap_links;
        struct seen *seen; // folders read so far
        size_t n_seen, cap_seen;
        size_t entries, documents;
        int64_t started_ns; // wall clock
};

static const struct {
        const char *ending;
        enum document_format format;
        bool readable;
} formats[] = {
                {".txt", FORMAT_TEXT, true},
                {".text", FORMAT_TEXT, true},
                {".md", FORMAT_MARKDOWN, true},
                {".markdown", FORMAT_MARKDOWN, true},
                {".html", FORMAT_HTML, true},
                {".htm", FORMAT_HTML, true},
                // Looked for by people who put them there: to be told is better than to wonder.
                {".pdf", FORMAT_TEXT, false},
                {".doc", FORMAT_TEXT, false},
                {".docx", FORMAT_TEXT, false},
                {".odt", FORMAT_TEXT, false},
                {".rtf", FORMAT_TEXT, false},
};

void listing_clear(struct listing *f) {
        for (size_t i = 0; i < f->n; i++) {
                free(f->files[i].path);
                free(f->files[i].full_path);
                free(f->files[i].problem);
        }
        free(f->files);
        free(f->problem);
        *f = (struct listing){0};
}

static void places_free(struct place *places, size_t n) {
        for (size_t i = 0; places && i < n; i++) {
                free(places[i].full_path);
                free(places[i].path);
        }
        free(places);
}

static void scan_clear(struct scan *s) {
        places_free(s->todo, s->n_todo);
        places_free(s->links, s->n_links);
        free(s->seen);
}

static int add_place(struct place **list, size_t *n, size_t *cap, const char *full, const char *path, unsigned depth) {
        void *array = *list;

        if (memory_grow(&array, cap, *n + 1, sizeof(**list)) < 0)
                return -ENOMEM;
        *list = array;
        struct place p = {str_dup(full), str_dup(path), depth};
        if (!p.full_path || !p.path) {
                free(p.full_path);
                free(p.path);
                return -ENOMEM;
        }
        (*list)[(*n)++] = p;
        return 0;
}

static int set_problem(char **problem, char *text) {
        if (!text)
                return -ENOMEM;
        if (*problem) // the first one is told
                free(text);
        else
                *problem = text;
        return 0;
}

static int format_of(const char *name) {
        const char *dot = strrchr(name, '.');

        for (size_t i = 0; dot && i < ARRAY_LEN(formats); i++)
                if (str_ieq(dot, formats[i].ending))
                        return (int) i;
        return -1;
}

// problem is taken over; NULL: none.
static int add_file(struct scan *s, const char *full, const char *path, const struct stat *st, int format,
                    char *problem) {
        struct listing *f = s->out;
        void *array = f->files;
        struct file file = {
                        .path = utf8_repair(path, strlen(path), NULL), // names need not be UTF-8, answers must
                        .full_path = str_dup(full),
                        .format = formats[format].format,
                        .problem = problem,
        };
        if (st) {
                file.size = st->st_size;
                file.mtime_ns = (int64_t) st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
                file.ctime_ns = (int64_t) st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
                file.device = st->st_dev;
                file.inode = st->st_ino;
                file.fresh = file.ctime_ns > s->started_ns - FRESH_NS && file.ctime_ns < s->started_ns + FRESH_NS;
        }
        if (!file.path || !file.full_path || memory_grow(&array, &f->cap, f->n + 1, sizeof(*f->files)) < 0) {
                free(file.path);
                free(file.full_path);
                free(file.problem);
                return -ENOMEM;
        }
        f->files = array;
        f->files[f->n++] = file;
        return 0;
}

static int on_file(struct scan *s, const char *full, const char *path, const struct stat *st) {
        int format = format_of(path);
        char *problem = NULL;

        if (format < 0)
                return 0;
        if (++s->documents > FILES_MAX)
                return set_problem(&s->out->problem,
                                   str_printf("more than %d documents: the others are not read", FILES_MAX));
        if (!formats[format].readable)
                problem = str_printf("%s files are not read; save it as .txt, .md or .html", formats[format].ending);
        else if (!S_ISREG(st->st_mode))
                problem = str_dup("is not a regular file");
        else if (st->st_size > FILE_SIZE_MAX)
                problem = str_printf("has %.1f MB; a document may have %d MB, split it",
                                     (double) st->st_size / (1024 * 1024), FILE_SIZE_MAX / (1024 * 1024));
        else if (st->st_size == 0)
                problem = str_dup("is empty");
        else
                return add_file(s, full, path, st, format, NULL);
        return problem ? add_file(s, full, path, st, format, problem) : -ENOMEM;
}

static bool first_visit(struct scan *s, const struct stat *st, int *ret_error) {
        void *array = s->seen;

        for (size_t i = 0; i < s->n_seen; i++)
                if (s->seen[i].inode == st->st_ino && s->seen[i].device == st->st_dev)
                        return false;
        *ret_error = memory_grow(&array, &s->cap_seen, s->n_seen + 1, sizeof(*s->seen));
        if (*ret_error < 0)
                return false;
        s->seen = array;
        s->seen[s->n_seen++] = (struct seen){st->st_dev, st->st_ino};
        return true;
}

static int on_entry(struct scan *s, const struct place *in, const char *name) {
        char *full _cleanup_free_ = file_join(in->full_path, name);
        char *path _cleanup_free_ = in->path[0] ? file_join(in->path, name) : str_dup(name);
        struct stat st;

        if (!full || !path)
                return -ENOMEM;
        if (lstat(full, &st) < 0)
                return 0; // gone meanwhile
        if (S_ISLNK(st.st_mode) && s->n_links >= LINKS_MAX)
                return set_problem(&s->out->problem,
                                   str_printf("more than %d links: the others are not followed", LINKS_MAX));
        if (S_ISLNK(st.st_mode))
                return add_place(&s->links, &s->n_links, &s->cap_links, full, path, in->depth);
        if (!S_ISDIR(st.st_mode))
                return on_file(s, full, path, &st);
        if (in->depth >= DEPTH_MAX)
                return set_problem(&s->out->problem,
                                   str_printf("%s: folders are read %d deep, not deeper", path, DEPTH_MAX));
        return add_place(&s->todo, &s->n_todo, &s->cap_todo, full, path, in->depth + 1);
}

// Out of open files or memory, or the disk fails: what is in there is not gone.
static bool for_now(int number) {
        return number == EMFILE || number == ENFILE || number == ENOMEM || number == EIO;
}

static int read_place(struct scan *s, const struct place *p) {
        struct stat st;
        int r = 0;

        int fd = open(p->full_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
        s->out->unseen |= fd < 0 && for_now(errno);
        if (fd < 0)
                return set_problem(&s->out->problem,
                                   str_printf("%s: %s", p->path[0] ? p->path : p->full_path, strerror(errno)));
        DIR *dir = fstat(fd, &st) == 0 && first_visit(s, &st, &r) ? fdopendir(fd) : NULL;
        if (!dir) {
                close(fd);
                return r;
        }
        while (r == 0) {
                struct dirent *d = readdir(dir);
                if (!d)
                        break;
                if (d->d_name[0] == '.')
                        continue;
                if (++s->entries > ENTRIES_MAX) {
                        r = set_problem(&s->out->problem,
                                        str_printf("more than %d files: the others are not looked at", ENTRIES_MAX));
                        break;
                }
                r = on_entry(s, p, d->d_name);
        }
        closedir(dir);
        return r;
}

static bool within_root(const struct scan *s, const char *resolved) {
        size_t n = strlen(s->root);
        return str_starts(resolved, s->root) && (resolved[n] == '/' || resolved[n] == '\0' || n == 1);
}

static bool known_file(const struct scan *s, const struct stat *st) {
        for (size_t i = 0; i < s->out->n; i++)
                if (s->out->files[i].inode == st->st_ino && s->out->files[i].device == st->st_dev && st->st_ino != 0)
                        return true;
        return false;
}

static int on_link(struct scan *s, const struct place *link) {
        char resolved[PATH_MAX];
        struct stat st;
        int format = format_of(link->path);

        if (!realpath(link->full_path, resolved) || stat(resolved, &st) < 0) {
                if (format < 0)
                        return 0;
                char *why = str_printf("is a link that leads nowhere: %s", strerror(errno));
                return why ? add_file(s, link->full_path, link->path, NULL, format, why) : -ENOMEM;
        }
        if (!within_root(s, resolved)) {
                if (format < 0 && !S_ISDIR(st.st_mode))
                        return 0;
                char *why = str_dup("is a link that leaves the folder; it is not followed");
                return why ? add_file(s, link->full_path, link->path, NULL, MAX(format, 0), why) : -ENOMEM;
        }
        if (S_ISDIR(st.st_mode)) // one that was read under its own name is not read again
                return link->depth < DEPTH_MAX ? add_place(&s->todo, &s->n_todo, &s->cap_todo, resolved, link->path,
                                                           link->depth + 1)
                                               : 0;
        return known_file(s, &st) ? 0 : on_file(s, resolved, link->path, &st);
}

static int walk(struct scan *s) {
        size_t folders = 0;
        int r = 0;

        while (r == 0 && (s->n_todo > 0 || s->n_links > 0)) {
                bool is_folder = s->n_todo > 0;
                struct place p = is_folder ? s->todo[--s->n_todo] : s->links[--s->n_links];
                if (is_folder && ++folders > FOLDERS_MAX)
                        r = set_problem(&s->out->problem,
                                        str_printf("more than %d folders: the others are not read", FOLDERS_MAX));
                else
                        r = is_folder ? read_place(s, &p) : on_link(s, &p);
                free(p.full_path);
                free(p.path);
        }
        return r;
}

static int compare_files(const void *a, const void *b) {
        return strcmp(((const struct file *) a)->path, ((const struct file *) b)->path);
}

int listing_scan(const char *path, struct listing *ret) {
        struct listing f _cleanup_listing_ = {0};
        struct scan s _cleanup_(scan_clear) = {.out = &f};
        int r;

        s.started_ns = clock_now_ms() * 1000000;
        if (!realpath(path, s.root))
                r = set_problem(&f.problem, errno == ENOENT ? str_printf("%s: there is no such folder", path)
                                                            : str_printf("%s: %s", path, strerror(errno)));
        else if (!file_is_dir(s.root))
                r = set_problem(&f.problem, str_printf("%s: is not a folder", path));
        else if ((r = add_place(&s.todo, &s.n_todo, &s.cap_todo, s.root, "", 0)) == 0)
                r = walk(&s);
        if (r < 0)
                return r;
        if (f.n > 1)
                qsort(f.files, f.n, sizeof(*f.files), compare_files);
        *ret = f;
        f = (struct listing){0};
        return 0;
}

bool listing_same_file(const struct file *a, const struct file *b) {
        return !a->fresh && a->format == b->format && a->size == b->size && a->mtime_ns == b->mtime_ns &&
               a->ctime_ns == b->ctime_ns && a->device == b->device && a->inode == b->inode;
}

bool listing_equal(const struct listing *a, const struct listing *b) {
        if (a->n != b->n || !str_eq(a->problem, b->problem))
                return false;
        for (size_t i = 0; i < a->n; i++)
                if (!listing_same_file(&a->files[i], &b->files[i]) || strcmp(a->files[i].path, b->files[i].path) != 0 ||
                    !str_eq(a->files[i].problem, b->files[i].problem))
                        return false;
        return true;
}
