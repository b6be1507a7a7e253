#include "desk/past.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "triage/columns.h"
#include "triage/mapping.h"

enum column { SUBJECT, DESCRIPTION, TIER, CATEGORY, ANSWER, ARTICLE, LANGUAGE, INTENT, COLUMN_COUNT_ };

static const struct {
        const char *name;
        enum column column;
} names[] = {
                {"subject", SUBJECT}, {"description", DESCRIPTION}, {"body", DESCRIPTION}, {"text", DESCRIPTION},
                {"tier", TIER},       {"category", CATEGORY},       {"answer", ANSWER},    {"reply", ANSWER},
                {"article", ARTICLE}, {"language", LANGUAGE},       {"intent", INTENT},    {"label", INTENT},
};

struct meaning {
        char *name, *category;
        enum tier tier;
};

struct intake {
        const char *path;
        struct past *past; // NULL: a table of intents is being read
        const struct mapping *m;
        struct meaning *intents;
        size_t n, cap;
};

void past_clear(struct past *p) {
        for (size_t i = 0; i < p->n; i++) {
                struct past_ticket *t = &p->items[i];
                free(t->subject);
                free(t->description);
                free(t->category);
                free(t->answer);
                free(t->article);
                free(t->language);
        }
        free(p->items);
        *p = (struct past){0};
}

static void intake_clear(struct intake *in) {
        for (size_t i = 0; i < in->n; i++) {
                free(in->intents[i].name);
                free(in->intents[i].category);
        }
        free(in->intents);
}

static int no_memory(const struct intake *in, struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", in->path);
}

static size_t find_column(void *arg, const char *name) {
        const struct intake *in = arg;
        const char *ours = mapping_get(in->m, MAPPING_COLUMN, name);

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_ieq(ours, names[i].name))
                        return names[i].column;
        return COLUMNS_NONE;
}

static int add_intent(struct intake *in, const char *const *row, struct error *e) {
        struct meaning one = {0};

        if (str_empty(row[INTENT]) || tier_parse(row[TIER], &one.tier) < 0)
                return 0; // a remark
        if (memory_grow((void **) &in->intents, &in->cap, in->n + 1, sizeof(one)) < 0)
                return no_memory(in, e);
        one.name = str_dup(row[INTENT]);
        one.category = str_dup(row[CATEGORY]);
        in->intents[in->n++] = one;
        return one.name && one.category ? 0 : no_memory(in, e);
}

static const struct meaning *find_intent(const struct intake *in, const char *name) {
        for (size_t i = 0; *name && i < in->n; i++)
                if (str_eq(in->intents[i].name, name))
                        return &in->intents[i];
        return NULL;
}

static bool is_known(void *arg, const char *word) {
        return find_intent(arg, word) != NULL;
}

// A category that is nobody's is still told as it is.
static bool is_none(void *arg _unused_, const char *word _unused_) {
        return false;
}

static char *kept(const char *text) {
        return str_ndup(text, utf8_floor(text, strlen(text), PAST_TEXT_MAX));
}

static int add_ticket(struct intake *in, const char *const *row, struct error *e) {
        struct past *p = in->past;
        char category[MAPPING_WORD_SIZE], tier[MAPPING_WORD_SIZE], intent[MAPPING_WORD_SIZE];

        mapping_word(in->m, MAPPING_CATEGORY, row[CATEGORY], is_none, in, category);
        mapping_word(in->m, MAPPING_TIER, *row[TIER] ? row[TIER] : row[CATEGORY], mapping_is_tier, in, tier);
        // Public sets call their intents categories.
        mapping_word(in->m, MAPPING_INTENT, *row[INTENT] ? row[INTENT] : row[CATEGORY], is_known, in, intent);
        const struct meaning *known = find_intent(in, intent);
        struct past_ticket t = {.tier = TIER_COUNT_};

        if (str_empty(row[SUBJECT]) && str_empty(row[DESCRIPTION])) {
                p->skipped++;
                return 0;
        }
        if (p->n == PAST_MAX)
                return error_set(e, -EFBIG, ERROR_TOO_LARGE, "%s has more than %d tickets", in->path, PAST_MAX);
        if (memory_grow((void **) &p->items, &p->cap, p->n + 1, sizeof(t)) < 0)
                return no_memory(in, e);
        if (known)
                t.tier = known->tier;
        else if (tier_parse(tier, &t.tier) < 0)
                t.tier = TIER_COUNT_;
        t.subject = kept(row[SUBJECT]);
        t.description = kept(row[DESCRIPTION]);
        t.category = kept(known ? known->category : category);
        t.answer = kept(row[ANSWER]);
        t.article = kept(row[ARTICLE]);
        t.language = kept(row[LANGUAGE]);
        p->items[p->n++] = t;
        p->labelled += t.tier != TIER_COUNT_;
        return t.subject && t.description && t.category && t.answer && t.article && t.language ? 0 : no_memory(in, e);
}

static int add(void *arg, size_t line _unused_, const char *const *row, struct error *e) {
        struct intake *in = arg;

        return in->past ? add_ticket(in, row, e) : add_intent(in, row, e);
}

static int read_file(struct intake *in, struct error *e) {
        const struct columns c = {.path = in->path,
                                  .bytes_max = PAST_FILE_MAX,
                                  .n = COLUMN_COUNT_,
                                  .find = find_column,
                                  .row = add,
                                  .arg = in,
                                  .needed = in->past ? 1U << SUBJECT | 1U << DESCRIPTION : 1U << INTENT,
                                  .needed_name = in->past ? "description\" or \"subject" : "intent"};

        return columns_read(&c, in->past ? in->past->digest : NULL, e);
}

int past_read(const char *path, const char *intents, const struct mapping *m, struct past *ret, struct error *e) {
        struct past p _cleanup_past_ = {0};
        struct intake in _cleanup_(intake_clear) = {.path = intents};
        int r = intents ? read_file(&in, e) : 0;

        in.path = path;
        in.past = &p;
        in.m = m;
        if (r == 0)
                r = read_file(&in, e);
        if (r < 0)
                return r;
        if (p.n == 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s has no ticket with a text", path);
        *ret = p;
        p = (struct past){0};
        return 0;
}
