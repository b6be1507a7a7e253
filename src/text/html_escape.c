#include <string.h>

#include "text/html.h"

static const char *escape_of(char c) {
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        case '\n':
        case '\t':
                return NULL;
        default: // control characters have no place in HTML, not even as references
                return (unsigned char) c < 0x20 || c == 0x7F ? "" : NULL;
        }
}

void html_escape(struct buffer *out, const char *text, size_t n) {
        size_t start = 0;

        for (size_t i = 0; i < n; i++) {
                const char *escape = escape_of(text[i]);
                if (!escape)
                        continue;
                buffer_add(out, text + start, i - start);
                buffer_add_str(out, escape);
                start = i + 1;
        }
        buffer_add(out, text + start, n - start);
}

void html_from_text(struct buffer *out, const char *text, size_t n) {
        size_t i = 0;
        bool open = false;

        while (i < n) {
                size_t breaks = 0;
                for (; i < n && (text[i] == '\n' || text[i] == '\r'); i++)
                        breaks += text[i] == '\n';
                if (i == n)
                        break;
                const char *stop = memchr(text + i, '\n', n - i);
                size_t line = stop ? (size_t) (stop - text) - i : n - i;
                if (open && breaks > 1)
                        buffer_add_str(out, "</p>\n<p>");
                else if (open)
                        buffer_add_str(out, "<br>\n");
                else
                        buffer_add_str(out, "<p>");
                open = true;
                html_escape(out, text + i, line);
                i += line;
        }
        if (open)
                buffer_add_str(out, "</p>");
}
