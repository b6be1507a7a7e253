#include "triage/signal_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"
#include "triage/phrases.h"
#include "triage/shout.h"
#include "triage/weightiest.h"

enum {
        LINES_MAX = 4096,
        TEXT_BYTES_MAX = 32 * 1024, // looked at
        WORDS_SHOWN_MAX = 3,
};

static const char file_name[] = "signals.tsv";
static const double WEIGHT_MAX = 10, ENOUGH = 1;
static const double ROUNDING = 1e-9; // 0.4 and 0.6 are enough

static const char *const effects[SIGNAL_EFFECT_COUNT_] = {
#define SIGNAL_EFFECT(id, name) name,
                SIGNAL_EFFECT_TABLE(SIGNAL_EFFECT)
#undef SIGNAL_EFFECT
};

struct line {
        size_t signal;
        enum signal_effect effect;
        double weight;
        char *text; // as in the file, for people
        int shout;  // how it is written, not what; -1: words
};

struct signal_table {
        char names[SIGNALS_MAX][SIGNAL_NAME_SIZE];
        size_t n_names;
        struct line *lines;
        size_t n, cap;
        struct phrases phrases; // values are lines
};

const char *signal_effect_name(enum signal_effect e) {
        return effects[e];
}

struct signal_table *signal_table_free(struct signal_table *t) {
        if (!t)
                return NULL;
        for (size_t i = 0; i < t->n; i++)
                free(t->lines[i].text);
        free(t->lines);
        phrases_clear(&t->phrases);
        free(t);
        return NULL;
}

// ---- reading the file

static bool good_name(const char *s) {
        return strlen(s) < SIGNAL_NAME_SIZE && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static int parse_signal(struct signal_table *t, const struct rows *rows, const char *name, size_t *ret,
                        struct error *e) {
        size_t i = 0;

        if (!good_name(name))
                return rows_error(rows, e, "\"%s\" is no name for a signal: a to z, 0 to 9 and _, at most %d", name,
                                  SIGNAL_NAME_SIZE - 1);
        while (i < t->n_names && !str_eq(t->names[i], name))
                i++;
        if (i == SIGNALS_MAX)
                return rows_error(rows, e, "there can be at most %d signals", SIGNALS_MAX);
        if (i == t->n_names)
                str_copy(t->names[t->n_names++], SIGNAL_NAME_SIZE, name);
        *ret = i;
        return 0;
}

static int parse_effect(const struct rows *rows, const char *name, enum signal_effect *ret, struct error *e) {
        for (enum signal_effect i = SIGNAL_SHOW; i < SIGNAL_EFFECT_COUNT_; i++)
                if (str_eq(effects[i], name)) {
                        *ret = i;
                        return 0;
                }
        return rows_error(rows, e, "\"%s\" is not an effect: show, priority or person", name);
}

static int parse_words(struct signal_table *t, const struct rows *rows, const char *text, struct line *line,
                       struct error *e) {
        struct phrase phrase;
        int r;

        line->shout = shout_parse(text);
        if (line->shout >= 0)
                return 0;
        if (*text == '{')
                return rows_error(rows, e, "\"%s\" is not a way of writing: {capitals}, {!!!} or {???}", text);
        r = phrase_read(rows, text, &phrase, e);
        return r < 0 ? r : phrases_add(&t->phrases, &phrase, t->n);
}

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        struct signal_table *t = arg;
        struct line line = {0};
        int r = parse_signal(t, rows, f[0], &line.signal, e);

        if (r == 0)
                r = parse_effect(rows, f[1], &line.effect, e);
        if (r == 0)
                r = rows_weight(rows, f[2], -WEIGHT_MAX, WEIGHT_MAX, &line.weight, e);
        if (r < 0)
                return r;
        if (t->n == LINES_MAX)
                return rows_error(rows, e, "there can be at most %d lines", LINES_MAX);
        r = parse_words(t, rows, f[3], &line, e);
        if (r == 0)
                r = memory_grow((void **) &t->lines, &t->cap, t->n + 1, sizeof(*t->lines));
        if (r < 0)
                return r;
        if (!(line.text = str_dup(f[3])))
                return -ENOMEM;
        t->lines[t->n++] = line;
        return 0;
}

int signal_table_load(const char *config_dir, struct signal_table **ret, struct error *e) {
        struct signal_table *t _cleanup_(signal_table_free_p) = calloc(1, sizeof(*t));

        if (!t)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", file_name);
        int r = rows_read_config(config_dir, file_name, 4, add_row, t, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(t);
        return 0;
}

// ---- finding

struct search {
        const struct signal_table *t;
        bool *seen; // per line
        double sums[SIGNALS_MAX][SIGNAL_EFFECT_COUNT_];
        struct weightiest shown[SIGNALS_MAX];
};

static void count(void *arg, size_t i, const struct phrase *phrase) {
        struct search *s = arg;
        const struct line *line = &s->t->lines[i];

        (void) phrase;
        if (s->seen[i])
                return;
        s->seen[i] = true;
        for (enum signal_effect k = SIGNAL_SHOW; k < SIGNAL_EFFECT_COUNT_; k++)
                if (line->weight < 0 || k <= line->effect)
                        s->sums[line->signal][k] += line->weight;
        if (line->weight > 0)
                weightiest_take(&s->shown[line->signal], WORDS_SHOWN_MAX, line->weight, line->text);
}

static int search_words(struct search *s, const char *text) {
        struct words w _cleanup_words_ = {0};
        char *copy _cleanup_free_ = str_ndup(text, utf8_floor(text, strlen(text), TEXT_BYTES_MAX));
        int r = copy ? words_add(&w, copy) : -ENOMEM;

        for (size_t i = 0; r == 0 && i < w.n; i++)
                phrases_at(&s->t->phrases, &w, i, count, s);
        return r;
}

static void search_shouts(struct search *s, const char *subject, const char *text) {
        unsigned found = shout_find(subject, text);

        for (size_t i = 0; i < s->t->n; i++)
                if (s->t->lines[i].shout >= 0 && (found & 1u << s->t->lines[i].shout))
                        count(s, i, NULL);
}

// The strongest first.
static void collect(const struct search *s, struct signals_found *ret) {
        for (int k = SIGNAL_EFFECT_COUNT_ - 1; k >= 0; k--)
                for (size_t i = 0; i < s->t->n_names; i++) {
                        const double *sums = s->sums[i];
                        bool stronger = k + 1 < SIGNAL_EFFECT_COUNT_ && sums[k + 1] >= ENOUGH - ROUNDING;
                        if (sums[k] < ENOUGH - ROUNDING || stronger)
                                continue;
                        struct signal *x = &ret->items[ret->n++];
                        str_copy(x->name, sizeof(x->name), s->t->names[i]);
                        x->effect = (enum signal_effect) k;
                        weightiest_join(&s->shown[i], x->words, sizeof(x->words));
                }
}

int signals_find(const struct signal_table *t, const char *subject, const char *text, struct signals_found *ret) {
        bool *seen _cleanup_free_ = calloc(t->n + 1, sizeof(*seen));
        struct search s = {.t = t, .seen = seen};

        *ret = (struct signals_found){0};
        if (!seen)
                return -ENOMEM;
        int r = search_words(&s, subject);
        if (r == 0)
                r = search_words(&s, text);
        if (r < 0)
                return r;
        search_shouts(&s, subject, text);
        collect(&s, ret);
        return 0;
}
