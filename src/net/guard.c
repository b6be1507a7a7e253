#include "net/guard.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"

// The headers that change what a request is. Sent twice, one program believes the first and another the last.
enum guard_header {
        HEADER_HOST,
        HEADER_LENGTH,
        HEADER_ENCODING,
        HEADER_TYPE,
        HEADER_CONTENT_ENCODING,
        HEADER_AUTHORIZATION,
        HEADER_COUNT_
};

static const char *const guard_headers[HEADER_COUNT_] = {
                [HEADER_HOST] = "Host",
                [HEADER_LENGTH] = "Content-Length",
                [HEADER_ENCODING] = "Transfer-Encoding",
                [HEADER_TYPE] = "Content-Type",
                [HEADER_CONTENT_ENCODING] = "Content-Encoding",
                [HEADER_AUTHORIZATION] = "Authorization",
};

struct guard_walk {
        const char *values[HEADER_COUNT_];
        const char *expect;
        size_t n, bytes;
        int result;
        struct error *e;
};

static bool is_token(const char *s, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (!isalnum((unsigned char) s[i]) && !strchr("!#$%&'*+-.^_`|~", s[i]))
                        return false;
        return n > 0;
}

static bool is_value(const char *s, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (((unsigned char) s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
                        return false;
        return true;
}

#if MHD_VERSION < 0x01000000
// libmicrohttpd before 1.0 glues a continuation line ("Name:\r\n value") to the name, and leaves the value where it
// was. In a header that is not continued, only blanks stand between the two.
static bool is_folded(const char *name, size_t name_len, const char *value) {
        enum { BLANKS_MAX = 64 };
        const char *end = name + name_len + 1;

        if (value < end || value - end > BLANKS_MAX)
                return true;
        for (; end < value; end++)
                if (*end != ' ' && *end != '\t')
                        return true;
        return false;
}
#else
static bool is_folded(const char *name, size_t name_len, const char *value) {
        (void) name, (void) name_len, (void) value; // refused by the library itself
        return false;
}
#endif

static enum MHD_Result guard_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                    const char *value, size_t value_len) {
        struct guard_walk *w = arg;

        (void) kind;
        w->n++;
        w->bytes += name_len + value_len + strlen(": \r\n");
        if (w->n > GUARD_HEADERS_MAX || w->bytes > GUARD_HEADER_BYTES_MAX) {
                w->result = error_set(w->e, -E2BIG, ERROR_HEADERS_TOO_LARGE, "more than %d headers or %d bytes of them",
                                      GUARD_HEADERS_MAX, GUARD_HEADER_BYTES_MAX);
                return MHD_NO;
        }
        if (!is_token(name, name_len) || (value && (!is_value(value, value_len) || is_folded(name, name_len, value)))) {
                w->result = error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST, "a header is malformed");
                return MHD_NO;
        }
        if (name_len == strlen("Expect") && strcasecmp(name, "Expect") == 0)
                w->expect = value;
        for (size_t i = 0; i < HEADER_COUNT_; i++) {
                if (name_len != strlen(guard_headers[i]) || strcasecmp(name, guard_headers[i]) != 0)
                        continue;
                if (w->values[i]) {
                        w->result = error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST, "the header %s was sent twice",
                                              guard_headers[i]);
                        return MHD_NO;
                }
                w->values[i] = value ? value : "";
                break;
        }
        return MHD_YES;
}

static int check_length(const struct guard_walk *w, bool old, struct guard *g) {
        int64_t length = 0;

        g->has_length = w->values[HEADER_LENGTH] != NULL;
        g->chunked = w->values[HEADER_ENCODING] != NULL;
        if (g->has_length && g->chunked)
                return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "Content-Length and Transfer-Encoding exclude each other");
        if (g->chunked && (old || strcasecmp(w->values[HEADER_ENCODING], "chunked") != 0))
                return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "the only Transfer-Encoding known here is chunked, of HTTP/1.1");
        if (g->has_length) {
                for (const char *p = w->values[HEADER_LENGTH]; *p; p++)
                        if (!isdigit((unsigned char) *p))
                                return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST,
                                                 "Content-Length is not a number");
                if (str_to_int64(w->values[HEADER_LENGTH], 0, INT64_MAX, &length) < 0)
                        return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST, "Content-Length is not a number");
                g->length = (uint64_t) length;
        }
        return 0;
}

int guard_check(struct MHD_Connection *mhd, const char *version, struct guard *ret, struct error *e) {
        struct guard_walk w = {.e = e};
        struct guard g = {0};
        bool old = str_eq(version, "HTTP/1.0");
        int r;

        (void) MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, guard_header, &w);
        if (w.result < 0)
                return w.result;
        if (!old && !w.values[HEADER_HOST])
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the header Host is missing");
        r = check_length(&w, old, &g);
        if (r < 0)
                return r;
        g.expects = !old && w.expect && strcasecmp(w.expect, "100-continue") == 0;
        g.content_type = w.values[HEADER_TYPE];
        g.content_encoding = w.values[HEADER_CONTENT_ENCODING];
        *ret = g;
        return 0;
}

static const char *skip_blanks(const char *s) {
        return s + strspn(s, " \t");
}

bool guard_is_json(const char *type) {
        static const char json[] = "application/json";
        const char *p;

        if (!type || strncasecmp(type, json, strlen(json)) != 0)
                return false;
        for (p = skip_blanks(type + strlen(json)); *p == ';'; p = skip_blanks(p)) {
                const char *value;
                size_t n;

                p = skip_blanks(p + 1);
                n = strcspn(p, "; \t");
                // Any other parameter says nothing about how to read the bytes.
                if (strncasecmp(p, "charset=", strlen("charset=")) == 0) {
                        value = p + strlen("charset=");
                        if (strncasecmp(value, "utf-8", 5) != 0 && strncasecmp(value, "\"utf-8\"", 7) != 0)
                                return false;
                        if (n != strlen("charset=") + (*value == '"' ? 7 : 5))
                                return false;
                }
                p += n;
        }
        return *p == '\0';
}
