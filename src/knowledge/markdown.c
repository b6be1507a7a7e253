#include "knowledge/markdown.h"

#include <errno.h>
#include <limits.h>
#include <md4c.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buffer.h"
#include "base/string.h"
#include "text/html.h"
#include "text/html_entity.h"

enum {
        LISTS_MAX = 16, // lists within lists; deeper ones count as this deep
        URL_MAX = 2000, // longer addresses are not written out
        GROWTH_MAX = 8, // the text has at most so many times the source's bytes: links that are defined once and used
                        // often
        HEADING_BOLD_MAX = 200,
};

struct list {
        bool ordered;
        unsigned next;
};

struct writer {
        struct page *page;
        struct buffer out, html; // html: of the block of raw HTML that is open
        struct list lists[LISTS_MAX];
        unsigned depth;
        unsigned image; // inside so many images: their texts are not written
        unsigned strong;
        bool plain_seen; // the open block has text that is not bold
        size_t start;    // of the open block
        bool in_cell, in_item, raw;
        char url[URL_MAX + 1]; // of the open link
        size_t link_start;
        int error;
};

static void put(struct writer *w, const char *s, size_t n) {
        buffer_add(&w->out, s, n);
}

static void indent(struct writer *w, unsigned depth) {
        for (unsigned i = 0; i < MIN(depth, (unsigned) LISTS_MAX); i++)
                put(w, "  ", 2);
}

// A list is one block with all that is in it.
static void start_block(struct writer *w) {
        if (w->depth > 0) {
                put(w, "\n", 1);
                indent(w, w->depth);
                return;
        }
        if (w->out.len > 0)
                put(w, "\n\n", 2);
        w->start = w->out.len;
        w->plain_seen = false;
}

// The text moves while it grows, so blocks only note offsets; the page gets it at the end.
static void end_block(struct writer *w, enum block_kind kind, unsigned level) {
        struct page *p = w->page;

        if (w->out.failed || w->error)
                return;
        p->text = w->out.data; // borrowed for the call
        int r = w->out.data ? page_add(p, kind, level, w->start, w->out.len) : 0;
        p->text = NULL;
        if (r < 0)
                w->error = r;
}

static void start_item(struct writer *w) {
        struct list *l = &w->lists[MIN(w->depth, (unsigned) LISTS_MAX) - 1];
        char number[16];

        if (w->out.len > w->start && buffer_str(&w->out)[w->out.len - 1] != '\n')
                put(w, "\n", 1);
        indent(w, w->depth - 1);
        if (l->ordered) {
                int n = snprintf(number, sizeof(number), "%u. ", l->next++);
                put(w, number, n > 0 ? (size_t) n : 0);
        } else {
                put(w, "- ", 2);
        }
        w->in_item = true; // the first paragraph stands on the same line
}

static void open_list(struct writer *w, bool ordered, unsigned first) {
        if (w->depth == 0)
                start_block(w);
        if (w->depth < LISTS_MAX)
                w->lists[w->depth] = (struct list){ordered, first};
        w->depth++;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *userdata) {
        struct writer *w = userdata;

        switch (type) {
        case MD_BLOCK_UL:
                open_list(w, false, 0);
                break;
        case MD_BLOCK_OL:
                open_list(w, true, ((const MD_BLOCK_OL_DETAIL *) detail)->start);
                break;
        case MD_BLOCK_LI:
                start_item(w);
                break;
        case MD_BLOCK_H:
        case MD_BLOCK_P:
        case MD_BLOCK_CODE:
        case MD_BLOCK_TABLE:
                if (!w->in_item)
                        start_block(w);
                w->in_item = false;
                break;
        case MD_BLOCK_HTML:
                buffer_reset(&w->html);
                w->raw = true;
                break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
                if (w->in_cell)
                        put(w, " | ", 3);
                w->in_cell = true;
                break;
        default:
                break;
        }
        return w->out.failed || w->error ? -1 : 0;
}

static void end_raw(struct writer *w) {
        char *text _cleanup_free_ = html_to_text(buffer_str(&w->html), w->html.len, w->html.len);

        w->raw = false;
        if (!text)
                w->error = -ENOMEM;
        if (!text || !text[0])
                return;
        start_block(w);
        buffer_add_str(&w->out, text);
        if (w->depth == 0)
                end_block(w, BLOCK_TEXT, 0);
}

