#include "desk/followup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/string.h"
#include "triage/phrase.h"
#include "triage/rows.h"

enum {
        LINES_MAX = 4096, // thirty languages' worth
        BUCKETS = 256,    // by the first byte of the first word
        LAST = -1,
        TEXT_BYTES_MAX = 16 * 1024, // looked at
        THANKS_WORDS_MAX = 25,      // a longer text says more than thanks
        THANKS_OTHERS_MAX = 2,      // words beside the thanks: a name
        SHORT_WORDS = 3,
};

static const char file_name[] = "followups.tsv";
static const char *const meanings[] = {
                [FOLLOWUP_PERSON] = "person", [FOLLOWUP_UNHELPFUL] = "unhelpful", [FOLLOWUP_THANKS] = "thanks"};

struct line {
        enum followup meaning;
        struct phrase phrase;
        int next; // in its bucket
};

struct followups {
        struct line *lines;
        size_t n, cap;
        int buckets[BUCKETS];
};

struct followups *followups_free(struct followups *f) {
        if (f)
                free(f->lines);
        free(f);
        return NULL;
}

static int meaning_of(const char *name) {
        for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
                if (meanings[i] && str_eq(meanings[i], name))
                        return (int) i;
        return -1;
}

static int add_line(struct followups *f, const struct rows *rows, const char **fields, struct error *e) {
        struct line line = {0};
        int meaning = meaning_of(fields[0]);

        if (meaning < 0)
                return rows_error(rows, e, "\"%s\" is not a meaning: person, unhelpful or thanks", fields[0]);
        line.meaning = (enum followup) meaning;
        int r = phrase_parse(fields[1], &line.phrase);
        if (r == -EINVAL)
                return rows_error(rows, e, "\"%s\" is not 1 to %d words, with \"..\" only between them", fields[1],
                                  PHRASE_PARTS_MAX);
        if (r == 0 && f->n == LINES_MAX)
                return rows_error(rows, e, "there can be at most %d lines", LINES_MAX);
        if (r == 0)
                r = memory_grow((void **) &f->lines, &f->cap, f->n + 1, sizeof(*f->lines));
        if (r < 0)
                return -ENOMEM;
        unsigned char first = (unsigned char) line.phrase.parts[0].word[0];
        line.next = f->buckets[first];
        f->lines[f->n] = line;
        f->buckets[first] = (int) f->n++;
        return 0;
}

// A team's own folder of an earlier version has no such file: then ours counts. NULL: no memory.
static char *table_path(const char *config_dir) {
        char *path _cleanup_free_ = file_join(config_dir, file_name);

        if (!path || access(path, F_OK) == 0)
                return TAKE_PTR(path);
        char *shipped = file_find_data("config/followups.tsv");
        return shipped ? shipped : TAKE_PTR(path);
}

int followups_load(const char *config_dir, struct followups **ret, struct error *e) {
        struct followups *f _cleanup_(followups_free_p) = calloc(1, sizeof(*f));
        char *path _cleanup_free_ = table_path(config_dir);
        struct rows rows _cleanup_rows_ = {0};
        const char *fields[2];

        if (!f || !path)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", file_name);
        for (size_t i = 0; i < BUCKETS; i++)
                f->buckets[i] = LAST;
        int r = rows_open(path, &rows, e);
        while (r >= 0 && (r = rows_next(&rows, ARRAY_LEN(fields), fields, e)) > 0)
                r = add_line(f, &rows, fields, e);
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for %s", file_name);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(f);
        return 0;
}

struct found {
        bool person, unhelpful;
        size_t thanked; // words
};

// How many words of thanks begin here.
static size_t look_up(const struct followups *f, const struct words *w, size_t at, struct found *found) {
        unsigned char first = (unsigned char) words_get(w, at)[0];
        size_t longest = 0;

        for (int i = first ? f->buckets[first] : LAST; i != LAST; i = f->lines[i].next) {
                const struct line *line = &f->lines[i];
                if (!phrase_matches(&line->phrase, w, at))
                        continue;
                found->person = found->person || line->meaning == FOLLOWUP_PERSON;
                found->unhelpful = found->unhelpful || line->meaning == FOLLOWUP_UNHELPFUL;
                if (line->meaning == FOLLOWUP_THANKS)
                        longest = MAX(longest, line->phrase.n);
        }
        return longest;
}

static int read_words(const char *text, struct words *w) {
        char *copy _cleanup_free_ = str_ndup(text, utf8_floor(text, strlen(text), TEXT_BYTES_MAX));

        return copy ? words_add(w, copy) : -ENOMEM;
}

int followup_of(const struct followups *f, const char *text, enum followup *ret) {
        struct words w _cleanup_words_ = {0};
        struct found found = {0};
        size_t until = 0; // up to here all is thanks
        int r = read_words(text, &w);

        if (r < 0)
                return r;
        for (size_t i = 0; i < w.n; i++) {
                size_t n = look_up(f, &w, i, &found);
                if (i + n > until) {
                        found.thanked += i + n - MAX(until, i);
                        until = i + n;
                }
        }
        size_t words = w.n - 1; // without the empty one at the end
        bool asks = strchr(text, '?') || strstr(text, "？") || strstr(text, "؟");
        if (found.person)
                *ret = FOLLOWUP_PERSON;
        else if (found.unhelpful)
                *ret = FOLLOWUP_UNHELPFUL;
        else if (found.thanked > 0 && !asks && words <= THANKS_WORDS_MAX && words <= found.thanked + THANKS_OTHERS_MAX)
                *ret = FOLLOWUP_THANKS;
        else
                *ret = FOLLOWUP_QUESTION;
        return 0;
}

int followup_is_short(const char *text, bool *ret) {
        struct words w _cleanup_words_ = {0};
        int r = read_words(text, &w);

        if (r == 0)
                *ret = w.n - 1 <= SHORT_WORDS && !strstr(text, "？");
        return r;
}
