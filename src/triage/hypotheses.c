#include "triage/hypotheses.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/rows.h"
#include "base/string.h"

#define TIER_2_WORDS                                                                                                   \
        "somebody looks up or changes this customer's data or money: a charge, a refund, an order, a plan, a "         \
        "correction"
#define COMPLEX_WORDS                                                                                                  \
        "a failure, security, the law or judgement: it does not work, stolen, hacked, lawyers, exceptions, complaints"
static const char *const tier_words[TIER_COUNT_] = {
                [TIER_1] = "an article answers it: how to, where, when, what it costs, what the limits are",
                [TIER_2] = (TIER_2_WORDS),
                [TIER_COMPLEX] = (COMPLEX_WORDS),
};
static const char gap[] = "{}";
#define TEMPERATURE_MIN 0.01
#define TEMPERATURE_MAX 100.0

// The texts of the file as they stand there, before they are put into the templates.
struct said {
        char tiers[TIER_COUNT_][HYPOTHESIS_SIZE];
        char categories[CATEGORIES_MAX][HYPOTHESIS_SIZE];
        char tier_template[HYPOTHESIS_SIZE], category_template[HYPOTHESIS_SIZE];
};

static int keep(const struct rows *rows, char slot[HYPOTHESIS_SIZE], const char *text, struct error *e) {
        if (*slot)
                return rows_error(rows, e, "this is said already");
        if (!str_copy(slot, HYPOTHESIS_SIZE, text))
                return rows_error(rows, e, "a text has at most %d bytes", HYPOTHESIS_SIZE - 1);
        return 0;
}

static int of_kind(const struct rows *rows, const char *name, bool *ret_tier, struct error *e) {
        *ret_tier = str_eq(name, "tier");
        if (!*ret_tier && !str_eq(name, "category"))
                return rows_error(rows, e, "\"%s\" is neither tier nor category", name);
        return 0;
}

static int add_template(struct said *s, const struct rows *rows, const char **f, struct error *e) {
        const char *at = strstr(f[2], gap);
        bool tier;
        int r = of_kind(rows, f[1], &tier, e);

        if (r < 0)
                return r;
        if (!at || strstr(at + 1, gap))
                return rows_error(rows, e, "a template has {} once, where the text goes");
        return keep(rows, tier ? s->tier_template : s->category_template, f[2], e);
}

static int add_temperature(struct hypotheses *h, const struct rows *rows, const char **f, struct error *e) {
        double value;
        bool tier;
        int r = of_kind(rows, f[1], &tier, e);

        if (r < 0)
                return r;
        if (str_to_double(f[2], TEMPERATURE_MIN, TEMPERATURE_MAX, &value) < 0)
                return rows_error(rows, e, "\"%s\" is not a temperature: from 0.01 to 100", f[2]);
        *(tier ? &h->tier_temperature : &h->category_temperature) = value;
        return 0;
}

struct reader {
        struct hypotheses *h;
        struct said *s;
        const struct labels *labels;
};

static int add_row(void *arg, const struct rows *rows, const char **f, struct error *e) {
        const struct reader *reader = arg;
        struct said *s = reader->s;

        if (str_eq(f[0], "template"))
                return add_template(s, rows, f, e);
        if (str_eq(f[0], "temperature"))
                return add_temperature(reader->h, rows, f, e);
        if (str_eq(f[0], "tier")) {
                enum tier tier = TIER_COMPLEX;
                int r = labels_read_tier(rows, f[1], &tier, e);

                return r < 0 ? r : keep(rows, s->tiers[tier], f[2], e);
        }
        if (str_eq(f[0], "category")) {
                int category = 0;
                int r = labels_read_category(reader->labels, rows, f[1], &category, e);

                return r < 0 ? r : keep(rows, s->categories[category], f[2], e);
        }
        return rows_error(rows, e, "\"%s\" is not one of template, temperature, tier, category", f[0]);
}

static int put_in(const char *template, const char *text, char ret[HYPOTHESIS_SIZE], struct error *e) {
        const char *at = *template ? strstr(template, gap) : NULL;
        int n = at ? snprintf(ret, HYPOTHESIS_SIZE, "%.*s%s%s", (int) (at - template), template, text, at + strlen(gap))
                   : snprintf(ret, HYPOTHESIS_SIZE, "%s", text);

        if (n >= HYPOTHESIS_SIZE)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 "hypotheses.tsv: with its template the text \"%.60s...\" has more than %d bytes", text,
                                 HYPOTHESIS_SIZE - 1);
        return 0;
}

// password_reset: forgotten or expired passwords, ... becomes "password reset: forgotten or ...".
static void default_category(const struct labels *labels, size_t i, char ret[HYPOTHESIS_SIZE]) {
        char name[CATEGORY_SIZE];

        str_copy(name, sizeof(name), labels->names[i]);
        for (char *c = name; *c; c++)
                if (*c == '_')
                        *c = ' ';
        (void) snprintf(ret, HYPOTHESIS_SIZE, "%s: %s", name, labels->about[i]);
}

static int finish(struct hypotheses *h, struct said *s, const struct labels *labels, struct error *e) {
        int r = 0;

        for (enum tier t = TIER_1; r == 0 && t < TIER_COUNT_; t++)
                r = put_in(s->tier_template, *s->tiers[t] ? s->tiers[t] : tier_words[t], h->tiers[t], e);
        for (size_t i = 0; r == 0 && i < labels->n; i++) {
                if (!*s->categories[i])
                        default_category(labels, i, s->categories[i]);
                r = put_in(s->category_template, s->categories[i], h->categories[i], e);
        }
        return r;
}

int hypotheses_load(const char *path, const struct labels *labels, struct hypotheses **ret, struct error *e) {
        struct hypotheses *h _cleanup_free_ = calloc(1, sizeof(*h));
        struct said *s _cleanup_free_ = calloc(1, sizeof(*s));
        int r = 0;

        if (!h || !s)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for triage");
        h->tier_temperature = h->category_temperature = 1;
        if (file_exists(path))
                r = rows_read(path, 3, "triage", add_row, &(struct reader){h, s, labels}, e);
        if (r >= 0)
                r = finish(h, s, labels, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}
