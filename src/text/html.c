#include "text/html.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/string.h"
#include "text/html_style.h"
#include "text/html_token.h"
#include "text/html_writer.h"

enum {
        HTML_INPUT_MAX = 32 * 1024 * 1024, // twice the largest request body there can be; the rest is not read
        DEPTH_MAX = 256,                   // pages nest some 30 deep; deeper elements are counted, not remembered
        TITLE_MAX = 300,                   // bytes: longer than any title that is one
        ALT_MAX = 200,                     // bytes of an image's description
        LIST_DEPTH_MAX = 16,
};

struct open_element {
        const struct html_element *element;
        char name[HTML_NAME_MAX + 1];
        bool hides, quotes;
};

struct list {
        bool ordered;
        unsigned next;
};

struct page {
        struct html_writer body, title;
        bool markdown, title_open;
        struct open_element stack[DEPTH_MAX];
        unsigned depth, excess; // excess: open elements beyond the stack
        unsigned hidden;        // open elements that hide
        struct list lists[LIST_DEPTH_MAX];
        unsigned n_lists, lists_open; // remembered ones, and all
        struct html_slice alt;        // of an image, until its line turns out to have text
        unsigned heading;             // the level of the heading that is open
        size_t heading_at;            // where it starts in the output
        char *first_heading;
        bool out_of_memory;
};

static void flush_alt(struct page *p) {
        struct html_slice alt = p->alt;

        p->alt = (struct html_slice){0};
        if (alt.n > 0 && !p->body.line_has_text)
                html_writer_text(&p->body, alt.data, utf8_floor(alt.data, alt.n, ALT_MAX));
}

static void line_break(struct page *p, unsigned at_least) {
        flush_alt(p);
        html_writer_break(&p->body, at_least);
}

static unsigned breaks_around(const struct html_element *e) {
        return e->flags & HTML_PARAGRAPH ? 2 : 1;
}

static void open_heading(struct page *p, const struct html_element *e) {
        char marker[8] = "###### ";

        if (p->heading)
                return;
        line_break(p, 2);
        html_writer_marker(&p->body, marker + 6 - e->heading);
        p->body.single_line = true;
        p->heading = e->heading;
        p->heading_at = p->body.out.len;
}

static void close_heading(struct page *p) {
        const char *text = buffer_str(&p->body.out) + p->heading_at;

        p->body.single_line = false;
        p->body.marker[0] = '\0';
        p->heading = 0;
        text += strspn(text, "\n#> ");
        if (!p->first_heading && *text &&
            !(p->first_heading = str_ndup(text, utf8_floor(text, strlen(text), TITLE_MAX))))
                p->out_of_memory = true;
        line_break(p, 2);
}

static void open_list(struct page *p, const struct html_token *t) {
        if (p->n_lists < LIST_DEPTH_MAX && p->n_lists == p->lists_open) {
                unsigned start = 1;
                if (t->start.n > 0 && t->start.n < 5) {
                        start = 0;
                        for (size_t i = 0; i < t->start.n && t->start.data[i] >= '0' && t->start.data[i] <= '9'; i++)
                                start = start * 10 + (unsigned) (t->start.data[i] - '0');
                }
                p->lists[p->n_lists++] = (struct list){t->element->id == HTML_OL, start};
        }
        p->lists_open++;
        // A list within a list stands in its item, without a blank line around it.
        line_break(p, p->lists_open > 1 ? 1 : 2);
}

static void close_list(struct page *p) {
        if (p->lists_open > 0)
                p->lists_open--;
        p->n_lists = MIN(p->n_lists, p->lists_open);
        p->body.marker[0] = '\0';
        p->body.indent = p->lists_open > 0 ? (p->lists_open - 1) * 2 : 0;
        line_break(p, p->lists_open > 0 ? 1 : 2);
}

static void open_item(struct page *p) {
        char marker[16] = "- ";
        struct list *list = p->n_lists > 0 ? &p->lists[p->n_lists - 1] : NULL;

        p->body.marker[0] = '\0';
        line_break(p, 1);
        p->body.indent = p->lists_open > 0 ? (p->lists_open - 1) * 2 : 0;
        if (list && list->ordered)
                (void) snprintf(marker, sizeof(marker), "%u. ", list->next++);
        html_writer_marker(&p->body, marker);
}

