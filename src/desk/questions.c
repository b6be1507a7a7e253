#include "desk/questions.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/string.h"
#include "desk/decide.h"
#include "desk/gaps.h"
#include "desk/parts.h"
#include "model/vectors.h"
#include "store/answers.h"

#define DAY_MS ((int64_t) 86400000)
enum { EXAMPLE_SIZE = 200 };

struct question {
        int64_t ticket_id;
        char *text, *shown;
};

struct list {
        struct desk *d;
        struct question items[QUESTIONS_MAX];
        size_t n, all, looked;
        bool no_memory;
};

struct questions {
        pthread_mutex_t lock; // guards what follows
        struct {
                int64_t ticket_id;
                uint64_t text; // its hash: what the customer wrote may have grown
        } known[QUESTIONS_MAX];
        size_t n;
        float *vectors; // n of them
        bool has_background;
        double background; // of unrelated texts under the model, which takes as long as 16 questions
};

int questions_new(struct questions **ret, struct error *e) {
        struct questions *q = calloc(1, sizeof(*q));

        if (!q)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        (void) pthread_mutex_init(&q->lock, NULL);
        *ret = q;
        return 0;
}

struct questions *questions_free(struct questions *q) {
        if (!q)
                return NULL;
        (void) pthread_mutex_destroy(&q->lock);
        free(q->vectors);
        free(q);
        return NULL;
}

static void list_free(struct list *l) {
        for (size_t i = 0; l && i < l->n; i++) {
                free(l->items[i].text);
                free(l->items[i].shown);
        }
        free(l);
}

static void list_free_p(struct list **l) {
        list_free(*l);
}

// ---- which they are

// Tickets also go to a person when an article was found, for other reasons.
static bool answered(const struct desk *d, const char *sources) {
        json_t *list _cleanup_json_ = NULL;
        struct finding first = {0};
        struct findings f = {.items = &first,
                             .n = 1,
                             .method = d->encoder ? RETRIEVAL_SEMANTIC : RETRIEVAL_KEYWORD,
                             .floor = settings_real(d->settings, SETTING_KNOWLEDGE_FLOOR)};

        if (json_parse(sources, strlen(sources), &list, NULL) < 0 || json_array_size(list) == 0)
                return false;
        first.score = json_number_value(json_object_get(json_array_get(list, 0), "score"));
        f.found = true;
        return decide_answers(&f);
}

static bool take(void *arg, const struct open_question *row) {
        struct list *l = arg;
        const char *shown = str_empty(row->subject) ? row->description : row->subject;

        if (++l->looked > QUESTIONS_LOOKED)
                return false;
        if ((str_empty(row->subject) && str_empty(row->description)) || answered(l->d, row->sources))
                return true;
        l->all++;
        if (l->n == QUESTIONS_MAX)
                return true;
        struct question *q = &l->items[l->n++];
        *q = (struct question){.ticket_id = row->ticket_id,
                               .text = gaps_text(row->subject, row->description),
                               .shown = str_ndup(shown, utf8_floor(shown, strlen(shown), EXAMPLE_SIZE))};
        l->no_memory = !q->text || !q->shown;
        return !l->no_memory;
}

// ---- their vectors

// Two texts of one ticket must differ in it, nothing more.
static uint64_t hash(const char *s) {
        return hash_add(HASH_START, s, strlen(s));
}

static const float *known(const struct questions *q, const struct question *x, size_t dimensions) {
        for (size_t i = 0; i < q->n; i++)
                if (q->known[i].ticket_id == x->ticket_id && q->known[i].text == hash(x->text))
                        return q->vectors + i * dimensions;
        return NULL;
}

