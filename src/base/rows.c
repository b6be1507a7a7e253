#include "base/rows.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF"; // some editors put it there unasked

static int no_memory(const char *what, struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", what);
}

int rows_open(const char *path, struct rows *r, struct error *e) {
        struct rows rows _cleanup_rows_ = {.path = path};
        int k = file_read(path, ROWS_FILE_MAX, &rows.text, &rows.n, e);

        if (k < 0)
                return k;
        size_t line = utf8_bad_line(rows.text, rows.n);
        if (line > 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s, line %zu: not UTF-8 text", path, line);
        if (rows.n >= strlen(byte_order_mark) && memcmp(rows.text, byte_order_mark, strlen(byte_order_mark)) == 0)
                rows.at = strlen(byte_order_mark);
        *r = rows;
        rows.text = NULL;
        return 0;
}

void rows_close(struct rows *r) {
        free(r->text);
        r->text = NULL;
}

int rows_error(const struct rows *r, struct error *e, const char *fmt, ...) {
        char message[ERROR_MESSAGE_MAX];
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(message, sizeof(message), fmt, ap);
        va_end(ap);
        return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s, line %d: %s", r->path, r->line, message);
}

int rows_weight(const struct rows *r, const char *field, double min, double max, double *ret, struct error *e) {
        if (str_to_double(field, min, max, ret) < 0)
                return rows_error(r, e, "the weight \"%s\" is not a number from %g to %g", field, min, max);
        return 0;
}

// The next line, cut off in place; NULL at the end.
static char *next_line(struct rows *r) {
        if (r->at >= r->n)
                return NULL;
        char *line = r->text + r->at, *end = memchr(line, '\n', r->n - r->at);
        r->at = end ? (size_t) (end - r->text) + 1 : r->n;
        if (end)
                *end = '\0';
        r->line++;
        return line;
}

static int split(struct rows *r, char *line, size_t n, const char **fields, struct error *e) {
        size_t count = 0;

        for (char *field = line; field; count++) {
                char *tab = strchr(field, '\t');
                if (tab)
                        *tab = '\0';
                if (count < n)
                        fields[count] = str_trim(field);
                field = tab ? tab + 1 : NULL;
        }
        if (count != n)
                return rows_error(r, e, "%zu field%s where %zu are due, with a tab between them", count,
                                  str_s((int64_t) count), n);
        for (size_t i = 0; i < n; i++)
                if (!*fields[i])
                        return rows_error(r, e, "field %zu is empty", i + 1);
        return 1;
}

int rows_next(struct rows *r, size_t n, const char **fields, struct error *e) {
        for (char *line; (line = next_line(r));)
                if (!str_empty(line) && line[0] != '#')
                        return split(r, line, n, fields, e);
        return 0;
}

int rows_read(const char *path, size_t n, const char *what,
              int (*fn)(void *arg, const struct rows *r, const char **fields, struct error *e), void *arg,
              struct error *e) {
        struct rows rows _cleanup_rows_ = {0};
        const char *fields[ROWS_FIELDS_MAX];
        int r = rows_open(path, &rows, e);

        while (r >= 0 && (r = rows_next(&rows, n, fields, e)) > 0)
                r = fn(arg, &rows, fields, e);
        return r == -ENOMEM ? no_memory(what, e) : r;
}

// NULL: no memory.
static char *config_path(const char *config_dir, const char *name) {
        char *path _cleanup_free_ = file_join(config_dir, name), *ours _cleanup_free_ = str_printf("config/%s", name);

        if (!path || !ours || file_exists(path))
                return ours ? TAKE_PTR(path) : NULL;
        char *shipped = file_find_data(ours);
        return shipped ? shipped : TAKE_PTR(path);
}

int rows_read_config(const char *config_dir, const char *name, size_t n,
                     int (*fn)(void *arg, const struct rows *r, const char **fields, struct error *e), void *arg,
                     struct error *e) {
        char *path _cleanup_free_ = config_path(config_dir, name);

        return path ? rows_read(path, n, name, fn, arg, e) : no_memory(name, e);
}
