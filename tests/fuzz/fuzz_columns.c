// A file of tickets, as somebody's export may be: any bytes, as values with commas between them or as lines of JSON.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/string.h"
#include "triage/columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MEANINGS = 4 };

static size_t find(void *arg _unused_, const char *name) {
        static const char *const names[MEANINGS] = {"subject", "text", "tags", "tier"};

        for (size_t k = 0; k < MEANINGS; k++)
                if (str_ieq(name, names[k]))
                        return k;
        return COLUMNS_NONE;
}

static int row(void *arg, size_t line, const char *const *values, struct error *e _unused_) {
        size_t *last = arg;

        if (line <= *last)
                abort();
        *last = line;
        for (size_t k = 0; k < MEANINGS; k++)
                if (!utf8_valid(values[k], strlen(values[k])))
                        abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *text _cleanup_free_ = str_ndup((const char *) data, n);
        struct error e = ERROR_INIT;
        size_t last = 0;
        const struct columns c = {.path = "fuzz",
                                  .n = MEANINGS,
                                  .find = find,
                                  .row = row,
                                  .arg = &last,
                                  .needed = 3,
                                  .needed_name = "text"};

        if (!text || !utf8_valid(text, strlen(text)))
                return 0;
        if (columns_take(&c, text, &e) < 0 && !*e.message)
                abort();
        return 0;
}
