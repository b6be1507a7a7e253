// A mail's text: any bytes. What is kept is a part of it and never nothing; and it can be cut into sentences.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "text/quote.h"
#include "text/sentence.h"

enum { LIMIT = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *mail _cleanup_free_ = str_ndup((const char *) data, n);
        char *cut _cleanup_free_ = mail ? quote_cut(mail) : NULL;

        if (!cut)
                return 0;
        size_t len = strlen(cut);
        if (len > strlen(mail) || (len == 0 && !str_empty(mail)))
                abort();
        for (size_t at = 0; at < len;) {
                size_t end = sentence_next(cut + at, len - at), part = sentence_cut(cut + at, len - at, LIMIT);
                if (end == 0 || end > len - at || part == 0 || part > len - at || part > LIMIT)
                        abort();
                at += end;
        }
        return 0;
}
