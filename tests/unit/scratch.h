// A folder of its own for a test, gone afterwards.
#pragma once

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/string.h"

static inline char *scratch_new(void) {
        const char *tmp = getenv("TMPDIR");
        char *path = str_printf("%s/firstline-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");

        if (!path || !mkdtemp(path)) {
                fprintf(stderr, "cannot make a folder for the test: %s\n", strerror(errno));
                abort();
        }
        return path;
}

static inline int scratch_remove_one(const char *path, const struct stat *st _unused_, int kind _unused_,
                                     struct FTW *at _unused_) {
        return remove(path);
}

static inline void scratch_free(char *path) {
        (void) nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
        free(path);
}

// Writes a file of the folder and returns its path, which the caller frees.
static inline char *scratch_write(const char *folder, const char *name, const void *data, size_t n) {
        char *path = str_printf("%s/%s", folder, name);
        FILE *f = path ? fopen(path, "w") : NULL;

        if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0) {
                fprintf(stderr, "cannot write %s: %s\n", name, strerror(errno));
                abort();
        }
        return path;
}

// The same with a text, when nobody wants the path.
static inline void scratch_put(const char *folder, const char *name, const char *text) {
        free(scratch_write(folder, name, text, strlen(text)));
}
