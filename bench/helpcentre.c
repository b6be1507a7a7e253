#include "helpcentre.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "model/vectors.h"
#include "text/html.h"

enum {
        SOURCE_MAX = 64 * 1024 * 1024, // bytes of a file with questions
        LOOKED_AT = 10,                // findings in which the right one is looked for
};

static const char *const layout_names[] = {
#define NAME(id, name, help) name,
                LAYOUT_TABLE(NAME)
#undef NAME
};

const char *layout_name(enum layout l) {
        return layout_names[l];
}

void asked_clear(struct asked_list *l) {
        for (size_t i = 0; i < l->n; i++) {
                free(l->items[i].question);
                free(l->items[i].document);
                free(l->items[i].title);
        }
        free(l->items);
        *l = (struct asked_list){0};
}

static int add(struct asked_list *l, const char *question, size_t n, const char *document, const char *title) {
        void *array = l->items;

        if (memory_grow(&array, &l->cap, l->n + 1, sizeof(*l->items)) < 0)
                return -ENOMEM;
        l->items = array;
        struct asked *a = &l->items[l->n++];
        *a = (struct asked){str_ndup(question, n), str_dup(document), str_dup(title)};
        return a->question && (a->document || !document) && (a->title || !title) ? 0 : -ENOMEM;
}

// ---- writing articles

static void add_article(struct buffer *b, enum layout layout, const char *question, const json_t *answers) {
        size_t i;
        const json_t *answer;

        switch (layout) {
        case LAYOUT_PARAGRAPHS:
        case LAYOUT_LINES:
                buffer_addf(b, "%s\n", question);
                break;
        case LAYOUT_HEADING:
        case LAYOUT_ANSWERS:
                buffer_addf(b, "# %s\n", question);
                break;
        case LAYOUT_SECTIONS:
                buffer_addf(b, "## %s\n", question);
                break;
        case LAYOUT_PAIRS:
                buffer_addf(b, "Q: %s\n", question);
                break;
        case LAYOUT_PAGE:
        case LAYOUT_COUNT_:
                buffer_add_str(b, "<h1>");
                html_escape(b, question, strlen(question));
                buffer_add_str(b, "</h1>\n");
                break;
        }
        json_array_foreach(answers, i, answer) {
                const char *text = json_string_value(answer) ? json_string_value(answer) : "";
                if (layout == LAYOUT_PAIRS)
                        buffer_addf(b, "%s%s\n", i == 0 ? "A: " : "\n", text);
                else if (layout == LAYOUT_PAGE)
                        html_from_text(b, text, strlen(text));
                else if (layout == LAYOUT_ANSWERS)
                        buffer_addf(b, "\n## Answer %zu\n\n%s\n", i + 1, text);
                else
                        buffer_addf(b, "%s%s\n", layout == LAYOUT_LINES ? "" : "\n", text);
        }
        buffer_add_str(b, "\n");
}

static const char *ending(enum layout layout) {
        return layout == LAYOUT_PAGE                                                               ? "html"
               : layout == LAYOUT_HEADING || layout == LAYOUT_SECTIONS || layout == LAYOUT_ANSWERS ? "md"
                                                                                                   : "txt";
}

static int write_file(const char *folder, const char *name, const struct buffer *b, struct error *e) {
        char *path _cleanup_free_ = file_join(folder, name);
        return path ? file_write(path, buffer_str(b), b->len, false, e) : -ENOMEM;
}

static int write_thread(const json_t *thread, size_t number, const char *folder, enum layout layout, struct buffer *b,
                        struct asked_list *l, struct error *e) {
        const char *question = json_str_or_null(thread, "question");
        bool together = layout == LAYOUT_PAIRS || layout == LAYOUT_SECTIONS;
        char name[64];
        const json_t *query;
        size_t i;
        int r = 0;

        if (!question)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "article %zu has no question", number);
        if (together)
                (void) snprintf(name, sizeof(name), "all.%s", ending(layout));
        else
                (void) snprintf(name, sizeof(name), "article-%zu.%s", number, ending(layout));
        add_article(b, layout, question, json_object_get(thread, "answers"));
        if (!together) {
                r = write_file(folder, name, b, e);
                buffer_reset(b);
        }
        json_array_foreach(json_object_get(thread, "queries"), i, query) {
                if (r == 0 && json_is_string(query))
                        r = add(l, json_string_value(query), json_string_length(query), name,
                                together ? question : NULL);
        }
        return r;
}

int helpcentre_write(const char *jsonl, const char *folder, enum layout layout, struct asked_list *l, struct error *e) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(SOURCE_MAX);
        char *data _cleanup_free_ = NULL;
        size_t n, number = 0;
        int r = file_read(jsonl, SOURCE_MAX, &data, &n, e);

        for (char *line = data; r == 0 && line < data + n; number++) {
                json_t *thread _cleanup_json_ = NULL;
                size_t len = strcspn(line, "\n");
                r = json_parse(line, len, &thread, e);
                if (r == 0)
                        r = write_thread(thread, number, folder, layout, &b, l, e);
                line += len + 1;
        }
        if (r == 0 && b.len > 0) {
                char name[16];
                (void) snprintf(name, sizeof(name), "all.%s", ending(layout));
                r = write_file(folder, name, &b, e);
        }
        return r;
}