static bool class_says_quote(const struct html_slice *class_) {
        return class_->n > 0 && memmem(class_->data, class_->n, "quote", 5);
}

static void push(struct page *p, const struct html_token *t, bool hides) {
        const struct html_element *e = t->element;

        if (p->depth == DEPTH_MAX) {
                p->excess++;
                return;
        }
        // An indented paragraph is a blockquote too for some editors: only what mail marks as quoted gets "> ".
        bool quotes = e->flags & HTML_QUOTE && !p->markdown &&
                      (t->cite.data || class_says_quote(&t->class_) ||
                       (t->type.n == 4 && strncmp(t->type.data, "cite", 4) == 0));
        struct open_element *o = &p->stack[p->depth++];
        *o = (struct open_element){.element = e, .hides = hides, .quotes = quotes};
        memcpy(o->name, t->name, sizeof(o->name));
        p->hidden += hides;
        p->body.quote += quotes;
        p->body.pre += e->flags & HTML_PRE ? 1 : 0;
}

static void leave(struct page *p) {
        struct open_element *o = &p->stack[--p->depth];

        p->hidden -= o->hides;
        p->body.quote -= o->quotes;
        p->body.pre -= o->element->flags & HTML_PRE ? 1 : 0;
        if (o->element->flags & HTML_LIST && p->hidden == 0 && !o->hides)
                close_list(p);
        if (p->heading && o->element->heading)
                close_heading(p);
}

// Elements whose end tag may be left out end where the next of their kind begins.
static void close_implied(struct page *p, const struct html_token *t) {
        enum html_element_id id = t->element->id;
        bool block = t->element->flags & HTML_BLOCK;

        for (unsigned i = p->depth; i > 0; i--) {
                const struct html_element *e = p->stack[i - 1].element;
                bool ends = (id == HTML_LI && e->id == HTML_LI) || (id == HTML_TR && e->id == HTML_TR) ||
                            (t->element->flags & HTML_CELL && e->flags & HTML_CELL) ||
                            ((id == HTML_DT || id == HTML_DD) && (e->id == HTML_DT || e->id == HTML_DD)) ||
                            (block && e->id == HTML_P);
                if (ends) {
                        while (p->depth >= i)
                                leave(p);
                        return;
                }
                // A row ends the cell before it; anything else does not reach through a block.
                if (!(id == HTML_TR && e->flags & HTML_CELL) && e->flags & (HTML_BLOCK | HTML_CELL))
                        return;
        }
}

static void on_start(struct page *p, const struct html_token *t) {
        const struct html_element *e = t->element;
        bool hides = e->flags & HTML_GONE || t->hidden.data || html_style_hides(t->style.data, t->style.n);

        if (p->excess == 0)
                close_implied(p, t);
        if (p->hidden == 0 && !hides) {
                if (e->heading && p->markdown)
                        open_heading(p, e);
                else if (e->flags & HTML_LIST)
                        open_list(p, t);
                else if (e->id == HTML_LI)
                        open_item(p);
                else if (e->flags & HTML_CELL)
                        html_writer_cell(&p->body);
                else if (e->flags & HTML_BLOCK)
                        line_break(p, breaks_around(e));
                else if (e->id == HTML_BR) {
                        flush_alt(p);
                        html_writer_newline(&p->body);
                } else if (e->id == HTML_IMG && t->alt.n > 0 && !p->body.line_has_text)
                        p->alt = t->alt;
        }
        if (e->id == HTML_TITLE)
                p->title_open = p->title.out.len == 0 && p->hidden == 0;
        if (!(e->flags & HTML_VOID) && !t->self_closing)
                push(p, t, hides);
}