static void end_paragraph(struct writer *w) {
        bool heading = !w->plain_seen && w->out.len > w->start && w->out.len - w->start <= HEADING_BOLD_MAX;
        end_block(w, heading ? BLOCK_HEADING : BLOCK_TEXT, heading ? PAGE_LEVEL_BOLD : 0);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *userdata) {
        struct writer *w = userdata;

        switch (type) {
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
                if (--w->depth == 0)
                        end_block(w, BLOCK_TEXT, 0);
                break;
        case MD_BLOCK_LI:
                w->in_item = false;
                break;
        case MD_BLOCK_H:
                end_block(w, BLOCK_HEADING, ((const MD_BLOCK_H_DETAIL *) detail)->level);
                break;
        case MD_BLOCK_P:
                if (w->depth == 0)
                        end_paragraph(w);
                break;
        case MD_BLOCK_CODE:
        case MD_BLOCK_TABLE:
                if (w->depth == 0)
                        end_block(w, BLOCK_TEXT, 0);
                break;
        case MD_BLOCK_TR:
                put(w, "\n", 1);
                w->in_cell = false;
                break;
        case MD_BLOCK_HTML:
                end_raw(w);
                break;
        default:
                break;
        }
        return w->out.failed || w->error ? -1 : 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *userdata) {
        struct writer *w = userdata;

        if (type == MD_SPAN_IMG)
                w->image++;
        if (type == MD_SPAN_STRONG)
                w->strong++;
        if (type == MD_SPAN_A && w->image == 0) {
                const MD_ATTRIBUTE *href = &((const MD_SPAN_A_DETAIL *) detail)->href;
                w->url[0] = '\0';
                if (href->size <= URL_MAX && href->size > 0) {
                        memcpy(w->url, href->text, href->size);
                        w->url[href->size] = '\0';
                }
                w->link_start = w->out.len;
        }
        return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *userdata) {
        struct writer *w = userdata;

        (void) detail;
        if (type == MD_SPAN_IMG)
                w->image--;
        if (type == MD_SPAN_STRONG)
                w->strong--;
        if (type == MD_SPAN_A && w->image == 0 && w->url[0] && !w->out.failed) {
                // A link within the document means nothing in a mail; one that shows its address needs it once only.
                const char *shown = buffer_str(&w->out) + MIN(w->link_start, w->out.len);
                const char *bare = str_starts(w->url, "mailto:") ? w->url + 7 : w->url;
                if ((str_starts(w->url, "http") || str_starts(w->url, "mailto:")) && strcmp(shown, bare) != 0 &&
                    !(str_ends(bare, shown) && *shown))
                        buffer_addf(&w->out, " (%s)", bare);
                w->url[0] = '\0';
        }
        return w->out.failed ? -1 : 0;
}

static void put_entity(struct writer *w, const char *s, size_t n) {
        utf8proc_uint8_t utf8[4];
        int32_t c;

        if (html_entity_read(s, n, &c) == n)
                put(w, (const char *) utf8, (size_t) utf8proc_encode_char(c == 0xA0 ? ' ' : c, utf8));
        else
                put(w, s, n);
}

static int add_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *userdata) {
        struct writer *w = userdata;

        if (w->raw) {
                buffer_add(&w->html, text, size);
                return w->html.failed ? -1 : 0;
        }
        if (w->image > 0 || type == MD_TEXT_HTML)
                return 0;
        w->in_item = false;
        if (w->strong == 0 && !(size == 1 && text[0] == ' '))
                w->plain_seen = true;
        switch (type) {
        case MD_TEXT_NULLCHAR:
                put(w, "\xEF\xBF\xBD", 3);
                break;
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:
                put(w, "\n", 1);
                indent(w, w->depth);
                break;
        case MD_TEXT_ENTITY:
                put_entity(w, text, size);
                break;
        default:
                put(w, text, size);
        }
        return w->out.failed ? -1 : 0;
}

// "---" lines around "name: value" lines at the top. The length of it all; *ret_title is borrowed from the text.
static size_t front_matter(const char *s, size_t n, const char **ret_title, size_t *ret_title_n) {
        if (n < 8 || memcmp(s, "---\n", 4) != 0)
                return 0;
        const char *close = memmem(s + 3, n - 3, "\n---\n", 5);
        if (!close)
                return 0;
        for (const char *line = s + 4; line < close;) {
                const char *stop = memchr(line, '\n', (size_t) (close - line));
                size_t len = (size_t) ((stop ? stop : close) - line);
                if (len > 6 && strncmp(line, "title:", 6) == 0) {
                        *ret_title = line + 6;
                        *ret_title_n = len - 6;
                }
                line += len + 1;
        }
        return (size_t) (close - s) + 5;
}

static int take_title(struct page *p, const char *title, size_t n) {
        while (n > 0 && strchr(" \t\"'", title[0]))
                title++, n--;
        while (n > 0 && strchr(" \t\r\"'", title[n - 1]))
                n--;
        if (n > 0)
                p->title = str_ndup(title, n);
        else if (p->n_blocks > 0 && p->blocks[0].kind == BLOCK_HEADING)
                p->title = page_line(p, p->blocks[0].start, p->blocks[0].end);
        else
                return 0;
        return p->title ? 0 : -ENOMEM;
}

int markdown_read(const char *markdown, size_t n, struct page *p) {
        static const MD_PARSER parser = {
                        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                                 MD_FLAG_PERMISSIVEATXHEADERS,
                        .enter_block = enter_block,
                        .leave_block = leave_block,
                        .enter_span = enter_span,
                        .leave_span = leave_span,
                        .text = add_text,
        };
        struct writer w = {.page = p, .out = BUFFER_INIT(n * GROWTH_MAX + 64), .html = BUFFER_INIT(n + 1)};
        const char *title = "";
        size_t title_n = 0, skip = front_matter(markdown, n, &title, &title_n);

        if (n > UINT_MAX / 2)
                return -EMSGSIZE;
        int r = md_parse(markdown + skip, (MD_SIZE) (n - skip), &parser, &w);
        if (r != 0)
                r = w.error         ? w.error
                    : w.out.failed  ? buffer_result(&w.out)
                    : w.html.failed ? buffer_result(&w.html)
                                    : -ENOMEM;
        buffer_free(&w.html);
        if (r == 0) {
                p->n = w.out.len;
                p->text = buffer_take(&w.out);
                r = p->text ? take_title(p, title, title_n) : -ENOMEM;
        }
        buffer_free(&w.out);
        return r;
}
