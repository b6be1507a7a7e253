#include "command/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/string.h"
#include <utf8proc.h>

enum {
        WIDTH_DEFAULT = 80,
        WIDTH_MIN = 40,   // narrower than this, breaking lines makes it worse
        WIDTH_MAX = 100,  // longer lines are hard to read
        LABEL_WIDTH = 12, // the longest label and two spaces
        VALUE_MAX = 65536,
        BAR_WIDTH = 30,
};

static const char *const styles[] = {
                [OUTPUT_PLAIN] = "",        [OUTPUT_BOLD] = "\x1b[1m",  [OUTPUT_DIM] = "\x1b[2m",
                [OUTPUT_GOOD] = "\x1b[32m", [OUTPUT_WARN] = "\x1b[33m", [OUTPUT_BAD] = "\x1b[31m",
};

bool output_colour(FILE *f) {
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return isatty(fileno(f)) && !(no && *no) && term && !str_eq(term, "dumb");
}

unsigned output_width(FILE *f) {
        struct winsize size;

        if (ioctl(fileno(f), TIOCGWINSZ, &size) < 0 || size.ws_col < WIDTH_MIN)
                return WIDTH_DEFAULT;
        return MIN(size.ws_col, (unsigned) WIDTH_MAX);
}

// Characters that a terminal obeys instead of showing, and those that make text read in another order than it stands.
static bool obeyed(utf8proc_int32_t c) {
        utf8proc_category_t kind = utf8proc_category(c);

        return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP ||
               c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Writes one character and moves *s behind it. Returns the columns it takes.
static unsigned put_character(FILE *f, const char **s, size_t n) {
        size_t k = utf8_char_len(*s, n);
        utf8proc_int32_t c = -1;
        int width;

        if (k == 0) {
                (*s)++;
                fputs("\xef\xbf\xbd", f);
                return 1;
        }
        utf8proc_iterate((const utf8proc_uint8_t *) *s, (utf8proc_ssize_t) k, &c);
        if (obeyed(c)) {
                *s += k;
                return (unsigned) fprintf(f, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned) c);
        }
        fwrite(*s, 1, k, f);
        *s += k;
        width = utf8proc_charwidth(c);
        return width > 0 ? (unsigned) width : 0;
}

void output_line(FILE *f, const char *text) {
        const char *end = text + strlen(text);

        while (text < end) {
                if (*text == '\n' || *text == '\r' || *text == '\t') {
                        fputc(' ', f);
                        text++;
                } else {
                        put_character(f, &text, (size_t) (end - text));
                }
        }
}

void output_styled(FILE *f, enum output_style style, const char *text) {
        bool colour = style != OUTPUT_PLAIN && output_colour(f);

        if (colour)
                fputs(styles[style], f);
        output_line(f, text);
        if (colour)
                fputs("\x1b[0m", f);
}

static void put_indent(FILE *f, unsigned indent) {
        fprintf(f, "%*s", (int) indent, "");
}

// Columns of a word, and where it ends.
static unsigned word_width(const char *s, const char *line_end, const char **ret_end) {
        unsigned width = 0;

        while (s < line_end && *s != ' ' && *s != '\t' && *s != '\r') {
                size_t k = utf8_char_len(s, (size_t) (line_end - s));
                utf8proc_int32_t c = 0xfffd;

                if (k > 0)
                        utf8proc_iterate((const utf8proc_uint8_t *) s, (utf8proc_ssize_t) k, &c);
                width += obeyed(c) ? 4 : (unsigned) MAX(utf8proc_charwidth(c), 0);
                s += MAX(k, (size_t) 1);
        }
        *ret_end = s;
        return width;
}

static void put_broken_line(FILE *f, const char *s, const char *line_end, unsigned indent, unsigned width) {
        unsigned column = indent;
        bool first = true;

        while (s < line_end) {
                const char *end;
                unsigned w;

                if (*s == ' ' || *s == '\t' || *s == '\r') {
                        s++;
                        continue;
                }
                w = word_width(s, line_end, &end);
                if (first) {
                        put_indent(f, indent);
                } else if (column + 1 + w > width) {
                        fputc('\n', f);
                        put_indent(f, indent);
                        column = indent;
                } else {
                        fputc(' ', f);
                        column++;
                }
                while (s < end)
                        column += put_character(f, &s, (size_t) (end - s));
                first = false;
        }
        fputc('\n', f);
}

void output_paragraphs(FILE *f, const char *text, unsigned indent, unsigned width) {
        while (*text) {
                const char *end = text + strcspn(text, "\n");
                // The line's own indent is kept: lists and steps are read by it.
                unsigned own = (unsigned) strspn(text, " ");

                put_broken_line(f, text, end, indent + MIN(own, width / 4), width);
                text = end + (*end == '\n');
        }
}

void output_field(FILE *f, const char *label, const char *fmt, ...) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(VALUE_MAX);
        int pad = LABEL_WIDTH - (int) strlen(label);
        va_list ap;

        va_start(ap, fmt);
        buffer_addv(&b, fmt, ap);
        va_end(ap);
        output_styled(f, OUTPUT_DIM, label);
        fprintf(f, "%*s", MAX(pad, 1), "");
        output_line(f, buffer_str(&b));
        fputc('\n', f);
}

int output_json(FILE *f, json_t *v, struct error *e) {
        json_t *owned _cleanup_json_ = v;

        // Failure to write shows in output_end.
        if (!owned)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the output");
        (void) json_dumpf(owned, f, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(JSON_DIGITS_));
        fputc('\n', f);
        return 0;
}

int output_end(int r, struct error *e) {
        if (fflush(stdout) == 0 && !ferror(stdout))
                return r;
        // Whoever reads us has enough, as in `firstline settings | head -1`: no reason to complain.
        if (errno == EPIPE)
                return 1;
        return error_set(e, -EIO, ERROR_INTERNAL, "standard output cannot be written: %s", strerror(errno));
}

void output_progress(void *label, size_t done, size_t all) {
        unsigned filled = all > 0 ? (unsigned) (done * BAR_WIDTH / all) : BAR_WIDTH;

        if (!isatty(STDERR_FILENO))
                return;
        fprintf(stderr, "\r%s [", (const char *) label);
        for (unsigned i = 0; i < BAR_WIDTH; i++)
                fputc(i < filled ? '#' : '.', stderr);
        fprintf(stderr, "] %zu/%zu%s", done, all, done >= all ? "\n" : "");
        fflush(stderr);
}