// Under lock. Those that are not known are embedded; then they are all that is known.
static int embed(struct questions *q, struct encoder *m, const struct list *l, struct error *e) {
        size_t dimensions = encoder_dimensions(m), n = 0;
        float *vectors _cleanup_free_ = calloc(MAX(l->n, (size_t) 1) * dimensions, sizeof(*vectors));
        float *fresh _cleanup_free_ = calloc(MAX(l->n, (size_t) 1) * dimensions, sizeof(*fresh));
        const char *texts[QUESTIONS_MAX];
        size_t at[QUESTIONS_MAX];

        if (!vectors || !fresh)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
        for (size_t i = 0; i < l->n; i++) {
                const float *v = known(q, &l->items[i], dimensions);
                if (v) {
                        memcpy(vectors + i * dimensions, v, dimensions * sizeof(*v));
                        continue;
                }
                at[n] = i;
                texts[n++] = l->items[i].text;
        }
        int r = n > 0 ? vectors_embed(m, NULL, texts, n, 1, fresh, NULL, NULL, e) : 0;
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                memcpy(vectors + at[i] * dimensions, fresh + i * dimensions, dimensions * sizeof(*fresh));
        free(q->vectors);
        q->vectors = TAKE_PTR(vectors);
        q->n = l->n;
        for (size_t i = 0; i < l->n; i++) {
                q->known[i].ticket_id = l->items[i].ticket_id;
                q->known[i].text = hash(l->items[i].text);
        }
        return 0;
}

// Under lock, once.
static int measure_background(struct questions *q, struct encoder *m, struct error *e) {
        int r = q->has_background ? 0 : vectors_background(m, NULL, &q->background, e);

        q->has_background = r == 0;
        return r;
}

// ---- the answer

static void each_alone(const struct list *l, struct gaps *g) {
        g->n = MIN(l->n, (size_t) GAPS_SHOWN_MAX);
        for (size_t i = 0; i < g->n; i++)
                g->items[i] = (struct gap){.tickets = 1, .examples = {i}};
}

static int group(struct desk *d, const struct list *l, struct gaps *g, struct error *e) {
        size_t places[QUESTIONS_MAX];

        if (!d->encoder) {
                each_alone(l, g);
                return 0;
        }
        for (size_t i = 0; i < l->n; i++)
                places[i] = i;
        pthread_mutex_lock(&d->questions->lock);
        int r = embed(d->questions, d->encoder, l, e);
        if (r == 0 && l->n > 0)
                r = measure_background(d->questions, d->encoder, e);
        if (r == 0 && l->n > 0)
                r = gaps_group(d->questions->vectors, encoder_dimensions(d->encoder), d->questions->background, places,
                               l->n, NULL, g, e);
        pthread_mutex_unlock(&d->questions->lock);
        return r;
}

static json_t *groups_json(const struct list *l, const struct gaps *g) {
        json_t *list = json_array();

        for (size_t i = 0; i < g->n; i++) {
                json_t *examples = json_array();
                for (size_t k = 0; k < MIN(g->items[i].tickets, (size_t) GAP_EXAMPLES); k++) {
                        const struct question *x = &l->items[g->items[i].examples[k]];
                        json_array_append_new(examples, json_pack("{s:I, s:s}", "ticket_id", (json_int_t) x->ticket_id,
                                                                  "text", x->shown));
                }
                json_array_append_new(list, json_pack("{s:I, s:o}", "tickets", (json_int_t) g->items[i].tickets,
                                                      "examples", examples));
        }
        return list;
}

json_t *questions_json(struct desk *d, struct store *s, int64_t days, struct error *e) {
        struct list *l _cleanup_(list_free_p) = calloc(1, sizeof(*l));
        struct gaps *g _cleanup_free_ = calloc(1, sizeof(*g));

        if (l)
                l->d = d;
        if (!l || !g) {
                (void) error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
                return NULL;
        }
        if (store_open_questions(s, clock_now_ms() - days * DAY_MS, take, l, e) < 0)
                return NULL;
        if (l->no_memory) {
                (void) error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the questions");
                return NULL;
        }
        if (group(d, l, g, e) < 0)
                return NULL;
        return json_pack("{s:I, s:I, s:I, s:s, s:o}", "days", (json_int_t) days, "questions", (json_int_t) l->all,
                         "grouped", (json_int_t) l->n, "method", d->encoder ? "semantic" : "none", "groups",
                         groups_json(l, g));
}
