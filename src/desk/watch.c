#include "desk/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/string.h"
#include "desk/held.h"
#include "desk/limits.h"
#include "desk/parts.h"
#include "store/answers.h"
#include "triage/running.h"

enum { NAME_SIZE = 96 };

static const char resumed[] = "watch_resumed:"; // and the category: a person's word, in the database

static void name_of(const char *category, char ret[NAME_SIZE]) {
        snprintf(ret, NAME_SIZE, "%s%s", resumed, category);
}

static int read_word(struct store *s, const char *category, struct watched *w, struct error *e) {
        char name[NAME_SIZE], *text _cleanup_free_ = NULL;
        json_t *o _cleanup_json_ = NULL;

        name_of(category, name);
        int r = store_meta_get(s, name, &text, e);
        if (r <= 0 || json_parse(text, strlen(text), &o, NULL) < 0)
                return MIN(r, 0);
        int64_t at = json_int_or(o, "at_ms", 0);
        const char *by = json_str_or_null(o, "by");
        if (at > w->since_ms) {
                w->since_ms = at;
                str_copy(w->by, sizeof(w->by), by ? by : "somebody");
        }
        return 0;
}

// ---- the answers

struct tally {
        const struct triage *triage;
        struct watched *watched;
        bool (*wrong)[RUNNING_ANSWERS_MAX]; // of each category, the oldest first
        size_t n[CATEGORIES_MAX];
};

static void take(void *arg, const char *category, int64_t at_ms, enum answer_fate fate) {
        struct tally *t = arg;
        size_t c = 0;

        while (c < triage_categories(t->triage) && !str_eq(triage_category(t->triage, c), category))
                c++;
        if (c == triage_categories(t->triage) || c >= CATEGORIES_MAX || at_ms < t->watched[c].since_ms ||
            t->n[c] == RUNNING_ANSWERS_MAX)
                return;
        bool wrong = fate != ANSWER_HELD && fate != ANSWER_WAITING;
        t->wrong[c][t->n[c]++] = wrong;
        t->watched[c].answers++;
        t->watched[c].wrong += wrong;
        t->watched[c].waiting += fate == ANSWER_WAITING;
}

int watch_count(const struct desk *d, struct store *s, int64_t since_ms, double max_wrong, double certainty,
                struct watched ret[CATEGORIES_MAX], struct error *e) {
        size_t categories = MIN(triage_categories(d->triage), (size_t) CATEGORIES_MAX);
        bool(*wrong)[RUNNING_ANSWERS_MAX] = calloc(MAX(categories, (size_t) 1), sizeof(*wrong));
        struct tally t = {.triage = d->triage, .watched = ret, .wrong = wrong};
        int r = wrong ? 0 : error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the watch");

        for (size_t c = 0; c < categories; c++)
                ret[c] = (struct watched){.since_ms = since_ms};
        for (size_t c = 0; r == 0 && c < categories; c++)
                r = read_word(s, triage_category(d->triage, c), &ret[c], e);
        if (r == 0)
                r = store_answers(s, since_ms, held_watch_ms(d), RUNNING_ANSWERS_MAX, take, &t, e);
        for (size_t c = 0; r == 0 && c < categories; c++)
                ret[c].fallen_back =
                                running_breaks(wrong[c], t.n[c], max_wrong, 1 - (1 - certainty) / (double) categories);
        free(wrong);
        return r;
}

json_t *watch_json(const struct watched *w) {
        char since[CLOCK_ISO_SIZE];

        clock_iso(w->since_ms, since);
        return json_pack("{s:s, s:s?, s:I, s:I, s:I, s:b}", "since", since, "by", *w->by ? w->by : NULL, "answers",
                         (json_int_t) w->answers, "wrong", (json_int_t) w->wrong, "waiting", (json_int_t) w->waiting,
                         "fallen_back", w->fallen_back);
}

// ---- a person's word

static int keep_word(struct store *s, const char *category, const char *by, struct error *e) {
        json_t *o _cleanup_json_ = json_pack("{s:I, s:s?}", "at_ms", (json_int_t) clock_now_ms(), "by", by);
        char *text _cleanup_free_ = o ? json_text(o) : NULL;
        char name[NAME_SIZE];

        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        name_of(category, name);
        return store_meta_put(s, name, text, e);
}

const char *watch_blind(const struct settings *s, bool freshdesk) {
        bool blind = freshdesk && settings_real(s, SETTING_MAX_WRONG) > 0 &&
                     str_eq(settings_text(s, SETTING_MODE), "auto") && settings_int(s, SETTING_FRESHDESK_POLL) == 0;

        return blind ? "FRESHDESK_POLL is 0: what people do in Freshdesk after an automatic answer is not read, and "
                       "nothing but corrections by the API or the command line counts against MAX_WRONG"
                     : NULL;
}

int desk_resume(struct desk *d, const char *category, const char *by, struct error *e) {
        struct store *s = desk_store(d);
        struct watched w;

        if (!s)
                return error_set(e, -ENODEV, ERROR_STORAGE_UNAVAILABLE, "the database is not open");
        if (by && strlen(by) > FEEDBACK_BY_MAX)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"by\" has at most %d bytes", FEEDBACK_BY_MAX);
        int r = limits_watched(d->limits, category, &w, e);
        if (r < 0)
                return r;
        if (!w.fallen_back)
                return error_set(e, -EALREADY, ERROR_CONFLICT, "%s has not fallen back to drafts", category);
        r = keep_word(s, category, by, e);
        if (r == 0) {
                log_info("%s is answered by itself again, by the word of %s", category, by ? by : "somebody");
                limits_look_again(d->limits);
        }
        return r;
}
