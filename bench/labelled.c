#include "labelled.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"
#include "triage/rows.h"

enum {
        CSV_FILE_MAX = 64 * 1024 * 1024,
        CSV_FIELDS = 5, // of the map; files of texts have two
};

void labelled_clear(struct labelled *l) {
        for (size_t i = 0; i < l->n; i++) {
                free(l->items[i].category);
                free(l->items[i].subject);
                free(l->items[i].body);
        }
        free(l->items);
        *l = (struct labelled){0};
}

static int out_of_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the tickets");
}

static int add(struct labelled *l, const struct labelled_ticket *t, struct error *e) {
        int r = memory_grow((void **) &l->items, &l->cap, l->n + 1, sizeof(*l->items));

        if (r < 0)
                return out_of_memory(e);
        struct labelled_ticket copy = *t;
        copy.category = str_dup(t->category);
        copy.subject = str_dup(t->subject);
        copy.body = str_dup(t->body);
        l->items[l->n++] = copy;
        return copy.category && copy.subject && copy.body ? 0 : out_of_memory(e);
}

// "\n" written out becomes a line break, in place.
static void unescape(char *s) {
        char *to = s;

        for (; *s; s++, to++) {
                if (s[0] == '\\' && s[1] == 'n') {
                        *to = '\n';
                        s++;
                } else {
                        *to = *s;
                }
        }
        *to = '\0';
}

int labelled_read_tsv(struct labelled *l, const char *path, struct error *e) {
        struct rows rows _cleanup_rows_ = {0};
        const char *f[4];
        int r = rows_open(path, &rows, e);

        while (r >= 0 && (r = rows_next(&rows, ARRAY_LEN(f), f, e)) > 0) {
                struct labelled_ticket t = {0};
                if (tier_parse(f[0], &t.tier) < 0)
                        return rows_error(&rows, e, "\"%s\" is not a tier", f[0]);
                char *category _cleanup_free_ = str_dup(f[1]), *subject _cleanup_free_ = str_dup(f[2]),
                               *body _cleanup_free_ = str_dup(f[3]);
                if (!category || !subject || !body)
                        return out_of_memory(e);
                unescape(body);
                t.category = category;
                t.subject = subject;
                t.body = body;
                r = add(l, &t, e);
        }
        return r;
}

// ---- CSV

struct csv {
        char *text;
        char *at; // where the next record begins
};

static void csv_close(struct csv *c) {
        free(c->text);
}

static int csv_open(const char *path, struct csv *c, struct error *e) {
        size_t n;
        int r = file_read(path, CSV_FILE_MAX, &c->text, &n, e);

        if (r == 0)
                c->at = c->text;
        return r;
}

// One field, unquoted in place; *at moves behind it and its separator. Returns whether another field of the record
// follows.
static bool csv_field(char **at, char **ret) {
        char *from = *at, *to = *at;
        bool quoted = *from == '"';

        *ret = to;
        for (from += quoted; *from; from++) {
                if (quoted && from[0] == '"' && from[1] == '"')
                        *to++ = *from++;
                else if (quoted && *from == '"')
                        quoted = false;
                else if (!quoted && (*from == ',' || *from == '\n'))
                        break;
                else if (quoted || *from != '\r')
                        *to++ = *from;
        }
        bool more = *from == ',';
        *at = *from ? from + 1 : from;
        *to = '\0';
        return more;
}

// The next record's first fields, the missing ones as "". False at the end.
static bool csv_next(struct csv *c, char *fields[CSV_FIELDS]) {
        static char empty[1];
        bool more = *c->at != '\0';

        if (!more)
                return false;
        for (size_t i = 0; i < CSV_FIELDS; i++)
                fields[i] = empty;
        for (size_t i = 0; more; i++) {
                char *field;
                more = csv_field(&c->at, &field);
                if (i < CSV_FIELDS)
                        fields[i] = field;
        }
        return true;
}

struct intent {
        const char *name, *category; // within the text of the map
        enum tier tier;
        bool ambiguous;
};

struct intents {
        struct csv csv;
        struct intent *items;
        size_t n, cap;
};

static void intents_clear(struct intents *x) {
        csv_close(&x->csv);
        free(x->items);
}

static int intents_read(const char *path, struct intents *x, struct error *e) {
        char *f[CSV_FIELDS];
        int r = csv_open(path, &x->csv, e);

        if (r < 0)
                return r;
        while (csv_next(&x->csv, f)) {
                struct intent i = {.name = f[1], .category = f[3], .ambiguous = str_eq(f[4], "True")};
                if (tier_parse(f[2], &i.tier) < 0) // the header, too
                        continue;
                if (memory_grow((void **) &x->items, &x->cap, x->n + 1, sizeof(i)) < 0)
                        return out_of_memory(e);
                x->items[x->n++] = i;
        }
        return 0;
}

int labelled_read_csv(struct labelled *l, const char *path, const char *map, size_t stride, struct error *e) {
        struct intents x _cleanup_(intents_clear) = {0};
        struct csv csv _cleanup_(csv_close) = {0};
        char *f[CSV_FIELDS], empty[] = "";
        int r = intents_read(map, &x, e);

        if (r == 0)
                r = csv_open(path, &csv, e);
        if (r == 0)
                csv_next(&csv, f); // the header
        for (size_t row = 0; r == 0 && csv_next(&csv, f); row++) {
                for (size_t i = 0; r == 0 && row % stride == 0 && i < x.n; i++) {
                        struct labelled_ticket t = {.tier = x.items[i].tier,
                                                    .subject = empty,
                                                    .body = f[0],
                                                    .ambiguous = x.items[i].ambiguous};
                        char *category _cleanup_free_ = str_dup(x.items[i].category);
                        t.category = category;
                        if (strcmp(f[1], x.items[i].name) == 0)
                                r = category ? add(l, &t, e) : out_of_memory(e);
                }
        }
        return r;
}

char *labelled_text(const struct labelled_ticket *t) {
        return str_printf("%s\n%s", t->subject, t->body);
}
