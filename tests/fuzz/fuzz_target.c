// The address of a request, which anybody may send: what is taken must be text, and must stay within what was sent.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "net/guard.h"
#include "net/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *s, const char *text, size_t n) {
        size_t len = strlen(s);

        if (s < text || s + len > text + n || !utf8_valid(s, len))
                abort();
        for (size_t i = 0; i < len; i++)
                if ((unsigned char) s[i] < 0x20 || s[i] == 0x7f)
                        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *text _cleanup_free_ = str_ndup((const char *) data, n);
        struct error e = ERROR_INIT;
        struct target t;

        if (!text)
                return 0;
        (void) guard_is_json(text);
        n = strlen(text);
        if (target_parse(text, &t, &e) < 0) {
                if (e.code == ERROR_NONE || !*e.message)
                        abort();
                return 0;
        }
        if (t.n_segments < 1 || t.n_segments > TARGET_SEGMENTS_MAX || t.n_query > TARGET_QUERY_MAX)
                abort();
        for (size_t i = 0; i < t.n_segments; i++)
                check(t.segments[i], text, n);
        for (size_t i = 0; i < t.n_query; i++) {
                check(t.query[i].name, text, n);
                check(t.query[i].value, text, n);
                if (target_query(&t, t.query[i].name) != t.query[i].value)
                        abort();
        }
        return 0;
}
