#include "knowledge/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "knowledge/markdown.h"
#include "knowledge/plain.h"
#include "knowledge/question.h"
#include "text/html.h"

enum {
        READ_MAX = 4 * 1024 * 1024 + 1, // listing.c refuses larger ones; one may have grown since
        LOOKED_AT = 8192,               // bytes in which a binary file shows itself
        CONTROL_SHARE = 20,             // more than one control character in so many bytes: no text
};

struct document *document_ref(struct document *d) {
        __atomic_add_fetch(&d->references, 1, __ATOMIC_RELAXED);
        return d;
}

struct document *document_unref(struct document *d) {
        if (!d || __atomic_sub_fetch(&d->references, 1, __ATOMIC_ACQ_REL) > 0)
                return NULL;
        free(d->path);
        page_clear(&d->page);
        articles_free(d->articles, d->n_articles);
        free(d->passages);
        free(d->note);
        free(d);
        return NULL;
}

// "guides/password_reset.txt" is called "Password reset".
static char *name_of(const char *path) {
        const char *base = strrchr(path, '/'), *dot;
        char *name;

        base = base ? base + 1 : path;
        dot = strrchr(base, '.');
        name = str_ndup(base, dot && dot > base ? (size_t) (dot - base) : strlen(base));
        for (char *c = name; c && *c; c++)
                if (*c == '_' || *c == '-')
                        *c = ' ';
        if (name && name[0] >= 'a' && name[0] <= 'z')
                name[0] = (char) (name[0] - 'a' + 'A');
        return name;
}

static bool is_binary(const char *bytes, size_t n) {
        size_t control = 0, seen = MIN(n, (size_t) LOOKED_AT);

        for (size_t i = 0; i < seen; i++) {
                unsigned char c = (unsigned char) bytes[i];
                if (c == 0)
                        return true;
                control += c < 0x20 && !strchr("\t\n\r\f\v\033", c);
        }
        return control * CONTROL_SHARE > seen;
}

static int take_note(struct document *d, char *note) {
        free(d->note);
        d->note = note;
        return note ? 0 : -ENOMEM;
}

// Valid UTF-8 with "\n" as the only line break, from whatever bytes. NULL: no memory.
static char *clean(const char *bytes, size_t n, size_t *ret_n, size_t *ret_replaced) {
        if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { // a byte order mark
                bytes += 3;
                n -= 3;
        }
        char *text = utf8_repair(bytes, n, ret_replaced);
        size_t out = 0;
        for (const char *p = text; p && *p; p++) {
                if (*p == '\r' && p[1] == '\n')
                        continue;
                text[out++] = *p == '\r' ? '\n' : *p;
        }
        if (text)
                text[out] = '\0';
        *ret_n = out;
        return text;
}

static int read_page(struct document *d, enum document_format format, char *text, size_t n) {
        char *owned _cleanup_free_ = text;
        struct page *p = &d->page;

        if (format == FORMAT_MARKDOWN)
                return markdown_read(owned, n, p);
        if (format == FORMAT_TEXT) {
                p->text = TAKE_PTR(owned);
                p->n = n;
                return plain_read(p);
        }
        p->text = html_to_markdown(owned, n, n + 64, &p->title);
        if (!p->text)
                return -ENOMEM;
        p->n = strlen(p->text);
        return marked_read(p);
}

static int cut(struct document *d) {
        char *name _cleanup_free_ = name_of(d->path);
        int r = name ? question_mark(&d->page) : -ENOMEM;

        if (r == 0)
                r = articles_cut(&d->page, name, &d->articles, &d->n_articles);
        if (r == 0 && !d->page.title)
                d->page.title = TAKE_PTR(name);
        if (r == 0)
                r = passages_cut(&d->page, d->articles, d->n_articles, &d->passages, &d->n_passages);
        return r;
}

static int read_bytes(struct document *d, enum document_format format, const char *bytes, size_t n) {
        size_t clean_n, replaced = 0;

        if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
                return take_note(d, str_dup("is UTF-16: save it as UTF-8"));
        if (is_binary(bytes, n))
                return take_note(d, str_dup("is not text"));
        char *text = clean(bytes, n, &clean_n, &replaced);
        if (!text)
                return -ENOMEM;
        int r = read_page(d, format, text, clean_n);
        if (r == -EMSGSIZE)
                return take_note(d, str_dup("becomes far larger when its links are written out"));
        if (r == 0)
                r = cut(d);
        if (r == 0 && d->n_passages == 0)
                r = take_note(d, str_dup("has no text"));
        else if (r == 0 && replaced > 0)
                r = take_note(d, str_printf("is not UTF-8 in %zu place%s: a replacement character stands there",
                                            replaced, str_s((int64_t) replaced)));
        return r;
}

// One that is told wrongly would keep its answers from everybody: only a sure guess counts.
static int recognise(struct document *d) {
        static const double SURE = 0.9;
        struct language_guess g;
        int r = d->page.text ? language_of(NULL, d->page.text, &g) : 0;

        if (r == 0 && d->page.text && g.confidence >= SURE)
                d->language = g.language;
        return r;
}

static struct document *document_new(const char *path) {
        struct document *d = calloc(1, sizeof(*d));

        if (d) {
                d->references = 1;
                d->language = LANGUAGE_UNKNOWN;
        }
        if (d && !(d->path = str_dup(path)))
                return document_unref(d);
        return d;
}

int document_parse(const char *path, enum document_format format, const char *bytes, size_t n, struct document **ret) {
        struct document *d _cleanup_(document_unref_p) = document_new(path);
        int r;

        if (!d)
                return -ENOMEM;
        if (digest_sha256(bytes, n, d->content) < 0)
                return -ENOMEM;
        r = read_bytes(d, format, bytes, n);
        if (r == 0)
                r = recognise(d);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(d);
        return 0;
}

static int unreadable(const struct file *file, const char *why, struct document **ret) {
        struct document *d _cleanup_(document_unref_p) = document_new(file->path);

        if (!d || take_note(d, str_dup(why)) < 0)
                return -ENOMEM;
        *ret = TAKE_PTR(d);
        return 0;
}

int document_load(const struct file *file, struct document **ret) {
        char *bytes _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        struct document *d;
        size_t n = 0;
        int r;

        if (file->problem)
                r = unreadable(file, file->problem, &d);
        else if ((r = file_read(file->full_path, READ_MAX, &bytes, &n, &e)) == -ENOMEM)
                return r;
        else
                r = r < 0 ? unreadable(file, e.message[0] ? e.message : strerror(-r), &d)
                          : document_parse(file->path, file->format, bytes, n, &d);
        if (r < 0)
                return r;
        d->file = *file;
        d->file.path = d->file.full_path = d->file.problem = NULL;
        *ret = d;
        return 0;
}

const char *document_title(const struct document *d) {
        return d->page.title ? d->page.title : d->path;
}
