// A ticket's description or a document in HTML: any bytes. What comes out is plain text within its limit, and escaped
// again it is itself.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "text/html.h"

enum { TEXT_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *text, size_t max) {
        if (!text || strlen(text) > max || !utf8_valid(text, strlen(text)) || strstr(text, "\n\n\n\n\n"))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *title _cleanup_free_ = NULL;
        char *text _cleanup_free_ = html_to_text((const char *) data, n, TEXT_MAX);
        char *cut _cleanup_free_ = html_to_text((const char *) data, n, n / 2);
        char *markdown _cleanup_free_ = html_to_markdown((const char *) data, n, TEXT_MAX, &title);
        struct buffer escaped _cleanup_buffer_ = BUFFER_INIT(8 * TEXT_MAX);

        check(text, TEXT_MAX);
        check(cut, n / 2);
        check(markdown, TEXT_MAX);
        if (title)
                check(title, TEXT_MAX);
        html_escape(&escaped, text, strlen(text));
        if (escaped.failed || strpbrk(buffer_str(&escaped), "<>\"'"))
                abort();
        buffer_reset(&escaped);
        html_from_text(&escaped, text, strlen(text));
        char *back _cleanup_free_ = html_to_text(buffer_str(&escaped), escaped.len, TEXT_MAX);
        check(back, TEXT_MAX);
        return 0;
}
