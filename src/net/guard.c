#include "net/guard.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"
#include "net/target.h"

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
        const char *next, *end; // where the next header must lie, and the end of their block; NULL: cannot be told
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

// libmicrohttpd before 1.0 cuts the block of headers up where it received it, and some things get lost on the way: a
// line that begins with a colon ends the block, a continued line is glued to the name before it, a NUL hides what
// follows, a bare line feed ends a line. None of that can be seen in the headers one by one; but then they do not lie
// end to end, with a carriage return and a line feed after each.
enum { LINE_END = 2 };

static bool lies_next(struct guard_walk *w, const char *name, size_t name_len, const char *value, size_t value_len) {
        const char *blank = name + name_len + 1;

        if (!w->next)
                return true;
        if (name != w->next || value < blank || value > w->end)
                return false;
        for (; blank < value; blank++)
                if (*blank != ' ' && *blank != '\t')
                        return false;
        w->next = value + value_len + LINE_END;
        return true;
}

static void block_begin(struct guard_walk *w, struct MHD_Connection *mhd, const char *method, const char *version) {
#if MHD_VERSION < 0x01000000
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

        if (!info)
                return;
        w->next = version + strlen(version) + LINE_END;
        w->end = method + info->header_size;
#else
        (void) w, (void) mhd, (void) method, (void) version; // it refuses all of these itself
#endif
}

static bool block_ended(const struct guard_walk *w) {
        return !w->next || w->next + LINE_END == w->end;
}

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
        if (!value || !is_token(name, name_len) || !is_value(value, value_len) ||
            !lies_next(w, name, name_len, value, value_len)) {
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
                w->values[i] = value;
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

// A name, an IPv4 address or an IPv6 address in brackets, and a port: what can stand in Host (RFC 9110, 7.2).
static bool host_valid(const char *s) {
        size_t n = *s == '[' ? strspn(s + 1, "0123456789abcdefABCDEF:.") + 1
                             : strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

        if (*s == '[' && (n < 3 || s[n++] != ']'))
                return false;
        if (n > 0 && s[n] == ':')
                n += 1 + strspn(s + n + 1, "0123456789");
        return n > 0 && s[n] == '\0';
}

// "GET http://other/path" with "Host: x" names two hosts, and each program on the way believes the one it likes.
static int check_host(const struct guard_walk *w, const char *target, bool old) {
        const char *host = w->values[HEADER_HOST], *authority = strstr(target, "://");
        size_t path_at = target_path_at(target);

        if (!host)
                return old ? 0 : error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST, "the header Host is missing");
        if (!host_valid(host))
                return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST, "the header Host is malformed");
        if (path_at == 0 || !authority)
                return 0;
        authority += strlen("://");
        if (strlen(host) != (size_t) (target + path_at - authority) || strncasecmp(host, authority, strlen(host)) != 0)
                return error_set(w->e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "the address and the header Host name different hosts");
        return 0;
}

int guard_check(struct MHD_Connection *mhd, const char *target, const char *method, const char *version,
                struct guard *ret, struct error *e) {
        struct guard_walk w = {.e = e};
        struct guard g = {0};
        bool old = str_eq(version, "HTTP/1.0");
        int r;

        block_begin(&w, mhd, method, version);
        (void) MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, guard_header, &w);
        if (w.result < 0)
                return w.result;
        if (!block_ended(&w))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the headers are malformed");
        if ((r = check_host(&w, target, old)) < 0 || (r = check_length(&w, old, &g)) < 0)
                return r;
        g.expects = !old && w.expect && strcasecmp(w.expect, "100-continue") == 0;
        g.has_type = w.values[HEADER_TYPE] != NULL;
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
