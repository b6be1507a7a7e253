#include "desk/followup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rows.h"
#include "base/string.h"
#include "triage/phrases.h"

enum {
        LINES_MAX = 4096,           // thirty languages' worth
        TEXT_BYTES_MAX = 16 * 1024, // looked at
        THANKS_WORDS_MAX = 25,      // a longer text says more than thanks
        THANKS_OTHERS_MAX = 2,      // words beside the thanks: a name
        SHORT_WORDS = 3,
};

static const char file_name[] = "followups.tsv";
static const char *const meanings[] = {
                [FOLLOWUP_PERSON] = "person", [FOLLOWUP_UNHELPFUL] = "unhelpful", [FOLLOWUP_THANKS] = "thanks"};

struct followups {
        struct phrases phrases; // values are meanings
};

struct followups *followups_free(struct followups *f) {
        if (f)
                phrases_clear(&f->phrases);
        free(f);
        return NULL;
}

static int meaning_of(const char *name) {
        for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
                if (meanings[i] && str_eq(meanings[i], name))
                        return (int) i;
        return -1;
}

static int add_line(void *arg, const struct rows *rows, const char **fields, struct error *e) {
        struct followups *f = arg;
        struct phrase phrase;
        int meaning = meaning_of(fields[0]);

        if (meaning < 0)
                return rows_error(rows, e, "\"%s\" is not a meaning: person, unhelpful or thanks", fields[0]);
        int r = phrase_read(rows, fields[1], &phrase, e);
        if (r == 0 && f->phrases.n == LINES_MAX)
                return rows_error(rows, e, "there can be at most %d lines", LINES_MAX);
        return r < 0 ? r : phrases_add(&f->phrases, &phrase, (size_t) meaning);
}

int followups_load(const char *config_dir, struct followups **ret, struct error *e) {
        struct followups *f _cleanup_(followups_free_p) = calloc(1, sizeof(*f));

        if (!f)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", file_name);
        int r = rows_read_config(config_dir, file_name, 2, add_line, f, e);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(f);
        return 0;
}

struct found {
        bool person, unhelpful;
        size_t thanks;  // words of thanks that begin here
        size_t thanked; // words
};

static void take(void *arg, size_t meaning, const struct phrase *phrase) {
        struct found *found = arg;

        found->person = found->person || meaning == FOLLOWUP_PERSON;
        found->unhelpful = found->unhelpful || meaning == FOLLOWUP_UNHELPFUL;
        if (meaning == FOLLOWUP_THANKS)
                found->thanks = MAX(found->thanks, phrase->n);
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
                found.thanks = 0;
                phrases_at(&f->phrases, &w, i, take, &found);
                size_t end = i + found.thanks;
                if (end > until) {
                        found.thanked += end - MAX(until, i);
                        until = end;
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
