#include "knowledge/index.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/string.h"
#include "knowledge/embed.h"

enum {
        PASSAGES_MAX = 50000,         // 75 MB of vectors; a help centre has a few thousand
        BYTES_MAX = 64 * 1024 * 1024, // of all documents together
};

struct index *index_ref(struct index *x) {
        __atomic_add_fetch(&x->references, 1, __ATOMIC_RELAXED);
        return x;
}

struct index *index_unref(struct index *x) {
        if (!x || __atomic_sub_fetch(&x->references, 1, __ATOMIC_ACQ_REL) > 0)
                return NULL;
        index_unload(x->documents, x->n_documents);
        free(x->rows);
        for (size_t i = 0; x->codes && i < x->n_articles; i++) {
                code_clear(&x->codes[i].all);
                code_clear(&x->codes[i].title);
        }
        free(x->codes);
        free(x->articles);
        free(x->texts);
        free(x->by_hash);
        free(x->vectors);
        fulltext_free(x->fulltext);
        free(x);
        return NULL;
}

// ---- documents

void index_unload(struct document **documents, size_t n) {
        for (size_t i = 0; documents && i < n; i++)
                document_unref(documents[i]);
        free(documents);
}

static int compare_path(const void *key, const void *element) {
        return strcmp(key, (*(struct document *const *) element)->path);
}

static struct document *find_document(const struct index *x, const char *path) {
        struct document **found = x && x->n_documents > 0 ? bsearch(path, x->documents, x->n_documents,
                                                                    sizeof(*x->documents), compare_path)
                                                          : NULL;
        return found ? *found : NULL;
}

static bool same_content(const struct document *a, const struct document *b) {
        return memcmp(a->content, b->content, DIGEST_SIZE) == 0 && str_eq(a->note, b->note) &&
               a->n_passages == b->n_passages;
}

// A file that was not touched is not opened again. Files are sorted by path, so documents are.
static int load_one(const struct file *file, struct document *before, struct document **ret, bool *changed) {
        if (before && !file->problem && listing_same_file(&before->file, file)) {
                *ret = document_ref(before);
                return 0;
        }
        int r = document_load(file, ret);
        if (r == 0 && !(before && same_content(before, *ret)))
                *changed = true;
        return r;
}

int index_load(const struct listing *l, const struct index *old, struct document ***ret, size_t *ret_n,
               bool *ret_changed) {
        struct document **documents = calloc(MAX(l->n, (size_t) 1), sizeof(*documents));
        bool changed = !old || old->n_documents != l->n;
        size_t n = 0;
        int r = documents ? 0 : -ENOMEM;

        for (; r == 0 && n < l->n; n += r == 0)
                r = load_one(&l->files[n], find_document(old, l->files[n].path), &documents[n], &changed);
        if (r < 0) {
                index_unload(documents, n);
                return r;
        }
        *ret = documents;
        *ret_n = n;
        *ret_changed = changed;
        return 0;
}

// ---- rows

static void note_problem(struct index *x, const char *path, const char *problem) {
        if (x->problems++ == 0)
                (void) snprintf(x->problem, sizeof(x->problem), "%s%s%s", path, path[0] ? ": " : "", problem);
}

// How many documents fit, and room for their rows and articles.
static int make_room(struct index *x, size_t *ret_documents) {
        size_t rows = 0, articles = 0, bytes = 0, i = 0;

        for (; i < x->n_documents; i++) {
                const struct document *d = x->documents[i];
                if (d->n_passages > PASSAGES_MAX - rows || d->page.n > BYTES_MAX - bytes)
                        break;
                rows += d->n_passages;
                articles += d->n_articles;
                bytes += d->page.n;
        }
        x->rows = calloc(MAX(rows, (size_t) 1), sizeof(*x->rows));
        x->articles = calloc(MAX(articles, (size_t) 1), sizeof(*x->articles));
        x->codes = calloc(MAX(articles, (size_t) 1), sizeof(*x->codes));
        x->texts = calloc(MAX(rows + articles, (size_t) 1), sizeof(*x->texts));
        x->by_hash = calloc(MAX(rows + articles, (size_t) 1), sizeof(*x->by_hash));
        *ret_documents = i;
        return x->rows && x->articles && x->codes && x->texts && x->by_hash ? 0 : -ENOMEM;
}

static int add_article(struct index *x, const struct document *d, const struct article *a) {
        struct codes *codes = &x->codes[x->n_articles];

        x->articles[x->n_articles++] = a;
        int r = code_add(&codes->title, a->title, strlen(a->title));
        if (r == 0)
                r = code_add(&codes->all, a->title, strlen(a->title));
        if (r == 0)
                r = code_add(&codes->all, d->page.text + a->start, a->end - a->start);
        return r;
}

