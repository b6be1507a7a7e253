// GET /, GET /docs, GET /openapi.json and GET /assets/{file}: what is built into the program, as it is.
#include <errno.h>
#include <stdio.h>

#include "api/asset.h"
#include "api/routes.h"
#include "base/digest.h"
#include "base/string.h"

// Scripts and styles from here only, and no address but ours is asked. Swagger UI has small pictures in its own style
// sheet.
#define PAGE_POLICY                                                                                                    \
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "                              \
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

enum { TAG_SIZE = 19 }; // 16 hexadecimal digits in quotes

// Names the bytes, so that a browser that has them is not sent them again, and a page never meets the scripts of
// another version.
static bool tag_of(const struct asset *a, char out[TAG_SIZE]) {
        char hex[DIGEST_HEX_SIZE];

        if (digest_sha256_hex(a->data, (size_t) (a->end - a->data), hex) < 0)
                return false;
        (void) snprintf(out, TAG_SIZE, "\"%.16s\"", hex);
        return true;
}

void api_page(struct http_request *r, void *app) {
        const struct asset *a = asset_find(http_path(r));
        struct error e = ERROR_INIT;
        char tag[TAG_SIZE];

        (void) app;
        if (!a) {
                error_set(&e, -ENOENT, ERROR_NOT_FOUND, "there is no such path");
                http_reply_error(r, &e);
                return;
        }
        if (str_starts(a->type, "text/html")) {
                http_set_header(r, "Content-Security-Policy", PAGE_POLICY);
                http_set_header(r, "Referrer-Policy", "no-referrer");
        }
        if (tag_of(a, tag)) {
                http_set_header(r, "Cache-Control", "no-cache"); // kept, but asked about each time
                http_set_header(r, "ETag", tag);
                if (str_eq(http_header(r, "If-None-Match"), tag)) {
                        http_reply_static(r, 304, NULL, "", 0);
                        return;
                }
        }
        http_reply_static(r, 200, a->type, a->data, (size_t) (a->end - a->data));
}
