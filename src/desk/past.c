#include "desk/past.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "triage/csv.h"

enum column { SUBJECT, DESCRIPTION, TIER, CATEGORY, ANSWER, ARTICLE, LANGUAGE, INTENT, COLUMN_COUNT_ };

static const struct {
        const char *name;
        enum column column;
} names[] = {
                {"subject", SUBJECT}, {"description", DESCRIPTION}, {"body", DESCRIPTION}, {"text", DESCRIPTION},
                {"tier", TIER},       {"category", CATEGORY},       {"answer", ANSWER},    {"reply", ANSWER},
                {"article", ARTICLE}, {"language", LANGUAGE},       {"intent", INTENT},    {"label", INTENT},
};

struct intent {
        char *name, *category;
        enum tier tier;
};

struct intake {
        const char *path;
        struct past *past; // NULL: a table of intents is being read
        struct intent *intents;
        size_t n, cap;
        struct error *e;
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

static int no_memory(const struct intake *in) {
        return error_set(in->e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets of %s", in->path);
}

static enum column column_of(const char *name) {
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_ieq(name, names[i].name))
                        return names[i].column;
        return COLUMN_COUNT_;
}

static int add_intent(struct intake *in, const char *const *row) {
        struct intent one = {0};

        if (str_empty(row[INTENT]) || tier_parse(row[TIER], &one.tier) < 0)
                return 0; // a remark
        if (memory_grow((void **) &in->intents, &in->cap, in->n + 1, sizeof(one)) < 0)
                return no_memory(in);
        one.name = str_dup(row[INTENT]);
        one.category = str_dup(row[CATEGORY]);
        in->intents[in->n++] = one;
        return one.name && one.category ? 0 : no_memory(in);
}

static const struct intent *find_intent(const struct intake *in, const char *name) {
        for (size_t i = 0; *name && i < in->n; i++)
                if (str_eq(in->intents[i].name, name))
                        return &in->intents[i];
        return NULL;
}

static char *kept(const char *text) {
        return str_ndup(text, utf8_floor(text, strlen(text), PAST_TEXT_MAX));
}

static int add_ticket(struct intake *in, const char *const *row) {
        struct past *p = in->past;
        // Public sets call their intents categories.
        const struct intent *known = find_intent(in, *row[INTENT] ? row[INTENT] : row[CATEGORY]);
        struct past_ticket t = {.tier = TIER_COUNT_};

        if (str_empty(row[SUBJECT]) && str_empty(row[DESCRIPTION])) {
                p->skipped++;
                return 0;
        }
        if (p->n == PAST_MAX)
                return error_set(in->e, -EFBIG, ERROR_TOO_LARGE, "%s has more than %d tickets", in->path, PAST_MAX);
        if (memory_grow((void **) &p->items, &p->cap, p->n + 1, sizeof(t)) < 0)
                return no_memory(in);
        if (known)
                t.tier = known->tier;
        else if (tier_parse(row[TIER], &t.tier) < 0)
                t.tier = TIER_COUNT_;
        t.subject = kept(row[SUBJECT]);
        t.description = kept(row[DESCRIPTION]);
        t.category = kept(known ? known->category : row[CATEGORY]);
        t.answer = kept(row[ANSWER]);
        t.article = kept(row[ARTICLE]);
        t.language = kept(row[LANGUAGE]);
        p->items[p->n++] = t;
        p->labelled += t.tier != TIER_COUNT_;
        return t.subject && t.description && t.category && t.answer && t.article && t.language ? 0 : no_memory(in);
}

static int add(struct intake *in, const char *const *row) {
        return in->past ? add_ticket(in, row) : add_intent(in, row);
}

static int read_csv(struct intake *in, char *text) {
        const char *fields[CSV_FIELDS_MAX], *row[COLUMN_COUNT_];
        enum column columns[CSV_FIELDS_MAX];
        bool any = false;
        struct csv csv;
        int r = 0;

        csv_begin(&csv, text);
        size_t n = csv_next(&csv, fields, CSV_FIELDS_MAX);
        n = MIN(n, (size_t) CSV_FIELDS_MAX);
        for (size_t i = 0; i < n; i++) {
                columns[i] = column_of(fields[i]);
                any = any || columns[i] == (in->past ? DESCRIPTION : INTENT) || (in->past && columns[i] == SUBJECT);
        }
        if (!any)
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s has no column \"%s\" in its first line",
                                 in->path, in->past ? "description\" or \"subject" : "intent");
        while (r == 0 && csv_next(&csv, fields, CSV_FIELDS_MAX) > 0) {
                for (size_t k = 0; k < COLUMN_COUNT_; k++)
                        row[k] = "";
                for (size_t i = n; i-- > 0;)
                        if (columns[i] < COLUMN_COUNT_ && *fields[i])
                                row[columns[i]] = fields[i];
                r = add(in, row);
        }
        return r;
}

static int read_object(struct intake *in, size_t line, const char *text, size_t n) {
        json_t *o _cleanup_json_ = NULL;
        const char *row[COLUMN_COUNT_], *key;
        json_t *value;
        int r = json_parse(text, n, &o, in->e);

        if (r < 0)
                return error_prefix(in->e, r, "%s, line %zu", in->path, line);
        if (!json_is_object(o))
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s, line %zu: not an object", in->path, line);
        for (size_t k = 0; k < COLUMN_COUNT_; k++)
                row[k] = "";
        json_object_foreach(o, key, value) {
                enum column c = column_of(key);
                if (c < COLUMN_COUNT_ && json_is_string(value) && *json_string_value(value))
                        row[c] = json_string_value(value);
        }
        return add(in, row);
}

static int read_lines(struct intake *in, const char *text) {
        size_t line = 0;
        int r = 0;

        while (r == 0 && *text) {
                size_t n = strcspn(text, "\n");
                line++;
                if (n > strspn(text, " \t\r"))
                        r = read_object(in, line, text, n);
                text += n + (text[n] == '\n');
        }
        return r;
}

static int read_file(struct intake *in) {
        char *text _cleanup_free_ = NULL, hex[DIGEST_HEX_SIZE];
        size_t n = 0;
        int r = file_read(in->path, PAST_FILE_MAX, &text, &n, in->e);

        if (r < 0)
                return r;
        if (!utf8_valid(text, n) || memchr(text, '\0', n))
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s is not UTF-8 text", in->path);
        if (in->past && digest_sha256_hex(text, n, hex) == 0)
                str_copy(in->past->digest, sizeof(in->past->digest), hex);
        // A line of JSON begins with a brace, a header line does not.
        const char *start = text + strspn(text, " \t\r\n");
        return *start == '{' ? read_lines(in, text) : read_csv(in, text);
}

int past_read(const char *path, const char *intents, struct past *ret, struct error *e) {
        struct past p _cleanup_past_ = {0};
        struct intake in _cleanup_(intake_clear) = {.path = intents, .e = e};
        int r = intents ? read_file(&in) : 0;

        in.path = path;
        in.past = &p;
        if (r == 0)
                r = read_file(&in);
        if (r < 0)
                return r;
        if (p.n == 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s has no ticket with a text", path);
        *ret = p;
        p = (struct past){0};
        return 0;
}
