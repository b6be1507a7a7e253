#include "desk/report_quality.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "desk/curve.h"
#include "desk/parts.h"
#include "triage/measure.h"

enum { GROUPS_MAX = 64 }; // languages that are told apart; the others are counted together

static bool counts(const struct rehearsal *r, size_t i) {
        return r->past->items[i].tier != TIER_COUNT_ && r->items[i].done && !r->items[i].failed;
}

static void add(struct measure *m, const struct rehearsal *r, size_t i) {
        const struct rehearsed *x = &r->items[i];
        struct verdict v = {.tier = x->tier, .confidence = x->confidence};

        if (x->category < triage_categories(r->desk->triage))
                str_copy(v.category, sizeof(v.category), triage_category(r->desk->triage, x->category));
        measure_add(m, r->past->items[i].tier, r->past->items[i].category, &v);
}

static json_t *summary(const struct measure *m) {
        return json_pack("{s:I, s:o, s:o, s:o, s:o}", "tickets", (json_int_t) m->n, "accuracy",
                         json_rounded(measure_accuracy(m)), "macro_f1", json_rounded(measure_macro_f1(m)),
                         "complex_missed", json_rounded(measure_complex_missed(m)), "calibration_error",
                         json_rounded(measure_ece(m)));
}

// ---- by group

struct groups {
        size_t n;
        char names[GROUPS_MAX][32];
        struct measure measures[GROUPS_MAX];
};

static void count(struct groups *g, const char *name, const struct rehearsal *r, size_t ticket) {
        size_t i = 0;

        while (i < g->n && !str_eq(g->names[i], name))
                i++;
        if (i == g->n && g->n < GROUPS_MAX)
                str_copy(g->names[g->n++], sizeof(g->names[0]), name);
        add(&g->measures[MIN(i, (size_t) GROUPS_MAX - 1)], r, ticket);
}

static json_t *groups_json(const struct groups *g) {
        json_t *o = json_object();

        for (size_t i = 0; i < g->n; i++)
                if (g->measures[i].n > 0)
                        json_object_set_new(o, g->names[i], summary(&g->measures[i]));
        return o;
}

static size_t words(const char *s) {
        size_t n = 0;

        for (bool inside = false; *s; s++) {
                bool space = isspace((unsigned char) *s);
                n += !space && !inside;
                inside = !space;
        }
        return n;
}

static const struct {
        size_t below;
        const char *name;
} lengths[] = {
                {10, "under 10 words"},
                {30, "10 to 29 words"},
                {100, "30 to 99 words"},
                {SIZE_MAX, "100 words and more"},
};

static const char *length_of(const struct past_ticket *t) {
        size_t n = words(t->subject) + words(t->description), i = 0;

        while (n >= lengths[i].below)
                i++;
        return lengths[i].name;
}

// As the file says, else as it is recognised.
static const char *language_of_past(const struct past_ticket *t) {
        struct language_guess g;

        if (*t->language)
                return t->language;
        if (language_of(t->subject, t->description, &g) < 0 || g.language == LANGUAGE_UNKNOWN)
                return "unknown";
        return language_code(g.language);
}

static json_t *by_group(const struct rehearsal *r, bool language) {
        struct groups *g _cleanup_free_ = calloc(1, sizeof(*g));

        if (!g)
                return NULL;
        for (; !language && g->n < ARRAY_LEN(lengths); g->n++) // in their order, not in that of the tickets
                str_copy(g->names[g->n], sizeof(g->names[0]), lengths[g->n].name);
        for (size_t i = 0; i < r->past->n; i++) {
                const struct past_ticket *t = &r->past->items[i];
                char name[sizeof(g->names[0])];
                str_copy(name, sizeof(name), language ? language_of_past(t) : length_of(t));
                if (counts(r, i))
                        count(g, name, r, i);
        }
        return groups_json(g);
}

// ---- by category

static json_t *by_category(const struct rehearsal *r) {
        const struct triage *t = r->desk->triage;
        json_t *list = json_array();

        for (size_t c = 0; c < triage_categories(t); c++) {
                size_t are = 0, said = 0, both = 0;
                for (size_t i = 0; i < r->past->n; i++) {
                        if (!counts(r, i) || !*r->past->items[i].category)
                                continue;
                        bool is = str_eq(r->past->items[i].category, triage_category(t, c));
                        are += is;
                        said += r->items[i].category == c;
                        both += is && r->items[i].category == c;
                }
                if (are + said > 0)
                        json_array_append_new(list, json_pack("{s:s, s:I, s:o, s:o}", "category", triage_category(t, c),
                                                              "tickets", (json_int_t) are, "recall",
                                                              json_rounded(are ? (double) both / (double) are : 0),
                                                              "precision",
                                                              json_rounded(said ? (double) both / (double) said : 0)));
        }
        return list;
}

// ---- by tier

static json_t *by_tier(const struct measure *m) {
        json_t *list = json_array();

        for (enum tier t = TIER_1; t < TIER_COUNT_; t++) {
                const size_t *said = m->confusion[t];
                size_t all = said[TIER_1] + said[TIER_2] + said[TIER_COMPLEX];
                json_array_append_new(list,
                                      json_pack("{s:s, s:I, s:o, s:{s:I, s:I, s:I}}", "tier", tier_name(t), "tickets",
                                                (json_int_t) all, "recall", json_rounded(measure_recall(m, t)), "said",
                                                "tier_1", (json_int_t) said[TIER_1], "tier_2",
                                                (json_int_t) said[TIER_2], "complex", (json_int_t) said[TIER_COMPLEX]));
        }
        return list;
}

json_t *report_quality(const struct rehearsal *r) {
        struct measure m = {0};

        for (size_t i = 0; i < r->past->n; i++)
                if (counts(r, i))
                        add(&m, r, i);
        json_t *o = summary(&m);
        if (!o)
                return NULL;
        json_object_set_new(o, "category_accuracy",
                            m.category_n > 0 ? json_rounded(measure_category_accuracy(&m)) : json_null());
        json_object_set_new(o, "tiers", by_tier(&m));
        json_object_set_new(o, "bins", bins_json(&m));
        json_object_set_new(o, "categories", by_category(r));
        json_object_set_new(o, "languages", by_group(r, true));
        json_object_set_new(o, "lengths", by_group(r, false));
        return o;
}
