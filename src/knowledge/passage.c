#include "knowledge/passage.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "text/sentence.h"

enum {
        SHOWN_MAX = 1500, // bytes of an answer in a mail: a screen of text. A longer article is shown in parts.
        WINDOW_MAX = 900, // bytes that are embedded at once: about 200 tokens, what small models are trained on
        TITLE_WORDS_MIN = 4,
        WINDOW_MIN = 80, // a shorter rest is taken into the window before it
};

struct list {
        struct passage *items;
        size_t n, cap;
};

// The end of the paragraph at `at`, the blank lines behind it included. One that announces a list (":") keeps what
// follows.
static size_t paragraph_end(const char *text, size_t at, size_t end) {
        size_t i = at;

        for (;;) {
                const char *blank = memmem(text + i, end - i, "\n\n", 2);
                if (!blank)
                        return end;
                size_t stop = (size_t) (blank - text);
                i = stop + 2;
                while (i < end && ascii_space(text[i]))
                        i++;
                if (stop == at || text[stop - 1] != ':')
                        break;
        }
        while (i > at && (text[i - 1] == ' ' || text[i - 1] == '\t'))
                i--;
        return i;
}

// How much of text[at..end) makes one part of at most `max` bytes: whole paragraphs, else whole sentences.
static size_t part_end(const char *text, size_t at, size_t end, size_t max, size_t rest_min) {
        size_t cut = at, seen = MIN(end, at + max + 1); // what lies further decides nothing

        if (end - at <= max)
                return end;
        while (cut < seen) {
                size_t next = paragraph_end(text, cut, seen);
                if (next - at > max)
                        break;
                cut = next;
        }
        if (cut == at)
                cut = at + sentence_cut(text + at, end - at, max);
        // Not a crumb at the end: then the last two parts share.
        if (end - cut < rest_min && end - at <= max + rest_min)
                cut = end;
        return cut;
}

static size_t trim_end(const char *text, size_t start, size_t end) {
        while (end > start && ascii_space(text[end - 1]))
                end--;
        return end;
}

static size_t trim_start(const char *text, size_t start, size_t end) {
        while (start < end && ascii_space(text[start]))
                start++;
        return start;
}

static int add(struct list *l, struct passage w) {
        void *array = l->items;

        if (memory_grow(&array, &l->cap, l->n + 1, sizeof(*l->items)) < 0)
                return -ENOMEM;
        l->items = array;
        l->items[l->n++] = w;
        return 0;
}

static int add_windows(struct list *l, const char *text, size_t article, size_t start, size_t end) {
        size_t at = start;
        int r = 0;

        while (r == 0 && at < end) {
                size_t stop = part_end(text, at, end, WINDOW_MAX, WINDOW_MIN);
                size_t from = trim_start(text, at, stop), to = trim_end(text, from, stop);
                if (to > from)
                        r = add(l, (struct passage){article, start, end, from, to});
                at = stop;
        }
        return r;
}

int passages_cut(const struct page *p, const struct article *articles, size_t n_articles, struct passage **ret,
                 size_t *ret_n) {
        struct list l = {0};
        int r = 0;

        for (size_t i = 0; i < n_articles && r == 0; i++)
                for (size_t at = articles[i].start; at < articles[i].end && r == 0;) {
                        size_t stop = part_end(p->text, at, articles[i].end, SHOWN_MAX, WINDOW_MIN);
                        size_t start = at == articles[i].start ? at : trim_start(p->text, at, stop);
                        r = add_windows(&l, p->text, i, start, trim_end(p->text, start, stop));
                        at = stop;
                }
        if (r < 0) {
                free(l.items);
                return r;
        }
        *ret = l.items;
        *ret_n = l.n;
        return 0;
}

// A question, or a heading of several words, says itself what it is about; "Windows" needs the headings above it. In
// front of every title they only make all passages of a document alike.
static bool needs_context(const struct article *a) {
        size_t words = 0;

        if (!a->context[0] || strchr(a->title, '?') || strstr(a->title, "\xEF\xBC\x9F"))
                return false;
        for (const char *c = a->title; *c; c++)
                words += !ascii_space(*c) && (c == a->title || ascii_space(c[-1]));
        return words < TITLE_WORDS_MIN;
}

char *passage_title(const struct article *a) {
        return needs_context(a) ? str_printf("%s - %s", a->context, a->title) : str_dup(a->title);
}

char *passage_text(const struct page *p, const struct article *a, const struct passage *w) {
        char *title _cleanup_free_ = passage_title(a);
        return title ? str_printf("%s\n%.*s", title, (int) (w->to - w->from), p->text + w->from) : NULL;
}
