#include "knowledge/article.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"

enum {
        TITLE_MAX = 400,   // bytes; a longer question is cut here in titles, never in answers
        CONTEXT_MAX = 400, // bytes of the headings above an article
        LEVELS = 6,
};

// Headings that name a part of an article, not an article: they stay in its text.
static const char *const parts[] = {
                "answer",
                "answers",
                "accepted answer",
                "best answer",
                "solution",
                "solutions",
                "resolution",
                "fix",
                "workaround",
                "cause",
                "causes",
                "symptom",
                "symptoms",
                "problem",
                "issue",
                "question",
                "details",
                "description",
                "overview",
                "summary",
                "steps",
                "instructions",
                "procedure",
                "before you begin",
                "prerequisites",
                "requirements",
                "note",
                "notes",
                "example",
                "examples",
                "see also",
                "related",
                "tips",
                "tip",
                "result",
                "what to do",
                "how to fix it",
                "how to fix",
                "environment",
                "applies to",
                "more information",
                "antwort",
                "l\xC3\xB6sung",
                "ursache",
                "hinweis",
                "hinweise",
                "schritte",
                "beschreibung",
                "r\xC3\xA9ponse",
                "solution :",
                "cause :",
                "respuesta",
                "soluci\xC3\xB3n",
                "causa",
                "pasos",
                "resposta",
                "risposta",
                "soluzione",
                "antwoord",
                "oplossing",
                "svar",
                "odpowied\xC5\xBA",
};

struct cutter {
        const struct page *page;
        struct article *articles;
        size_t n, cap;
        char *headings[LEVELS + 1]; // by level; [0] is not used
        bool open;                  // the last article may grow
        unsigned level;             // of the last heading
        size_t heading;             // its article
};

static void drop_headings(struct cutter *c, unsigned from) {
        for (unsigned l = from; l <= LEVELS; l++) {
                free(c->headings[l]);
                c->headings[l] = NULL;
        }
}

void articles_free(struct article *articles, size_t n) {
        for (size_t i = 0; articles && i < n; i++) {
                free(articles[i].title);
                free(articles[i].context);
        }
        free(articles);
}

static void cutter_clear(struct cutter *c) {
        articles_free(c->articles, c->n);
        drop_headings(c, 1);
}

static bool names_a_part(const char *title) {
        char text[64];
        size_t n = 0;

        if (strlen(title) >= sizeof(text))
                return false;
        for (; title[n]; n++)
                text[n] = title[n] >= 'A' && title[n] <= 'Z' ? (char) (title[n] | 0x20) : title[n];
        while (n > 0 && strchr(" :.0123456789#", text[n - 1])) // "Answer 2:"
                n--;
        text[n] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                if (strcmp(text, parts[i]) == 0)
                        return true;
        return false;
}

static char *context_of(const struct cutter *c, unsigned below) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(CONTEXT_MAX);

        for (unsigned l = 1; l < below; l++)
                if (c->headings[l] && strlen(c->headings[l]) + 3 <= CONTEXT_MAX - b.len) {
                        buffer_add_str(&b, b.len > 0 ? " - " : "");
                        buffer_add_str(&b, c->headings[l]);
                }
        return buffer_take(&b);
}

// Takes the title over, whatever happens.
static int open_article(struct cutter *c, char *title, bool named, unsigned level) {
        char *owned _cleanup_free_ = title, *context _cleanup_free_ = NULL;
        void *array = c->articles;

        if (!owned || !(context = context_of(c, level)) ||
            memory_grow(&array, &c->cap, c->n + 1, sizeof(*c->articles)) < 0)
                return -ENOMEM;
        c->articles = array;
        owned[utf8_floor(owned, strlen(owned), TITLE_MAX)] = '\0';
        c->articles[c->n++] = (struct article){
                        .title = TAKE_PTR(owned), .context = TAKE_PTR(context), .start = SIZE_MAX, .named = named};
        c->open = true;
        return 0;
}

static void grow(struct cutter *c, const struct block *b) {
        struct article *a = &c->articles[c->n - 1];

        if (a->start == SIZE_MAX)
                a->start = b->start;
        a->end = b->end;
}

static int on_heading(struct cutter *c, const struct block *b) {
        char *title _cleanup_free_ = page_line(c->page, b->start, b->end);

        if (!title)
                return -ENOMEM;
        if (c->open && names_a_part(title)) {
                // Over the first text of an article it says nothing; further down it separates.
                if (c->articles[c->n - 1].start != SIZE_MAX)
                        grow(c, b);
                return 0;
        }
        drop_headings(c, b->level);
        c->headings[b->level] = str_dup(title);
        c->level = b->level;
        c->heading = c->n;
        return c->headings[b->level] ? open_article(c, TAKE_PTR(title), true, b->level) : -ENOMEM;
}

// A heading with a text of its own is a neighbour of the questions behind it; one without stands over them.
static unsigned question_level(const struct cutter *c) {
        return c->level > 0 && c->articles[c->heading].start != SIZE_MAX ? c->level : LEVELS + 1;
}

static int on_block(struct cutter *c, const struct block *b, const char *name) {
        int r = 0;

        switch (b->kind) {
        case BLOCK_HEADING:
                return on_heading(c, b);
        case BLOCK_QUESTION:
                return open_article(c, page_line(c->page, b->start, b->end), true, question_level(c));
        case BLOCK_ANSWER:
        case BLOCK_TEXT:
                if (!c->open)
                        r = open_article(c, str_dup(name), c->page->title != NULL, LEVELS + 1);
                if (r == 0)
                        grow(c, b);
        }
        return r;
}

static void drop_empty(struct cutter *c) {
        size_t kept = 0;

        for (size_t i = 0; i < c->n; i++) {
                struct article *a = &c->articles[i];
                if (a->start != SIZE_MAX) {
                        c->articles[kept++] = *a;
                        continue;
                }
                free(a->title);
                free(a->context);
        }
        c->n = kept;
}

int articles_cut(const struct page *p, const char *name, struct article **ret, size_t *ret_n) {
        struct cutter c _cleanup_(cutter_clear) = {.page = p};

        for (size_t i = 0; i < p->n_blocks; i++) {
                int r = on_block(&c, &p->blocks[i], p->title ? p->title : name);
                if (r < 0)
                        return r;
        }
        if (c.n == 1 && c.articles[0].start == SIZE_MAX) // one heading is all: better that than nothing
                grow(&c, &p->blocks[0]);
        drop_empty(&c);
        *ret = TAKE_PTR(c.articles);
        *ret_n = c.n;
        c.n = 0;
        return 0;
}
