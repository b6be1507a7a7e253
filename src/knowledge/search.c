#include "knowledge/search.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

enum {
        FINDINGS_MAX = 100,  // articles in one answer; a person reads three
        QUESTION_MAX = 4096, // bytes of a question in which codes are looked for
        HITS_MAX = 200,      // passages looked at in keyword search
};

// In keyword search an article is found when it has so much of the question, weighted by rarity. Measured on the
// articles of a help centre against questions about other things, and on the example knowledge base: doc/retrieval.md.
#define KEYWORD_FLOOR 0.5

// An article is as like the question as its best passage, and its title counts for this much of it. A title that was
// only made from a file's name does not count. Measured: doc/retrieval.md.
#define TITLE_WEIGHT (1.0 / 3)

// Vectors are blind to exact tokens: with them alone the answer to TW-429 is as good for TW-413. An article that has a
// code of the question comes so much nearer to 1; one whose title has only other codes loses as much. Measured:
// doc/retrieval.md.
#define CODE_WEIGHT 0.3
enum {
        CODE_ARTICLES_MAX = 5, // a code that more articles have tells nothing
        CODES_ASKED_MAX = 32,  // of one question
};

struct best { // of one article
        size_t row;
        double score, order;
};

const char *retrieval_method_name(enum retrieval_method m) {
        switch (m) {
        case RETRIEVAL_SEMANTIC:
                return "semantic";
        case RETRIEVAL_KEYWORD:
                return "keyword";
        case RETRIEVAL_NONE:
                break;
        }
        return "none";
}

void findings_clear(struct findings *f) {
        for (size_t i = 0; f->items && i < f->n; i++) {
                free(f->items[i].document);
                free(f->items[i].title);
                free(f->items[i].passage);
        }
        free(f->items);
        *f = (struct findings){0};
}

// Keeps the best `max` of n candidates sorted in list, by order.
static size_t insert(struct best *list, size_t n, size_t max, struct best b) {
        size_t i = n;

        if (n == max && b.order <= list[n - 1].order)
                return n;
        n = MIN(n + 1, max);
        for (i = MIN(i, max - 1); i > 0 && list[i - 1].order < b.order; i--)
                list[i] = list[i - 1];
        list[i] = b;
        return n;
}

static int fill(const struct index *x, const struct best *list, size_t n, struct findings *f) {
        f->items = calloc(MAX(n, (size_t) 1), sizeof(*f->items));
        if (!f->items)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                const struct row *row = &x->rows[list[i].row];
                const struct document *d = x->documents[row->document];
                struct finding *item = &f->items[f->n++];
                item->document = str_dup(d->path);
                item->title = str_dup(row->of->title);
                item->passage = str_ndup(d->page.text + row->passage->start, row->passage->end - row->passage->start);
                item->score = MIN(MAX(list[i].score, 0.0), 1.0);
                item->above = list[i].score >= f->floor;
                if (!item->document || !item->title || !item->passage)
                        return -ENOMEM;
        }
        f->found = n > 0 && f->items[0].above;
        return 0;
}

static double likeness(const struct index *x, const float *vector, size_t text) {
        return vector_dot(vector, x->vectors + text * x->dimensions, x->dimensions);
}

// Leaves only the codes that few articles have.
static void drop_common(const struct index *x, struct code_set *codes) {
        size_t kept = 0;

        for (size_t i = 0; i < codes->n && kept < CODES_ASKED_MAX; i++) {
                size_t articles = 0;
                for (size_t k = 0; k < x->n_articles && articles <= CODE_ARTICLES_MAX; k++)
                        articles += code_has(&x->codes[k].all, codes->hashes[i]);
                if (articles <= CODE_ARTICLES_MAX)
                        codes->hashes[kept++] = codes->hashes[i];
        }
        codes->n = kept;
}

static double with_codes(const struct codes *of, const struct code_set *asked, double score) {
        for (size_t i = 0; i < asked->n; i++)
                if (code_has(&of->all, asked->hashes[i]))
                        return score + CODE_WEIGHT * (1 - score);
        return asked->n > 0 && of->title.n > 0 ? score * (1 - CODE_WEIGHT) : score;
}

static bool is_in(const struct index *x, size_t row, language_set languages) {
        enum language l = x->documents[x->rows[row].document]->language;

        return l == LANGUAGE_UNKNOWN || (languages & language_bit(l));
}

static int by_meaning(const struct index *x, language_set languages, const char *question, const float *vector,
                      size_t max, struct findings *f) {
        struct code_set asked _cleanup_codes_ = {0};
        struct best *best _cleanup_free_ = calloc(max, sizeof(*best));
        size_t n = 0;

        if (!best || code_add(&asked, question, strnlen(question, QUESTION_MAX)) < 0)
                return -ENOMEM;
        drop_common(x, &asked);
        // The rows of an article follow each other.
        for (size_t i = 0; i < x->n_rows;) {
                size_t article = x->rows[i].article;
                struct best b = {.score = -2};
                bool wanted = is_in(x, i, languages);
                for (; i < x->n_rows && x->rows[i].article == article; i++) {
                        double score = wanted ? likeness(x, vector, i) : b.score;
                        if (score > b.score)
                                b = (struct best){i, score, 0};
                }
                if (!wanted)
                        continue;
                if (x->articles[article]->named)
                        b.score += TITLE_WEIGHT * (likeness(x, vector, x->n_rows + article) - b.score);
                b.score = b.order = with_codes(&x->codes[article], &asked, b.score);
                n = insert(best, n, max, b);
        }
        f->method = RETRIEVAL_SEMANTIC;
        return fill(x, best, n, f);
}

static int by_words(const struct index *x, language_set languages, const char *question, size_t max, struct findings *f,
                    struct error *e) {
        struct fulltext_hit hits[HITS_MAX];
        struct best *best _cleanup_free_ = calloc(max, sizeof(*best));
        size_t n = 0;

        if (!best)
                return -ENOMEM;
        int found = x->fulltext ? fulltext_search(x->fulltext, question, hits, HITS_MAX, e) : 0;
        if (found < 0)
                return found;
        // Hits come best first: the first of an article is its passage.
        for (int i = 0; i < found && n < max; i++) {
                size_t row = (size_t) hits[i].id, k = 0;
                while (k < n && x->rows[best[k].row].article != x->rows[row].article)
                        k++;
                if (k < n || !is_in(x, row, languages))
                        continue;
                double coverage = fulltext_coverage(x->fulltext, question, hits[i].id);
                best[n++] = (struct best){row, coverage, hits[i].bm25};
        }
        f->method = n > 0 ? RETRIEVAL_KEYWORD : RETRIEVAL_NONE;
        return fill(x, best, n, f);
}

int index_search(const struct index *x, language_set languages, const char *question, const float *vector, double floor,
                 size_t max, struct findings *ret, struct error *e) {
        struct findings f _cleanup_findings_ = {0};
        int r;

        max = MIN(MAX(max, (size_t) 1), (size_t) FINDINGS_MAX);
        memcpy(f.version, x->version, sizeof(f.version));
        if (vector && x->vectors && x->n_rows > 0) {
                f.floor = x->background + floor * (1 - x->background);
                r = by_meaning(x, languages, question, vector, max, &f);
        } else {
                f.floor = KEYWORD_FLOOR;
                r = by_words(x, languages, question, max, &f, e);
        }
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "no memory for a search");
        if (r < 0)
                return r;
        *ret = f;
        f = (struct findings){0};
        return 0;
}
