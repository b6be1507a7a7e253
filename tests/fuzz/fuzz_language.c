// Any bytes as a ticket, whose language is told: the same twice, and never a language without a confidence.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "text/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *text _cleanup_free_ = str_ndup((const char *) data, strnlen((const char *) data, n));
        struct language_guess g, again;

        if (!text || language_of(NULL, text, &g) < 0 || language_of("", text, &again) < 0)
                return 0;
        if (!(g.confidence >= 0 && g.confidence <= 1) || (g.language == LANGUAGE_UNKNOWN) != (g.confidence == 0))
                abort();
        if (g.language > LANGUAGE_COUNT_ || g.language != again.language)
                abort();
        return 0;
}
