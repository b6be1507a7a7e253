// Who sent it: lists of networks as somebody writes them, and the headers of proxies as anybody may write them. The
// input is a list, X-Forwarded-For and Forwarded, a line each.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "net/forwarded.h"

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

// What an address is written as is read as the same.
static void check(const struct address *a) {
        char text[ADDRESS_TEXT_SIZE];
        struct address again;

        address_text(a, text);
        if (address_parse(text, strlen(text), &again) != 0 || memcmp(a, &again, sizeof(again)) != 0)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *networks _cleanup_free_ = next_line(&data, &n);
        char *x_forwarded_for _cleanup_free_ = next_line(&data, &n);
        char *forwarded _cleanup_free_ = next_line(&data, &n);
        struct address_list *list _cleanup_(address_list_free_p) = NULL;
        struct address peer = {{[10] = 0xff, 0xff, 127, 0, 0, 1}}, sender;
        struct error e = ERROR_INIT;

        if (!networks || !x_forwarded_for || !forwarded)
                return 0;
        int r = address_list_parse("TRUSTED_PROXIES", networks, &list, &e);
        if (r < 0 ? !*e.message || list : false)
                abort();
        bool believed = address_list_has(list, &peer);
        if (forwarded_sender(&peer, list, x_forwarded_for, forwarded, &sender) == 0) {
                check(&sender);
                // Whom nobody vouches for is whom we hear.
                if (!believed && memcmp(&sender, &peer, sizeof(peer)) != 0)
                        abort();
        }
        return 0;
}
