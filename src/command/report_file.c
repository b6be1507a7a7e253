#include "command/report_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "command/report_page.h"

static void close_p(FILE **f) {
        if (*f)
                (void) fclose(*f);
}

// An empty file loses nothing: mktemp makes such.
static bool is_report(const char *path, const struct stat *st) {
        char start[sizeof(REPORT_PAGE_START)] = "";

        if (!S_ISREG(st->st_mode))
                return false;
        if (st->st_size == 0)
                return true;
        FILE *f _cleanup_(close_p) = fopen(path, "re");
        return f && fread(start, 1, strlen(REPORT_PAGE_START), f) == strlen(REPORT_PAGE_START) &&
               strcmp(start, REPORT_PAGE_START) == 0;
}

int report_file_check(const char *path, struct error *e) {
        struct stat st;

        if (lstat(path, &st) < 0 && errno == ENOENT)
                return 0;
        if (stat(path, &st) < 0)
                return error_set(e, -errno, ERROR_FILE_INVALID, "%s: %s", path, strerror(errno));
        if (is_report(path, &st))
                return 0;
        return error_set(e, -EEXIST, ERROR_FILE_INVALID,
                         "%s is there already and is no report of Firstline: give --html another name, or take it away",
                         path);
}

int report_file_write(const char *path, const char *title, const char *file, const json_t *report, struct error *e) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(REPORT_PAGE_MAX);
        int r = report_file_check(path, e); // again: a database may have been made there meanwhile

        if (r < 0)
                return r;
        report_page(&b, title, file, report);
        r = buffer_result(&b);
        if (r < 0)
                return error_set(e, r, r == -ENOMEM ? ERROR_OUT_OF_MEMORY : ERROR_TOO_LARGE,
                                 "the page could not be made");
        return file_write(path, b.data, b.len, true, e);
}
