#include "knowledge/plain.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/string.h"
#include "knowledge/question.h"

enum {
        TITLE_MAX = 250,      // bytes of a first line that is the document's title
        HEADING_MAX = 100,    // bytes of a line that is taken for a heading by its looks
        UNDERLINE_MIN = 3,    // characters
        CAPS_LETTERS_MIN = 4, // "FAQ" alone may be anything
        LEVEL_CAPS = 2,
        LEVEL_NUMBERED = 3,
};

struct line {
        size_t start, end; // without white space at its ends
        bool blank;
};

struct reader {
        struct page *page;
        size_t at; // of the next line
        struct line line, next;
        bool fenced;       // inside ``` ... ```
        bool before_blank; // the line before this one was blank, a heading, or there was none
        size_t paragraph;  // where the open paragraph starts; SIZE_MAX: none is open
        size_t paragraph_lines;
        bool last_numbered; // the block before is a line "n. ..." too: then they are steps
};

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct line line_at(const struct page *p, size_t at, size_t *ret_next) {
        const char *stop = at < p->n ? memchr(p->text + at, '\n', p->n - at) : NULL;
        size_t end = stop ? (size_t) (stop - p->text) : p->n;
        struct line line = {at, end, false};

        *ret_next = stop ? end + 1 : p->n;
        while (line.start < line.end && is_blank(p->text[line.start]))
                line.start++;
        while (line.end > line.start && is_blank(p->text[line.end - 1]))
                line.end--;
        line.blank = line.start == line.end;
        return line;
}

static size_t count_of(const struct page *p, const struct line *l, char c) {
        size_t n = 0;

        while (l->start + n < l->end && p->text[l->start + n] == c)
                n++;
        return n;
}

static unsigned hash_level(const struct page *p, const struct line *l) {
        size_t n = count_of(p, l, '#');
        return n > 0 && n <= 6 && l->start + n < l->end && is_blank(p->text[l->start + n]) ? (unsigned) n : 0;
}

static char last_of(const struct page *p, const struct line *l) {
        return p->text[l->end - 1];
}

static bool looks_like_title(const struct page *p, const struct line *l) {
        return l->end - l->start <= HEADING_MAX && !strchr(".,;", last_of(p, l));
}

// "=====" or "-----" under a line.
static unsigned underline_level(const struct page *p, const struct line *l) {
        size_t n = l->end - l->start;

        if (n < UNDERLINE_MIN)
                return 0;
        return count_of(p, l, '=') == n ? 1 : count_of(p, l, '-') == n || count_of(p, l, '~') == n ? 2 : 0;
}

static bool is_rule(const struct page *p, const struct line *l) {
        size_t n = l->end - l->start;
        return n >= UNDERLINE_MIN && (count_of(p, l, '-') == n || count_of(p, l, '=') == n ||
                                      count_of(p, l, '*') == n || count_of(p, l, '_') == n || count_of(p, l, '~') == n);
}

static bool is_caps(const struct page *p, const struct line *l) {
        size_t letters = 0;

        for (size_t i = l->start; i < l->end;) {
                utf8proc_int32_t c;
                utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *) p->text + i,
                                                      (utf8proc_ssize_t) (l->end - i), &c);
                utf8proc_category_t category = utf8proc_category(c);
                if (category == UTF8PROC_CATEGORY_LL)
                        return false;
                letters += category == UTF8PROC_CATEGORY_LU;
                i += k > 0 ? (size_t) k : 1;
        }
        return letters >= CAPS_LETTERS_MIN && looks_like_title(p, l) && last_of(p, l) != '!';
}

// "1. Title", "2.3 Title", "4) Title". The length of the number with its blanks, or 0.
static size_t number_at(const struct page *p, const struct line *l) {
        size_t i = l->start;

        while (i < l->end && ((p->text[i] >= '0' && p->text[i] <= '9') || (p->text[i] == '.' && i > l->start)))
                i++;
        if (i == l->start || i - l->start > 8)
                return 0;
        bool closed = p->text[i - 1] == '.' || (i < l->end && p->text[i] == ')') ||
                      memchr(p->text + l->start, '.', i - l->start); // "2.3 Title"
        if (i < l->end && p->text[i] == ')')
                i++;
        size_t digits = i;
        while (i < l->end && is_blank(p->text[i]))
                i++;
        return closed && i > digits && i < l->end ? i - l->start : 0;
}

static bool is_bold(const struct page *p, const struct line *l) {
        size_t n = l->end - l->start;
        return n > 4 && n <= HEADING_MAX * 2 && memcmp(p->text + l->start, "**", 2) == 0 &&
               memcmp(p->text + l->end - 2, "**", 2) == 0 && !memmem(p->text + l->start + 2, n - 4, "**", 2);
}

static int close_paragraph(struct reader *r, size_t end) {
        int res = 0;

        if (r->paragraph != SIZE_MAX)
                res = page_add(r->page, BLOCK_TEXT, 0, r->paragraph, end);
        r->paragraph = SIZE_MAX;
        r->paragraph_lines = 0;
        return res;
}

static int add_heading(struct reader *r, unsigned level, size_t start) {
        int res = close_paragraph(r, start);

        if (res < 0)
                return res;
        r->before_blank = true;
        r->last_numbered = false;
        return page_add(r->page, BLOCK_HEADING, level, start, r->line.end);
}

