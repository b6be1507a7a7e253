#include "net/first_line.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { LINE_METHOD, LINE_REST, LINE_END, LINE_GOOD };

static bool is_token(unsigned char c) {
        return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static void tail_add(struct first_line *l, char c) {
        if (c == ' ') {
                l->blank = true;
                return;
        }
        if (l->blank) {
                l->blank = false;
                l->tail_len = 0;
                tail_add(l, '\n'); // stands for blanks: in a line there is none
        }
        if (l->tail_len == FIRST_LINE_TAIL)
                memmove(l->tail, l->tail + 1, --l->tail_len);
        l->tail[l->tail_len++] = c;
}

// The last word of the line must be a version; the library takes every HTTP/1.x.
static int judge(struct first_line *l, struct error *e) {
        static const char form[] = "\nHTTP/0.0";
        bool version = l->tail_len == FIRST_LINE_TAIL;

        for (size_t i = 0; version && i < FIRST_LINE_TAIL; i++)
                version = form[i] == '0' ? isdigit((unsigned char) l->tail[i]) != 0 : l->tail[i] == form[i];
        if (!version)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "this is no request of HTTP: its first line must end with HTTP/1.1");
        if (l->tail[FIRST_LINE_TAIL - 3] != '1')
                return error_set(e, -EPROTONOSUPPORT, ERROR_INVALID_REQUEST,
                                 "only HTTP/1.1 and HTTP/1.0 are spoken here");
        return 1;
}

static int take_method(struct first_line *l, char c, struct error *e) {
        // Empty lines before a request are overlooked (RFC 9112, 2.2).
        if (l->method_len == 0 && (c == '\r' || c == '\n'))
                return 0;
        if (c == ' ' && l->method_len > 0) {
                l->state = LINE_REST;
                l->blank = true;
                return 0;
        }
        if (!is_token((unsigned char) c) || l->method_len == FIRST_LINE_METHOD_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "this is no request of HTTP: it must begin with a method, such as GET, and a blank");
        l->method_len++;
        return 0;
}

static int take(struct first_line *l, char c, struct error *e) {
        if (l->state == LINE_METHOD)
                return take_method(l, c, e);
        if (c == '\n')
                return judge(l, e);
        if (l->state == LINE_END)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "a carriage return without a line feed");
        if (c == '\r')
                l->state = LINE_END;
        else
                tail_add(l, c);
        return 0;
}

int first_line_read(struct first_line *l, const char *bytes, size_t n, struct error *e) {
        int r = l->state == LINE_GOOD ? 1 : 0;

        for (size_t i = 0; r == 0 && i < n; i++)
                r = take(l, bytes[i], e);
        if (r > 0)
                l->state = LINE_GOOD;
        return r;
}
