// A table of signals of any bytes, and the rest of the input as a ticket: "\n\n" parts them. What is found obeys the
// limits of its header.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/string.h"
#include "triage/signal_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/tmp/fuzz_signals.XXXXXX";

static void clean_up(void) {
        char *path _cleanup_free_ = str_printf("%s/signals.tsv", folder);

        if (path)
                (void) unlink(path);
        (void) rmdir(folder);
}

static void put(const void *bytes, size_t n) {
        static bool made;
        if (!made && (!mkdtemp(folder) || atexit(clean_up) != 0))
                abort();
        made = true;

        char *path _cleanup_free_ = str_printf("%s/signals.tsv", folder);
        FILE *f = path ? fopen(path, "we") : NULL;
        if (!f)
                abort();
        (void) fwrite(bytes, 1, n, f);
        (void) fclose(f);
}

static void check(const struct signals_found *f) {
        if (f->n > SIGNALS_MAX)
                abort();
        for (size_t i = 0; i < f->n; i++)
                if (strnlen(f->items[i].name, SIGNAL_NAME_SIZE) == SIGNAL_NAME_SIZE || !*f->items[i].name ||
                    strnlen(f->items[i].words, SIGNAL_WORDS_SIZE) == SIGNAL_WORDS_SIZE ||
                    (i > 0 && f->items[i].effect > f->items[i - 1].effect))
                        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct signal_table *own _cleanup_(signal_table_free_p) = NULL;
        static struct signal_table *shipped;
        const uint8_t *end = n > 1 ? memmem(data, n, "\n\n", 2) : NULL;
        size_t table = end ? (size_t) (end - data) + 1 : 0;
        char *text _cleanup_free_ =
                        str_ndup((const char *) data + table, strnlen((const char *) data + table, n - table));
        struct signals_found f;

        if (!shipped && signal_table_load(FUZZ_CONFIG, &shipped, NULL) < 0)
                abort();
        if (text && signals_find(shipped, "", text, &f) == 0)
                check(&f);
        put(data, table);
        if (text && signal_table_load(folder, &own, NULL) == 0 && signals_find(own, text, text, &f) == 0)
                check(&f);
        return 0;
}
