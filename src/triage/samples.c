#include "triage/samples.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "text/quote.h"
#include "triage/csv.h"
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
        struct error *e;
};

static void skip(struct intake *rd, size_t line, const char *why) {
        if (rd->s->skipped++ == 0)
                snprintf(rd->s->why, sizeof(rd->s->why), "line %zu: %s", line, why);
}

static int add_row(struct intake *rd, size_t line, const char *const *f) {
        struct sample_row one = {.tier = TIER_COUNT_,
                                 .category = mapping_get(rd->m, MAPPING_CATEGORY, f[CATEGORY]),
                                 .intent = mapping_get(rd->m, MAPPING_INTENT, f[INTENT]),
                                 .subject = f[SUBJECT],
                                 .body = f[DESCRIPTION],
                                 .group = (rd->group ? rd->group : f[GROUP])};
        // One word may say both: a type of ticket that stands for a tier as well as for a category.
        const char *tier = mapping_get(rd->m, MAPPING_TIER, *f[TIER] ? f[TIER] : f[CATEGORY]);

        if (tier_parse(tier, &one.tier) < 0)
                one.tier = TIER_COUNT_;
        int r = samples_add(rd->s, rd->labels, rd->intents, &one);
        if (r == -ENOMEM)
                return error_set(rd->e, r, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", rd->path);
        if (r < 0)
                skip(rd, line,
                     str_empty(f[SUBJECT]) && str_empty(f[DESCRIPTION]) ? "there is no text"
                     : one.tier == TIER_COUNT_                          ? "neither its tier nor its intent is known"
                                                                        : "its category is not in categories.tsv");
        return 0;
}

// ---- comma-separated values

static int read_csv(struct intake *rd, char *text) {
        const char *fields[CSV_FIELDS_MAX], *row[COLUMN_COUNT_];
        size_t at[COLUMN_COUNT_];
        struct csv csv;
        bool any = false;
        int r = 0;

        csv_begin(&csv, text);
        size_t n = csv_next(&csv, fields, CSV_FIELDS_MAX);
        n = MIN(n, (size_t) CSV_FIELDS_MAX);
        for (size_t k = 0; k < COLUMN_COUNT_; k++) {
                at[k] = CSV_FIELDS_MAX;
                for (size_t i = n; i-- > 0;)
                        if (str_ieq(mapping_get(rd->m, MAPPING_COLUMN, fields[i]), column_names[k]))
                                at[k] = i;
                any = any || (at[k] < CSV_FIELDS_MAX && (k == SUBJECT || k == DESCRIPTION));
        }
        if (!any)
                return error_set(rd->e, -EINVAL, ERROR_FILE_INVALID,
                                 "%s has no column \"subject\" or \"description\"; a mapping can name them", rd->path);
        while (r == 0 && csv_next(&csv, fields, CSV_FIELDS_MAX) > 0) {
                for (size_t k = 0; k < COLUMN_COUNT_; k++)
                        row[k] = at[k] < CSV_FIELDS_MAX ? fields[at[k]] : "";
                r = add_row(rd, csv.line, row);
        }
        return r;
}

// ---- lines of JSON

// One line; text is cut there by the caller.
static int read_object(struct intake *rd, size_t line, const char *text) {
        json_t *o _cleanup_json_ = NULL;
        const char *row[COLUMN_COUNT_] = {"", "", "", "", "", ""}, *key;
        json_t *value;
        int r = json_parse(text, strlen(text), &o, rd->e);

        if (r < 0)
                return error_prefix(rd->e, r, "%s, line %zu", rd->path, line);
        if (!json_is_object(o))
                return error_set(rd->e, -EINVAL, ERROR_FILE_INVALID, "%s, line %zu: not an object", rd->path, line);
        json_object_foreach(o, key, value) {
                const char *ours = mapping_get(rd->m, MAPPING_COLUMN, key);
                for (size_t k = 0; k < COLUMN_COUNT_; k++)
                        if (json_is_string(value) && str_ieq(ours, column_names[k]))
                                row[k] = json_string_value(value);
        }
        return add_row(rd, line, row);
}

static int read_json(struct intake *rd, char *text) {
        size_t line = 0;
        int r = 0;

        for (char *next; r == 0 && *text; text = next) {
                size_t n = strcspn(text, "\n");
                next = text + n + (text[n] == '\n');
                text[n] = '\0';
                line++;
                if (!str_empty(text))
                        r = read_object(rd, line, text);
        }
        return r;
}

int samples_read(struct samples *s, const char *path, const struct mapping *m, const struct labels *labels,
                 const struct intents *intents, const char *group, struct error *e) {
        struct intake rd = {.s = s, .path = path, .group = group, .m = m, .labels = labels, .intents = intents, .e = e};
        char *text _cleanup_free_ = NULL;
        size_t n;
        int r = file_read(path, SAMPLES_FILE_MAX, &text, &n, e);

        if (r < 0)
                return r;
        if (memchr(text, '\0', n) || !utf8_valid(text, n))
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s is not UTF-8 text", path);
        return str_ends(path, ".csv") || str_ends(path, ".tsv") ? read_csv(&rd, text) : read_json(&rd, text);
}
