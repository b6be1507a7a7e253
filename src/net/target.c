#include "net/target.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/string.h"

// Decodes %XX (and "+" as a space where `form`) of s in place. What comes out must be text without control characters,
// so that no handler and no log line ever meets a NUL or a line break from here.
static int decode(char *s, bool form, struct error *e) {
        char *out = s;

        for (const char *p = s; *p; p++) {
                char c = *p;

                if (c == '%') {
                        int high = ascii_hex(p[1]), low = high < 0 ? -1 : ascii_hex(p[2]);

                        if (low < 0)
                                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                                 "the address has a %% that is not followed by two hexadecimal digits");
                        c = (char) (high << 4 | low);
                        p += 2;
                } else if (c == '+' && form) {
                        c = ' ';
                }
                if ((unsigned char) c < 0x20 || c == 0x7f)
                        return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the address has a control character");
                *out++ = c;
        }
        *out = '\0';
        if (!utf8_valid(s, (size_t) (out - s)))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the address is not valid UTF-8");
        return 0;
}

static int parse_path(char *path, struct target *t, struct error *e) {
        for (char *segment = path + 1; segment;) {
                char *slash = strchr(segment, '/');
                int r;

                if (t->n_segments == TARGET_SEGMENTS_MAX)
                        return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no such path");
                if (slash)
                        *slash = '\0'; // before decoding: an encoded slash is part of its segment
                r = decode(segment, false, e);
                if (r < 0)
                        return r;
                t->segments[t->n_segments++] = segment;
                segment = slash ? slash + 1 : NULL;
        }
        return 0;
}

static int parse_parameter(char *pair, struct target *t, struct error *e) {
        char *value = strchr(pair, '=');
        int r;

        if (value)
                *value++ = '\0';
        else
                value = pair + strlen(pair);
        if ((r = decode(pair, true, e)) < 0 || (r = decode(value, true, e)) < 0)
                return r;
        if (!*pair)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the query has a value without a name");
        // Which of two would count is anybody's guess; a proxy before us may guess differently.
        if (target_query(t, pair))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the query has the parameter %.64s twice", pair);
        if (t->n_query == TARGET_QUERY_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the query has more than %d parameters",
                                 TARGET_QUERY_MAX);
        t->query[t->n_query++] = (struct target_parameter){pair, value};
        return 0;
}

static int parse_query(char *query, struct target *t, struct error *e) {
        for (char *pair = query; pair;) {
                char *next = strchr(pair, '&');
                int r;

                if (next)
                        *next++ = '\0';
                if (*pair) {
                        r = parse_parameter(pair, t, e);
                        if (r < 0)
                                return r;
                }
                pair = next;
        }
        return 0;
}

// Only proxies are sent an absolute target, but a server must understand one.
size_t target_path_at(const char *text) {
        static const char *const schemes[] = {"http://", "https://"};

        for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
                size_t n = strlen(schemes[i]);

                if (strncasecmp(text, schemes[i], n) == 0)
                        return n + strcspn(text + n, "/?");
        }
        return 0;
}

int target_parse(char *text, struct target *ret, struct error *e) {
        struct target t = {0};
        char *query;
        int r;

        for (const char *p = text; *p; p++)
                if ((unsigned char) *p <= ' ' || *p == 0x7f || *p == '#')
                        return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                         "the address has a character that must be percent-encoded");
        text += target_path_at(text);
        query = strchr(text, '?');
        if (query)
                *query++ = '\0';
        if (*text != '/')
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the address must begin with a slash");
        if ((r = parse_path(text, &t, e)) < 0 || (r = parse_query(query, &t, e)) < 0)
                return r;
        *ret = t;
        return 0;
}

const char *target_query(const struct target *t, const char *name) {
        for (size_t i = 0; i < t->n_query; i++)
                if (strcmp(t->query[i].name, name) == 0)
                        return t->query[i].value;
        return NULL;
}