static int add_rows(struct index *x) {
        size_t fitting;
        int r = make_room(x, &fitting);

        for (size_t i = 0; r == 0 && i < x->n_documents; i++) {
                const struct document *d = x->documents[i];
                if (d->note)
                        note_problem(x, d->path, d->note);
                if (i == fitting)
                        note_problem(x, d->path, "is too much: it and what comes after it is not searched");
                if (i >= fitting)
                        continue;
                for (size_t k = 0; k < d->n_passages; k++) {
                        const struct passage *p = &d->passages[k];
                        x->rows[x->n_rows++] = (struct row){i, x->n_articles + p->article, &d->articles[p->article], p};
                }
                for (size_t k = 0; k < d->n_articles && r == 0; k++)
                        r = add_article(x, d, &d->articles[k]);
        }
        return r;
}

char *index_text(const struct index *x, size_t i) {
        if (i >= x->n_rows)
                return passage_title(x->articles[i - x->n_rows]);
        const struct row *row = &x->rows[i];
        return passage_text(&x->documents[row->document]->page, row->of, row->passage);
}

static int compare_texts(const void *a, const void *b, void *arg) {
        const struct text *texts = arg;
        return memcmp(texts[*(const size_t *) a].hash, texts[*(const size_t *) b].hash, DIGEST_SIZE);
}

static int hash_texts(struct index *x) {
        x->n_texts = x->n_rows + x->n_articles;
        for (size_t i = 0; i < x->n_texts; i++) {
                char *text _cleanup_free_ = index_text(x, i);
                if (!text || digest_sha256(text, strlen(text), x->texts[i].hash) < 0)
                        return -ENOMEM;
                x->by_hash[i] = i;
        }
        if (x->n_texts > 1)
                qsort_r(x->by_hash, x->n_texts, sizeof(*x->by_hash), compare_texts, x->texts);
        return 0;
}

static int set_version(struct index *x) {
        struct digest *h = digest_new();
        uint8_t out[DIGEST_SIZE];
        char hex[DIGEST_HEX_SIZE];

        if (!h)
                return -ENOMEM;
        for (size_t i = 0; i < x->n_rows; i++) {
                const struct row *row = &x->rows[i];
                const struct document *d = x->documents[row->document];
                digest_update(h, d->path, strlen(d->path) + 1);
                digest_update(h, x->texts[i].hash, DIGEST_SIZE);
                digest_update(h, d->page.text + row->passage->start, row->passage->end - row->passage->start);
        }
        if (digest_end(h, out) < 0)
                return -ENOMEM;
        digest_hex(out, DIGEST_SIZE, hex);
        memcpy(x->version, hex, INDEX_VERSION_SIZE - 1);
        x->version[INDEX_VERSION_SIZE - 1] = '\0';
        return 0;
}

static int add_words(struct index *x, struct error *e) {
        int r = x->n_rows > 0 ? fulltext_new(&x->fulltext, e) : 0;

        for (size_t i = 0; r == 0 && i < x->n_rows; i++) {
                const struct row *row = &x->rows[i];
                const struct document *d = x->documents[row->document];
                char *window _cleanup_free_ =
                                str_ndup(d->page.text + row->passage->from, row->passage->to - row->passage->from);
                char *title _cleanup_free_ = passage_title(row->of);
                r = window && title ? fulltext_add(x->fulltext, (int64_t) i, title, window, e) : -ENOMEM;
        }
        return r;
}

int index_build(const struct index_parts *parts, struct document **documents, size_t n, const char *folder_problem,
                const struct index *old, struct index **ret, struct error *e) {
        struct index *x _cleanup_(index_unref_p) = calloc(1, sizeof(*x));
        int r;

        if (!x)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory to index the documents");
        x->references = 1;
        x->documents = documents;
        x->n_documents = n;
        if (folder_problem)
                note_problem(x, "", folder_problem);
        r = add_rows(x);
        if (r == 0)
                r = hash_texts(x);
        if (r == 0)
                r = set_version(x);
        if (r == 0)
                r = add_words(x, e);
        if (r == 0 && parts->encoder)
                r = embed_texts(x, parts, old, e);
        if (r < 0) {
                x->documents = NULL; // still the caller's
                return r == -ENOMEM ? error_set(e, r, ERROR_OUT_OF_MEMORY, "no memory to index the documents") : r;
        }
        x->indexed_ms = clock_now_ms();
        *ret = TAKE_PTR(x);
        return 0;
}
