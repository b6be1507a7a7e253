#include "triage/ticket_rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

static bool is_category(void *arg, const char *word) {
        const struct ticket_rows *t = arg;

        return labels_find(t->labels, word) != LABEL_NONE;
}

static bool is_intent(void *arg, const char *word) {
        const struct ticket_rows *t = arg;

        return intents_find(t->intents, word) != NULL;
}

// ---- what is wrong with a label

static void explain_tier(const struct ticket_rows *t, const char *const *f, const char *tier, struct ticket_label *l) {
        if (*f[TICKET_TIER])
                snprintf(l->why, sizeof(l->why), "\"%.60s\" is not a tier: tier_1, tier_2 or complex", tier);
        else if (*l->intent && t->intents->n == 0)
                snprintf(l->why, sizeof(l->why),
                         "there is no intents.tsv in CONFIG_DIR that says what the intent \"%.60s\" means", l->intent);
        else if (*l->intent)
                snprintf(l->why, sizeof(l->why), "the intent \"%.60s\" is not in the table of intents", l->intent);
        else if (*f[TICKET_CATEGORY])
                snprintf(l->why, sizeof(l->why),
                         "there is no tier, and \"%.60s\" is neither an intent nor mapped to one", l->word);
        else
                str_copy(l->why, sizeof(l->why), "there is no tier and no intent");
}

static void explain(const struct ticket_rows *t, const char *const *f, const char *tier, struct ticket_label *l) {
        if (l->tier == TIER_COUNT_)
                explain_tier(t, f, tier, l);
        else if (!l->category && *l->word)
                snprintf(l->why, sizeof(l->why), "the category \"%.60s\" is not in categories.tsv", l->word);
        else if (!l->category)
                str_copy(l->why, sizeof(l->why), "there is no category and no intent");
}

static void read_label(const struct ticket_rows *t, const char *const *f, struct ticket_label *l) {
        char tier[MAPPING_WORD_SIZE];
        void *arg = (void *) (uintptr_t) t;

        *l = (struct ticket_label){.said = *f[TICKET_TIER] || *f[TICKET_CATEGORY] || *f[TICKET_INTENT]};
        mapping_word(t->mapping, MAPPING_CATEGORY, f[TICKET_CATEGORY], is_category, arg, l->word);
        // One word may say both: a type of ticket that stands for a tier as well as for a category.
        mapping_word(t->mapping, MAPPING_TIER, *f[TICKET_TIER] ? f[TICKET_TIER] : f[TICKET_CATEGORY], mapping_is_tier,
                     arg, tier);
        if (tier_parse(tier, &l->tier) < 0)
                l->tier = TIER_COUNT_;
        mapping_word(t->mapping, MAPPING_INTENT, f[TICKET_INTENT], is_intent, arg, l->intent);
        if (!*f[TICKET_INTENT] && l->tier == TIER_COUNT_) {
                mapping_word(t->mapping, MAPPING_INTENT, f[TICKET_CATEGORY], is_intent, arg, l->intent);
                if (!is_intent(arg, l->intent))
                        *l->intent = '\0';
        }
        const struct intent *known = intents_find(t->intents, l->intent);
        int category = known ? known->category : labels_find(t->labels, l->word);
        if (known)
                l->tier = known->tier;
        l->category = category == LABEL_NONE ? NULL : t->labels->names[category];
        explain(t, f, tier, l);
}

// ---- the file

static size_t find_column(void *arg, const char *name) {
        const struct ticket_rows *t = arg;
        enum ticket_column c = mapping_column(mapping_get(t->mapping, MAPPING_COLUMN, name));

        return c == TICKET_COLUMNS_ ? COLUMNS_NONE : (size_t) c;
}

static int check_header(void *arg, const char *const *names, size_t n, struct error *e) {
        const struct ticket_rows *t = arg;
        int line = 0;
        const char *missing = mapping_missing(t->mapping, names, n, &line);

        return missing ? error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                   "%s has no column \"%s\", which the mapping names in line %d", t->path, missing,
                                   line)
                       : 0;
}

static int add_row(void *arg, size_t line, const char *const *f, struct error *e) {
        const struct ticket_rows *t = arg;
        struct ticket_label label;

        read_label(t, f, &label);
        return t->row(t->arg, line, f, &label, e);
}

int ticket_rows_read(const struct ticket_rows *t, char digest[COLUMNS_DIGEST_SIZE], struct error *e) {
        const struct columns c = {.path = t->path,
                                  .bytes_max = t->bytes_max,
                                  .n = TICKET_COLUMNS_,
                                  .find = find_column,
                                  .header = check_header,
                                  .row = add_row,
                                  .arg = (void *) (uintptr_t) t,
                                  .needed = 1U << TICKET_SUBJECT | 1U << TICKET_DESCRIPTION,
                                  .needed_name = "subject\" or \"description"};

        return columns_read(&c, digest, e);
}
