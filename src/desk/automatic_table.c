#include "desk/automatic_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"
#include "desk/automatic.h"

static const char file_name[] = "automatic.tsv";
static const double WEIGHT_MIN = 0.1, WEIGHT_MAX = 10;

static const char *const kinds[KIND_COUNT_] = {
#define AUTOMATIC_KIND(id, name, words) name,
                AUTOMATIC_KIND_TABLE(AUTOMATIC_KIND)
#undef AUTOMATIC_KIND
};
static const char *const kind_words[KIND_COUNT_] = {
#define AUTOMATIC_KIND(id, name, words) words,
                AUTOMATIC_KIND_TABLE(AUTOMATIC_KIND)
#undef AUTOMATIC_KIND
};
static const char *const places[PLACE_COUNT_] = {
#define AUTOMATIC_PLACE(id, name) name,
                AUTOMATIC_PLACE_TABLE(AUTOMATIC_PLACE)
#undef AUTOMATIC_PLACE
};

const char *automatic_kind_words(enum automatic_kind k) {
        return kind_words[k];
}

char *automatic_address(const char *address) {
        char *out = str_dup(address), *to = out;
        bool local = true;

        for (const char *p = address; out && *p; p++) {
                local = local && *p != '@';
                if (local && strchr("-_.", *p))
                        continue;
                *to++ = *p >= 'A' && *p <= 'Z' ? (char) (*p | 0x20) : *p;
        }
        if (out)
                *to = '\0';
        return out;
}

static int find(const char *const *names, size_t n, const char *name) {
        for (size_t i = 0; i < n; i++)
                if (str_eq(names[i], name))
                        return (int) i;
        return -1;
}

// Of the line that comes next.
static int parse_phrase(struct automatic *a, const struct rows *rows, const char *text, struct automatic_line *line,
                        struct error *e) {
        struct phrase phrase;
        int r = phrase_read(rows, text, &phrase, e);

        if (r < 0)
                return r;
        bool whole = line->place == PLACE_SUBJECT || line->place == PLACE_HEADING;
        for (size_t i = 0; whole && i < phrase.n; i++)
                if (phrase.parts[i].gap)
                        return rows_error(rows, e, "\"..\" cannot stand in a whole subject: write in_subject");
        line->text = str_dup(text);
        return line->text ? phrases_add(&a->phrases, &phrase, a->n) : -ENOMEM;
}

static int parse_line(struct automatic *a, const struct rows *rows, const char **f, struct automatic_line *line,
                      struct error *e) {
        int kind = find(kinds, KIND_COUNT_, f[0]), place = find(places, PLACE_COUNT_, f[1]);

        if (kind < 0)
                return rows_error(rows, e,
                                  "\"%s\" is not a kind: bounce, report, away, notice, acknowledgement, receipt, "
                                  "calendar, bulk or person",
                                  f[0]);
        if (place < 0)
                return rows_error(rows, e,
                                  "\"%s\" is not a place: address, name, subject, heading, in_subject, opening or text",
                                  f[1]);
        line->kind = (enum automatic_kind) kind;
        line->place = (enum automatic_place) place;
        int r = rows_weight(rows, f[2], WEIGHT_MIN, WEIGHT_MAX, &line->weight, e);
        if (r < 0)
                return r;
        if (line->place != PLACE_ADDRESS)
                return parse_phrase(a, rows, f[3], line, e);
        line->text = automatic_address(f[3]);
        return line->text ? 0 : -ENOMEM;
}

static int add_line(void *arg, const struct rows *rows, const char **f, struct error *e) {
        struct automatic *a = arg;

        if (a->n == AUTOMATIC_LINES_MAX)
                return rows_error(rows, e, "there can be at most %d lines", AUTOMATIC_LINES_MAX);
        int r = memory_grow((void **) &a->lines, &a->cap, a->n + 1, sizeof(*a->lines));
        if (r < 0)
                return -ENOMEM;
        struct automatic_line *line = &a->lines[a->n];
        *line = (struct automatic_line){0};
        r = parse_line(a, rows, f, line, e);
        if (r < 0) {
                free(line->text);
                return r;
        }
        a->n++;
        return 0;
}

int automatic_load(const char *config_dir, struct automatic **ret, struct error *e) {
        struct automatic *a _cleanup_(automatic_free_p) = calloc(1, sizeof(*a));

        if (!a)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", file_name);
        int r = rows_read_config(config_dir, file_name, 4, add_line, a, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

struct automatic *automatic_free(struct automatic *a) {
        if (!a)
                return NULL;
        for (size_t i = 0; i < a->n; i++)
                free(a->lines[i].text);
        free(a->lines);
        phrases_clear(&a->phrases);
        free(a);
        return NULL;
}
