#include "text/html_writer.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/html_entity.h"

enum {
        BREAKS_MAX = 2,     // runs of blank lines become one
        BREAKS_PRE_MAX = 4, // in preformatted text up to three stay: more is no layout
        INDENT_MAX = 16,    // deeper lists stand no further in
};

void html_writer_init(struct html_writer *w, size_t max) {
        *w = (struct html_writer){.out = BUFFER_INIT(max)};
}

static void add(struct html_writer *w, const char *s, size_t n) {
        if (w->full)
                return;
        if (n > w->out.max - w->out.len) {
                w->full = true;
                return;
        }
        buffer_add(&w->out, s, n);
}

static void start_line(struct html_writer *w) {
        if (w->out.len > 0)
                for (unsigned i = 0; i < w->breaks; i++) {
                        add(w, "\n", 1);
                        if (w->quote > 0 && w->line_quoted && i + 1 < w->breaks)
                                add(w, ">", 1);
                }
        w->breaks = 0;
        w->space = w->cell = false;
        w->line_quoted = w->quote > 0;
        if (w->line_quoted)
                add(w, "> ", 2);
        for (unsigned i = 0; i < w->indent && i < INDENT_MAX; i++)
                add(w, " ", 1);
        add(w, w->marker, strlen(w->marker));
        w->marker[0] = '\0';
}

static void before_text(struct html_writer *w, int32_t c) {
        if (w->breaks > 0 || !w->line_has_text) {
                bool marked = w->marker[0];
                start_line(w);
                if (w->escape_hash && !marked && c == '#')
                        add(w, "\\", 1);
        } else if (w->cell) {
                add(w, " | ", 3);
        } else if (w->space) {
                add(w, " ", 1);
        } else if (w->joiner) {
                utf8proc_uint8_t utf8[4];
                add(w, (const char *) utf8, (size_t) utf8proc_encode_char(w->joiner, utf8));
        }
        w->space = w->cell = false;
        w->joiner = 0;
        w->line_has_text = true;
}

enum kind { KIND_TEXT, KIND_BLANK, KIND_NEWLINE, KIND_JOINER, KIND_GONE };

static enum kind kind_of(int32_t c) {
        if (c == '\n' || c == 0x2028 || c == 0x2029 || c == 0x85)
                return KIND_NEWLINE;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
            c == 0x202F || c == 0x205F || c == 0x1680)
                return KIND_BLANK;
        if (c == 0x200C || c == 0x200D)
                return KIND_JOINER;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
                return KIND_GONE;
        // Soft hyphen, zero-width space and its kin, and what turns the direction of the text around it. The marks for
        // single characters (U+200E, U+200F) stay: right-to-left text needs them.
        if (c == 0xAD || c == 0x34F || c == 0x180E || c == 0x200B || c == 0x2060 || c == 0xFEFF ||
            (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || (c >= 0xFFF9 && c <= 0xFFFB) ||
            (c >= 0xE0000 && c <= 0xE007F))
                return KIND_GONE;
        return KIND_TEXT;
}

static void blank(struct html_writer *w) {
        if (w->pre > 0 && !w->single_line) {
                if (w->breaks > 0 || !w->line_has_text)
                        before_text(w, ' ');
                add(w, " ", 1);
        } else {
                w->space = true;
        }
}

void html_writer_char(struct html_writer *w, int32_t c) {
        utf8proc_uint8_t utf8[4];

        switch (kind_of(c)) {
        case KIND_GONE:
                return;
        case KIND_JOINER:
                if (w->line_has_text && w->breaks == 0 && !w->space && !w->cell)
                        w->joiner = c;
                return;
        case KIND_NEWLINE:
                if (w->pre > 0 && !w->single_line)
                        html_writer_newline(w);
                else
                        w->space = true;
                return;
        case KIND_BLANK:
                blank(w);
                return;
        case KIND_TEXT:
                before_text(w, c);
                if (c < 0x80) {
                        char byte = (char) c;
                        add(w, &byte, 1);
                } else {
                        add(w, (const char *) utf8, (size_t) utf8proc_encode_char(c, utf8));
                }
        }
}

void html_writer_text(struct html_writer *w, const char *s, size_t n) {
        size_t i = 0;

        while (i < n && !w->full) {
                int32_t c;
                size_t k = s[i] == '&' ? html_entity_read(s + i, n - i, &c) : 0;
                if (k == 0) {
                        utf8proc_ssize_t r = utf8proc_iterate((const utf8proc_uint8_t *) s + i,
                                                              (utf8proc_ssize_t) (n - i), &c);
                        k = r > 0 ? (size_t) r : 1;
                        if (r <= 0)
                                c = 0xFFFD;
                }
                html_writer_char(w, c);
                i += k;
        }
}

void html_writer_newline(struct html_writer *w) {
        if (w->single_line) {
                w->space = true;
                return;
        }
        if (w->out.len > 0 || w->marker[0])
                w->breaks = MIN(w->breaks + 1, (unsigned) (w->pre > 0 ? BREAKS_PRE_MAX : BREAKS_MAX));
        w->line_has_text = false;
        w->space = w->cell = false;
        w->joiner = 0;
}

void html_writer_break(struct html_writer *w, unsigned at_least) {
        if (w->single_line) {
                w->space = true;
                return;
        }
        // A list marker that still waits for its text keeps its line: <li><p>text</p></li>.
        if (w->marker[0] && !w->line_has_text)
                return;
        w->breaks = MAX(w->breaks, at_least);
        w->line_has_text = false;
        w->space = w->cell = false;
        w->joiner = 0;
}

void html_writer_cell(struct html_writer *w) {
        if (w->line_has_text)
                w->cell = true;
}

void html_writer_marker(struct html_writer *w, const char *marker) {
        (void) str_copy(w->marker, sizeof(w->marker), marker);
}