static void on_end(struct page *p, const struct html_token *t) {
        bool block = t->element->flags & (HTML_BLOCK | HTML_CELL);

        p->title_open = false;
        if (t->element->flags & HTML_VOID) {
                if (t->element->id == HTML_BR && p->hidden == 0)
                        html_writer_newline(&p->body); // browsers read </br> as <br>
                return;
        }
        if (p->excess > 0) {
                p->excess--;
                return;
        }
        for (unsigned i = p->depth; i > 0; i--) {
                const struct open_element *o = &p->stack[i - 1];
                if (strcmp(o->name, t->name) == 0) {
                        bool shown = p->hidden == 0;
                        while (p->depth >= i)
                                leave(p);
                        if (t->element->id == HTML_LI)
                                p->body.marker[0] = '\0';
                        if (shown && t->element->flags & HTML_BLOCK && !(t->element->flags & HTML_LIST))
                                line_break(p, breaks_around(t->element));
                        return;
                }
                // An end tag does not reach out of its cell, nor an inline one out of its block.
                if (o->element->flags & HTML_CELL && t->element->id != HTML_TR && t->element->id != HTML_TABLE)
                        return;
                if (!block && o->element->flags & HTML_BLOCK && strcmp(t->name, "body") != 0)
                        return;
        }
}

static void on_text(struct page *p, const struct html_token *t) {
        if (p->title_open)
                html_writer_text(&p->title, t->text.data, t->text.n);
        else if (p->hidden == 0 && !(p->depth > 0 && p->stack[p->depth - 1].element->id == HTML_TITLE))
                html_writer_text(&p->body, t->text.data, t->text.n);
        if (p->body.line_has_text)
                p->alt = (struct html_slice){0};
}

static struct page *page_free(struct page *p) {
        if (!p)
                return NULL;
        buffer_free(&p->body.out);
        buffer_free(&p->title.out);
        free(p->first_heading);
        free(p);
        return NULL;
}
DEFINE_CLEANUP(struct page, page_free);

static void read_page(struct page *p, const char *html, size_t n) {
        struct html_tokens tokens;
        struct html_token t;

        html_tokens_init(&tokens, html, n);
        for (html_tokens_next(&tokens, &t); t.kind != HTML_EOF && !p->body.full; html_tokens_next(&tokens, &t)) {
                if (t.kind == HTML_START)
                        on_start(p, &t);
                else if (t.kind == HTML_END)
                        on_end(p, &t);
                else
                        on_text(p, &t);
        }
        if (p->heading)
                close_heading(p);
        flush_alt(p);
}

static char *take_text(struct html_writer *w) {
        char *text = buffer_take(&w->out);

        if (!text)
                return NULL;
        size_t n = strlen(text);
        while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n'))
                text[--n] = '\0';
        return text;
}

static char *convert(const char *html, size_t n, size_t max, bool markdown, char **ret_title) {
        char *repaired _cleanup_free_ = NULL;
        struct page *p _cleanup_(page_free_p) = calloc(1, sizeof(*p));

        if (!p)
                return NULL;
        n = utf8_floor(html, n, HTML_INPUT_MAX);
        if (!utf8_valid(html, n) || memchr(html, '\0', n)) {
                if (!(repaired = utf8_repair(html, n, NULL)))
                        return NULL;
                html = repaired;
                n = strlen(repaired);
        }
        html_writer_init(&p->body, max);
        html_writer_init(&p->title, TITLE_MAX);
        p->title.single_line = true;
        p->markdown = p->body.escape_hash = markdown;
        read_page(p, html, n);

        char *title _cleanup_free_ = NULL;
        if (ret_title && p->title.out.len > 0 && !(title = take_text(&p->title)))
                return NULL;
        if (ret_title && !title)
                title = TAKE_PTR(p->first_heading);
        char *text = p->out_of_memory ? NULL : take_text(&p->body);
        if (text && ret_title)
                *ret_title = TAKE_PTR(title);
        return text;
}

char *html_to_text(const char *html, size_t n, size_t max) {
        return convert(html, n, max, false, NULL);
}

char *html_to_markdown(const char *html, size_t n, size_t max, char **ret_title) {
        return convert(html, n, max, true, ret_title);
}
