// Mail of any kind before the question whether a machine wrote it: address, name and subject, a line each, and the
// text.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "desk/automatic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char *next_line(const uint8_t **data, size_t *n) {
        const uint8_t *end = *n ? memchr(*data, '\n', *n) : NULL;
        size_t len = end ? (size_t) (end - *data) : *n;
        char *line = str_ndup((const char *) *data, strnlen((const char *) *data, len));

        len = MIN(len + 1, *n);
        *data += len;
        *n -= len;
        return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static struct automatic *a;
        char *address _cleanup_free_ = next_line(&data, &n);
        char *name _cleanup_free_ = next_line(&data, &n);
        char *subject _cleanup_free_ = next_line(&data, &n);
        char *text _cleanup_free_ = str_ndup((const char *) data, strnlen((const char *) data, n));
        char why[AUTOMATIC_WHY_SIZE];
        enum automatic_verdict before, after;

        if (!a && automatic_load(FUZZ_CONFIG, &a, NULL) < 0)
                abort();
        struct automatic_mail m = {.address = address, .name = name, .subject = subject, .text = text};
        if (automatic_judge(a, &m, &before, why) == 0 &&
            ((before == AUTOMATIC_NO) != (*why == '\0') || strlen(why) >= sizeof(why) || !utf8_valid(why, strlen(why))))
                abort();
        // As an echo of an answer of ours it is at least as suspect.
        m.after_answer = true;
        if (automatic_judge(a, &m, &after, why) == 0 && before == AUTOMATIC_YES && after == AUTOMATIC_NO)
                abort();
        return 0;
}
