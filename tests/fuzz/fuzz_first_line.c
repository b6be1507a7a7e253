// The first bytes of a connection: the verdict must not depend on how they were cut, and must be one of four.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/first_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct first_line all = {0}, cut = {0};
        struct error e = ERROR_INIT;
        const char *text = (const char *) data;
        int r = first_line_read(&all, text, n, &e), k = 0;

        if ((r != 0 && r != 1 && r != -EINVAL && r != -EPROTONOSUPPORT) || (r < 0) != (e.code != ERROR_NONE))
                abort();
        for (size_t i = 0; k == 0 && i < n; i++)
                k = first_line_read(&cut, text + i, 1, NULL);
        if (k != r)
                abort();
        return 0;
}