// The level of the heading that this line is by its looks, 0 when it is text. All but "#" want a blank line before.
static unsigned heading_level(const struct reader *r) {
        const struct page *p = r->page;
        size_t next_at;

        if (!r->before_blank)
                return 0;
        if (is_caps(p, &r->line))
                return LEVEL_CAPS;
        if (is_bold(p, &r->line))
                return PAGE_LEVEL_BOLD;
        size_t number = number_at(p, &r->line);
        if (number == 0 || !r->next.blank || r->last_numbered || !looks_like_title(p, &r->line) ||
            last_of(p, &r->line) == ':')
                return 0;
        // Steps are numbered as well; but between headings there is text.
        struct line after = r->next;
        for (size_t at = r->at; after.blank && at < p->n; at = next_at)
                after = line_at(p, at, &next_at);
        return after.blank || number_at(p, &after) > 0 ? 0 : LEVEL_NUMBERED;
}

static int read_line(struct reader *r) {
        const struct page *p = r->page;
        unsigned level;

        if (r->line.end - r->line.start >= 3 && memcmp(p->text + r->line.start, "```", 3) == 0)
                r->fenced = !r->fenced;
        else if (!r->fenced) {
                if (r->line.blank) {
                        r->before_blank = true;
                        return close_paragraph(r, r->line.start);
                }
                if ((level = hash_level(p, &r->line)) > 0) {
                        size_t end = r->line.end;
                        while (end > r->line.start && (p->text[end - 1] == '#' || is_blank(p->text[end - 1])))
                                end--;
                        r->line.end = MAX(end, r->line.start + level);
                        return add_heading(r, level, r->line.start + level);
                }
                if (r->before_blank && !r->next.blank && (level = underline_level(p, &r->next)) > 0 &&
                    looks_like_title(p, &r->line) && !is_rule(p, &r->line)) {
                        int res = add_heading(r, level, r->line.start);
                        (void) line_at(p, r->at, &r->at); // the underline is taken too
                        return res;
                }
                if (is_rule(p, &r->line)) {
                        r->before_blank = true;
                        return close_paragraph(r, r->line.start);
                }
                if ((level = heading_level(r)) > 0)
                        return add_heading(r, level,
                                           r->line.start + (level == LEVEL_NUMBERED ? number_at(p, &r->line) : 0));
        }
        if (r->paragraph == SIZE_MAX) {
                r->paragraph = r->line.start;
                r->last_numbered = number_at(p, &r->line) > 0;
        }
        r->paragraph_lines++;
        r->before_blank = false;
        return 0;
}

// The first line is the title when it stands for itself: followed by a blank line, or ending in a question mark, or
// not broken off in the middle of a sentence.
static int take_title(struct page *p, size_t *ret_body) {
        size_t at = 0, next_at = 0, after;
        struct line line = {0}, next;

        do
                line = line_at(p, at = next_at, &next_at);
        while (line.blank && next_at < p->n);
        *ret_body = at;
        if (line.blank || next_at >= p->n || line.end - line.start > TITLE_MAX || hash_level(p, &line) > 0)
                return 0;
        next = line_at(p, next_at, &after);
        unsigned underlined = next.blank ? 0 : underline_level(p, &next);
        char last = last_of(p, &line);
        bool question = last == '?';
        bool closed = strchr(".!,;:", last);
        bool starts_new = !next.blank && !(p->text[next.start] >= 'a' && p->text[next.start] <= 'z');
        if (number_at(p, &line) > 0 || question_labelled(p->text, line.start, line.end) ||
            strchr("-*>", p->text[line.start]) || (!underlined && is_rule(p, &line)))
                return 0;
        if (!underlined && !question &&
            (closed || (!next.blank && (!starts_new || line.end - line.start > HEADING_MAX))))
                return 0;
        *ret_body = underlined ? after : next_at;
        // A question is a neighbour of the questions that follow, not a heading over them.
        int r = page_add(p, question && !underlined ? BLOCK_QUESTION : BLOCK_HEADING, 1, line.start, line.end);
        if (r == 0 && !(p->title = page_line(p, line.start, line.end)))
                r = -ENOMEM;
        return r;
}

int plain_read(struct page *p) {
        struct reader r = {.page = p, .before_blank = true, .paragraph = SIZE_MAX};
        int res = take_title(p, &r.at);

        while (res == 0 && r.at < p->n) {
                size_t next_at;
                r.line = line_at(p, r.at, &r.at);
                r.next = line_at(p, r.at, &next_at);
                res = read_line(&r);
        }
        if (res == 0)
                res = close_paragraph(&r, p->n);
        if (res == 0 && !p->title && p->n_blocks > 0 && p->blocks[0].kind == BLOCK_HEADING &&
            !(p->title = page_line(p, p->blocks[0].start, p->blocks[0].end)))
                res = -ENOMEM;
        return res;
}

int marked_read(struct page *p) {
        size_t at = 0, out = 0, paragraph = SIZE_MAX;
        int res = 0;

        while (res == 0 && at < p->n) {
                size_t start = at, end;
                struct line line = line_at(p, at, &at);
                unsigned level = hash_level(p, &line);
                end = at; // with its line break
                if ((level > 0 || line.blank) && paragraph != SIZE_MAX) {
                        res = page_add(p, BLOCK_TEXT, 0, paragraph, out);
                        paragraph = SIZE_MAX;
                }
                if (level > 0)
                        start = line.start + level;
                else if (end - start > 1 && p->text[start] == '\\' && p->text[start + 1] == '#')
                        start++;
                size_t from = out;
                memmove(p->text + out, p->text + start, end - start); // never forward: marks only go
                out += end - start;
                if (res == 0 && level > 0)
                        res = page_add(p, BLOCK_HEADING, level, from, out);
                else if (level == 0 && !line.blank && paragraph == SIZE_MAX)
                        paragraph = from;
        }
        p->n = out;
        p->text[out] = '\0';
        if (res == 0 && paragraph != SIZE_MAX)
                res = page_add(p, BLOCK_TEXT, 0, paragraph, out);
        return res;
}
