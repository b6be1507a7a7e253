#include "triage/samples.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "text/quote.h"
#include "triage/columns.h"
#include "triage/mapping.h"

// The columns that are read, by our names.
enum column { SUBJECT, DESCRIPTION, TIER, CATEGORY, INTENT, GROUP, COLUMN_COUNT_ };
static const char *const column_names[COLUMN_COUNT_] = {
                [SUBJECT] = "subject",   [DESCRIPTION] = "description", [TIER] = "tier",
                [CATEGORY] = "category", [INTENT] = "intent",           [GROUP] = "group",
};

static void sample_clear(struct sample *s) {
        free(s->category);
        free(s->intent);
        free(s->subject);
        free(s->body);
        free(s->group);
}

void samples_clear(struct samples *s) {
        for (size_t i = 0; i < s->n; i++)
                sample_clear(&s->items[i]);
        free(s->items);
        *s = (struct samples){0};
}

char *sample_text(const struct sample *s) {
        return str_printf("%s\n%s", s->subject, s->body);
}

static char *cut(const char *text) {
        return str_ndup(text, utf8_floor(text, strlen(text), SAMPLE_TEXT_MAX));
}

int samples_add(struct samples *s, const struct labels *labels, const struct intents *intents,
                const struct sample_row *one) {
        const struct intent *known = str_empty(one->intent) ? NULL : intents_find(intents, one->intent);
        const char *category = known ? labels->names[known->category] : one->category;
        struct sample copy = {.tier = known ? known->tier : one->tier};

        if ((str_empty(one->subject) && str_empty(one->body)) || !category || copy.tier >= TIER_COUNT_ ||
            labels_find(labels, category) == LABEL_NONE)
                return -EINVAL;
        if (s->n == SAMPLES_MAX || memory_grow((void **) &s->items, &s->cap, s->n + 1, sizeof(*s->items)) < 0)
                return -ENOMEM;
        char *body _cleanup_free_ = cut(one->body ? one->body : "");
        copy.category = str_dup(category);
        copy.intent = str_dup(one->intent ? one->intent : "");
        copy.subject = cut(one->subject ? one->subject : "");
        copy.body = body ? quote_cut(body) : NULL;
        copy.group = str_dup(one->group ? one->group : "");
        s->items[s->n++] = copy;
        return copy.category && copy.intent && copy.subject && copy.body && copy.group ? 0 : -ENOMEM;
}

static bool occurs(const struct samples *s, size_t n, const char *intent) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(s->items[i].intent, intent) == 0)
                        return true;
        return false;
}

int samples_add_names(struct samples *s, const struct labels *labels, const struct intents *intents) {
        size_t n = s->n;
        int r = 0;

        for (size_t k = 0; r == 0 && k < intents->n; k++) {
                const struct intent *x = &intents->items[k];
                char *words _cleanup_free_ = str_dup(x->name);
                if (!words)
                        return -ENOMEM;
                for (char *c = words; *c; c++)
                        if (strchr("_-/.", *c))
                                *c = ' ';
                struct sample_row row = {.tier = x->tier, .intent = x->name, .body = words};
                if (!occurs(s, n, x->name))
                        continue;
                if ((r = samples_add(s, labels, intents, &row)) == 0)
                        s->items[s->n - 1].aid = true;
        }
        return r == -EINVAL ? 0 : r;
}

// ---- one row, whatever it was read from

struct intake {
        struct samples *s;
        const char *path, *group;
        const struct mapping *m;
        const struct labels *labels;
        const struct intents *intents;
};

static void skip(struct intake *rd, size_t line, const char *why) {
        if (rd->s->skipped++ == 0)
                snprintf(rd->s->why, sizeof(rd->s->why), "line %zu: %s", line, why);
}

static bool is_category(void *arg, const char *word) {
        const struct intake *rd = arg;

        return labels_find(rd->labels, word) != LABEL_NONE;
}

static bool is_intent(void *arg, const char *word) {
        const struct intake *rd = arg;

        return intents_find(rd->intents, word) != NULL;
}

static int add_row(void *arg, size_t line, const char *const *f, struct error *e) {
        struct intake *rd = arg;
        char category[MAPPING_WORD_SIZE], tier[MAPPING_WORD_SIZE], intent[MAPPING_WORD_SIZE];

        mapping_word(rd->m, MAPPING_CATEGORY, f[CATEGORY], is_category, rd, category);
        mapping_word(rd->m, MAPPING_INTENT, f[INTENT], is_intent, rd, intent);
        // One word may say both: a type of ticket that stands for a tier as well as for a category.
        mapping_word(rd->m, MAPPING_TIER, *f[TIER] ? f[TIER] : f[CATEGORY], mapping_is_tier, rd, tier);
        struct sample_row one = {.tier = TIER_COUNT_,
                                 .category = category,
                                 .intent = intent,
                                 .subject = f[SUBJECT],
                                 .body = f[DESCRIPTION],
                                 .group = (rd->group ? rd->group : f[GROUP])};

        if (tier_parse(tier, &one.tier) < 0)
                one.tier = TIER_COUNT_;
        int r = samples_add(rd->s, rd->labels, rd->intents, &one);
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", rd->path);
        if (r < 0)
                skip(rd, line,
                     str_empty(f[SUBJECT]) && str_empty(f[DESCRIPTION]) ? "there is no text"
                     : one.tier == TIER_COUNT_                          ? "neither its tier nor its intent is known"
                                                                        : "its category is not in categories.tsv");
        return 0;
}

// ---- the file

static size_t find_column(void *arg, const char *name) {
        const struct intake *rd = arg;
        const char *ours = mapping_get(rd->m, MAPPING_COLUMN, name);

        for (size_t k = 0; k < COLUMN_COUNT_; k++)
                if (str_ieq(ours, column_names[k]))
                        return k;
        return COLUMNS_NONE;
}

int samples_read(struct samples *s, const char *path, const struct mapping *m, const struct labels *labels,
                 const struct intents *intents, const char *group, struct error *e) {
        struct intake rd = {.s = s, .path = path, .group = group, .m = m, .labels = labels, .intents = intents};
        const struct columns c = {.path = path,
                                  .bytes_max = SAMPLES_FILE_MAX,
                                  .n = COLUMN_COUNT_,
                                  .find = find_column,
                                  .row = add_row,
                                  .arg = &rd,
                                  .needed = 1U << SUBJECT | 1U << DESCRIPTION,
                                  .needed_name = "subject\" or \"description"};

        return columns_read(&c, NULL, e);
}
