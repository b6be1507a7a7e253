// GET /, GET /docs, GET /openapi.json and GET /assets/{file}: what is built into the program, as it is.
#include <errno.h>
#include <string.h>

#include "api/asset.h"
#include "api/routes.h"
#include "base/string.h"

// Scripts and styles from here only, and no address but ours is asked. Swagger UI has small pictures in its own style
// sheet.
#define PAGE_POLICY                                                                                                    \
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "                              \
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static void set_page_headers(struct http_request *r) {
        http_set_header(r, "Content-Security-Policy", PAGE_POLICY);
        http_set_header(r, "Referrer-Policy", "no-referrer");
        http_set_header(r, "X-Frame-Options", "DENY"); // for browsers that do not know frame-ancestors
}

// "gzip" among the codings, unless it is given the weight 0. What else may stand there makes no difference.
static bool takes_gzip(const struct http_request *r) {
        const char *accept = http_header(r, "Accept-Encoding");
        const char *gzip = accept ? strcasestr(accept, "gzip") : NULL;

        if (!gzip)
                return false;
        gzip += strlen("gzip");
        if (!str_starts(gzip, ";q=0"))
                return true;
        gzip += strlen(";q=0");
        gzip += strspn(gzip, ".0");
        return *gzip >= '1' && *gzip <= '9';
}

void api_page(struct http_request *r, void *app) {
        const struct asset *a = asset_find(http_path(r));
        struct error e = ERROR_INIT;

        (void) app;
        if (!a) {
                error_set(&e, -ENOENT, ERROR_NOT_FOUND, "there is no such path");
                http_reply_error(r, &e);
                return;
        }
        bool gzip = takes_gzip(r);
        const char *tag = gzip ? a->gzip_tag : a->tag;
        if (str_starts(a->type, "text/html"))
                set_page_headers(r);
        // no-cache: kept, but asked about each time, so that a page never meets the scripts of another version.
        http_set_header(r, "Cache-Control", a->forever ? "public, max-age=31536000, immutable" : "no-cache");
        http_set_header(r, "Vary", "Accept-Encoding");
        http_set_header(r, "ETag", tag);
        if (str_eq(http_header(r, "If-None-Match"), tag)) {
                http_reply_static(r, 304, NULL, "", 0);
                return;
        }
        if (gzip) {
                http_set_header(r, "Content-Encoding", "gzip");
                http_reply_static(r, 200, a->type, a->gzip, (size_t) (a->gzip_end - a->gzip));
        } else {
                http_reply_static(r, 200, a->type, a->data, (size_t) (a->end - a->data));
        }
}