// ---- reading questions

int asked_read_tsv(struct asked_list *l, const char *path, struct error *e) {
        char *data _cleanup_free_ = NULL;
        size_t n;
        int r = file_read(path, SOURCE_MAX, &data, &n, e);

        for (char *line = data, *next; r == 0 && line < data + n; line = next) {
                size_t len = strcspn(line, "\n");
                next = line + len + 1;
                line[len] = '\0';
                char *question = strchr(line, '\t');
                if (line[0] == '#' || !question)
                        continue;
                *question++ = '\0';
                char *title = strchr(question, '\t');
                if (title)
                        *title++ = '\0';
                r = add(l, question, strlen(question), strcmp(line, "-") == 0 ? NULL : line, title);
        }
        return r;
}

int asked_read_csv(struct asked_list *l, const char *path, size_t stride, struct error *e) {
        char *data _cleanup_free_ = NULL;
        size_t n, row = 0;
        int r = file_read(path, SOURCE_MAX, &data, &n, e);

        for (char *p = data; r == 0 && p < data + n; row++) {
                bool quoted = *p == '"';
                char *start = quoted ? p + 1 : p, *out = start, *q = start;
                for (; *q && (quoted || (*q != ',' && *q != '\n')); q++) {
                        if (quoted && *q == '"' && *++q != '"')
                                break; // the closing one; a doubled one is text
                        *out++ = *q;
                }
                if (row > 0 && row % stride == 0 && out > start)
                        r = add(l, start, (size_t) (out - start), NULL, NULL);
                q += strcspn(q, "\n");
                p = q + 1;
        }
        return r;
}

int asked_read_json(struct asked_list *l, const char *path, const char *key, size_t stride, struct error *e) {
        char *data _cleanup_free_ = NULL;
        json_t *all _cleanup_json_ = NULL;
        size_t n, i;
        const json_t *row;
        int r = file_read(path, SOURCE_MAX, &data, &n, e);

        if (r == 0)
                r = json_parse(data, n, &all, e);
        if (r < 0)
                return r;
        json_array_foreach(json_object_get(all, key), i, row) {
                const json_t *text = json_array_get(row, 0);
                if (r == 0 && i % stride == 0 && json_is_string(text))
                        r = add(l, json_string_value(text), json_string_length(text), NULL, NULL);
        }
        return r;
}

// ---- measuring

void retrieval_clear(struct retrieval *r) {
        free(r->grades);
        *r = (struct retrieval){0};
}

static size_t rank_of(const struct findings *f, const struct asked *a) {
        for (size_t i = 0; i < f->n; i++)
                if (str_eq(f->items[i].document, a->document) && (!a->title || str_eq(f->items[i].title, a->title)))
                        return i + 1;
        return 0;
}

// From 0 (unrelated) to 1: opened with floor 0, the floor of a semantic search is the background.
static double likeness(const struct findings *f, size_t i) {
        double score = i < f->n ? f->items[i].score : 0;
        return f->method == RETRIEVAL_SEMANTIC && f->floor < 1 ? (score - f->floor) / (1 - f->floor) : score;
}

static void grade(struct retrieval *r, const struct findings *f, const struct asked *a) {
        size_t rank = a->document ? rank_of(f, a) : 0;

        r->grades[r->n++] = (struct grade){likeness(f, 0), likeness(f, rank == 1), a->document != NULL, rank == 1};
        if (!a->document) {
                r->unanswerable++;
                r->wrongly_found += f->found;
                return;
        }
        r->answerable++;
        r->top1 += rank == 1;
        r->top3 += rank >= 1 && rank <= 3;
        r->reciprocal += rank > 0 ? 1.0 / (double) rank : 0;
        r->found += rank == 1 && f->found;
}

int asked_embed(const struct asked_list *l, struct encoder *m, float **ret, struct error *e) {
        float *vectors _cleanup_free_ = calloc(MAX(l->n, (size_t) 1) * encoder_dimensions(m), sizeof(*vectors));
        const char **texts _cleanup_free_ = calloc(MAX(l->n, (size_t) 1), sizeof(*texts));

        if (!vectors || !texts)
                return -ENOMEM;
        for (size_t i = 0; i < l->n; i++)
                texts[i] = l->items[i].question;
        int r = vectors_embed(m, NULL, texts, l->n, 0, vectors, NULL, NULL, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(vectors);
        return 0;
}

int retrieval_measure(struct knowledge *k, const struct asked_list *l, const float *vectors, size_t dimensions,
                      struct retrieval *ret, struct error *e) {
        struct retrieval r _cleanup_retrieval_ = {0};
        int res = 0;

        r.grades = calloc(MAX(l->n, (size_t) 1), sizeof(*r.grades));
        if (!r.grades)
                return -ENOMEM;
        for (size_t i = 0; i < l->n && res == 0; i++) {
                struct findings f _cleanup_findings_ = {0};
                res = knowledge_search(k, l->items[i].question, vectors ? vectors + i * dimensions : NULL, LOOKED_AT,
                                       &f, e);
                if (res == 0)
                        grade(&r, &f, &l->items[i]);
        }
        if (res < 0)
                return res;
        *ret = r;
        r = (struct retrieval){0};
        return 0;
}
